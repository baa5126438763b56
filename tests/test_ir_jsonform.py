"""The JSON form and the digest: they round-trip, they are the same in every process, and they refuse by name."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import datetime
import decimal
import functools
import json
import math
import operator
import os
import pathlib
import struct
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dataflow
from dataflow import Batch, Retry, const, gather, run
from dataflow.callee import Function
from dataflow.errors import GraphError
from dataflow.ir import jsonvalues
from dataflow.ir.graph import Graph
from dataflow.ir.keys import same
from dataflow.lift import lift
from dataflow.lower import lower
from dataflow.ops import Build, Call, Const, Map, Ref
from dataflow.ops import Input as InputOp
from dataflow.shapes import Record
from tests.golden import samples
from tests.golden.samples import Box, Color, Handle, Level, Model, Outer, Parse, Point, Query, add, chain, golden
from tests.labels import label

bind: Any = dataflow.bind
expand: Any = dataflow.expand
fan_out: Any = dataflow.fan_out
recover: Any = dataflow.recover
step: Any = dataflow.step
switch: Any = dataflow.switch

(NAN,) = struct.unpack(">d", bytes.fromhex("fff8000000000001"))


def again(graph: Graph) -> Graph:
    """A graph written and read: it must be equal, written the same, and have the same digest."""
    text = graph.to_json()
    read = Graph.from_json(text)
    assert read == graph
    assert read.to_json() == text
    assert read.digest == graph.digest
    return read


def of(value: Any) -> Graph:
    return Graph((Const(value),), 0)


def test_every_kind_of_op() -> None:
    text = again(samples.graph()).to_json()
    assert text == golden("every_op.json", text)


def test_the_text_has_a_version_and_a_line_for_each_step_and_op() -> None:
    document = json.loads(samples.graph().to_json())
    assert list(document) == ["dataflow", "steps", "ops", "output"]
    assert document["dataflow"] == 1
    lines = 1 + 1 + len(document["steps"]) + 2 + len(document["ops"]) + 2
    assert len(samples.graph().to_json().splitlines()) == lines


def test_a_graph_that_was_read_computes_the_same() -> None:
    node = gather(fan_out(add, [1, 2], 3), recover(add(1, None), lambda error: const("no"), on=TypeError))
    read = again(lower(node))
    assert read.places == ()
    assert run(lift(read)) == run(node) == ([4, 5], "no")


LITERALS = [
    None, True, 0, -1, 2**70, 10**5000, -(10**5000), 1.5, -0.0, math.inf, -math.inf, NAN, 5e-324, 1j, complex(-0.0, math.nan),
    "", "é\n\"\\", "\ud800", "$ref", b"", b"\x00\xff", ...,
    [], (), {}, set(), frozenset(), [[]], ((),), {"a": {"b": [1]}}, {1: 2, None: 3, (1, 2): "x"}, {"$ref": 0}, {"$": 1, "b": 2},
    {1, "a", None, (1, frozenset({2}))}, range(5), range(5, 0, -2), slice(1, None), slice((1, 2), [3], "x"),
    Color.RED, [Color.GREEN], Level.LOW, Point(1, [2]), Query("q", {"n": (1,)}), Box({1}), Parse(16),
    int, ValueError, Color, Outer.Inner, len, operator.add, samples.plain, samples.add.fn, samples.decorated,
    datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 29, 1, 2, 3, 4), datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC),
    datetime.timedelta(-1, 2, 3), decimal.Decimal("1.10"), decimal.Decimal("NaN"), pathlib.Path("a/b"),
    float, [1, 1.0, True], "x" * 10**6, list(range(10_000)),
]  # fmt: skip


@pytest.mark.parametrize("value", LITERALS, ids=label)
def test_literals_come_back_as_they_were(value: Any) -> None:
    (op,) = again(of(value)).ops
    assert isinstance(op, Const)
    assert same(op.value, value)
    assert again(lower(add(value, b=[value]))) == lower(add(copy.copy(value), b=[value]))


def test_literals_of_json_stand_as_themselves() -> None:
    value = {"a": [1, 2.5, "x", None, True]}
    assert json.loads(of(value).to_json())["ops"] == [{"op": "const", "value": value}]


def nested(levels: int) -> Any:
    value: Any = 0
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (object(), "builtins.object, which has no form"),
        (np.ones(2), "numpy.ndarray, which has no form .* pass it as an input, or make it in a step"),
        ([1, {"k": np.ones(2)}], "numpy.ndarray"),
        (
            lambda: 0,
            r"the function '<lambda>', which cannot be imported by name; define it at the top level of a module",
        ),
        (type("Local", (), {}), "the class 'Local', which cannot be imported by name"),
        (functools.partial(abs, 1), "functools.partial"),
        (bytearray(b""), "builtins.bytearray"),
        (Handle("a"), "samples.Handle"),
        (samples.Failure("a"), "samples.Failure"),
        (samples.Closing("a"), "samples.Closing"),
        (samples.Extended("a"), "samples.Extended"),
        (Level.LOW | Level.HIGH, "samples.Level"),
        (nested(200), "over 64 deep"),
        (nested(10_000), "over 64 deep"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_literal_without_a_form_is_refused_by_name(value: Any, words: str) -> None:
    graph = lower(add.options(name="sum up")(1, value))
    with pytest.raises(
        GraphError, match=rf"(?s)op %0 'sum up' has no JSON form: its argument 'b' is or holds .*{words}"
    ):
        graph.to_json()
    with pytest.raises(GraphError, match=r"op %0 'sum up' has no JSON form: its argument 'b'"):
        lower(add.options(name="sum up")(1, b=value)).to_json()


def test_a_literal_that_contains_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(GraphError, match="contains itself"):
        of(value).to_json()
    with pytest.raises(GraphError, match="'const' has no digest: its value contains itself"):
        assert of(value).digest


def test_a_literal_too_large_to_read_again_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """40 levels of [x, x] are 2**40 parts in JSON, which has no sharing."""
    monkeypatch.setattr(jsonvalues, "MOST", 10_000)
    value: Any = [0]
    for _ in range(40):
        value = [value, value]
    with pytest.raises(GraphError, match="or has over 10,000 parts"):
        of(value).to_json()


def test_steps_without_a_name_are_refused() -> None:
    def inner(x: int) -> int:
        return x

    for made in (step(inner), step(lambda x: x), step(functools.partial(add.fn, 1))):
        with pytest.raises(
            GraphError, match=rf"step {made.name!r} has no JSON form: it is or holds .*(cannot be imported|no form)"
        ):
            lower(made(1)).to_json()
        with pytest.raises(GraphError, match=rf"op %0 {made.name!r} has no digest: its step is or holds"):
            assert lower(made(1)).digest
    with pytest.raises(GraphError, match=r"step 'Model' has no JSON form: it is or holds a builtins.object"):
        lower(bind(Model, object())(1)).to_json()


def test_an_expand_is_written_if_its_function_has_a_name_and_knows_no_nodes() -> None:
    again(lower(expand(const(1), samples.more)))
    again(lower(expand(const(1), add)))
    node = const(1)
    with pytest.raises(GraphError, match="op %2 'expand' has no JSON form: its function reads nodes from outside"):
        lower(expand(const(0), lambda value: add(node, value))).to_json()
    with pytest.raises(GraphError, match="its function is or holds the function '.*<lambda>'"):
        lower(expand(const(0), lambda value: const(value))).to_json()


def test_instances_come_back_shared_as_they_were() -> None:
    one, other = bind(Model, "a"), bind(Model, "a")
    shared, apart = again(lower(one(one(0)))), again(lower(one(other(0))))
    assert len(shared.callees()) == 1
    assert len(apart.callees()) == 2
    assert shared.digest != apart.digest


def test_functions_are_written_once() -> None:
    graph = lower(const(-1).map(abs).map(abs))
    assert json.loads(graph.to_json())["steps"] == [{"function": "builtins:abs", "options": {"placement": "driver"}}]


def test_a_decorated_function_stays_decorated() -> None:
    both = again(lower(gather(step(samples.decorated)(1), samples.add(1))))
    assert [callee.plain()(1) for callee in both.callees()] == [("traced", 1), 2]
    steps = json.loads(both.to_json())["steps"]
    assert steps == [{"function": "tests.golden.samples:decorated"}, {"function": "tests.golden.samples:add"}]


def test_a_step_as_a_plain_callable_stays_a_step() -> None:
    graph = again(Graph((Call(Function(add)),), 0))
    assert graph.callees()[0].plain() is add


def test_a_callable_value_is_written_as_its_fields() -> None:
    graph = again(lower(step(Parse(16))("ff")))
    assert run(lift(graph)) == 255


@pytest.mark.parametrize(
    "options",
    [
        {"retries": 1}, {"retries": 0}, {"retries": Retry(times=3, on=(OSError,), delay=1, backoff=1.5, lost=0)}, {"timeout": 1},
        {"timeout": 1.0}, {"pure": True}, {"name": "é"}, {"placement": "task"}, {"batch": Batch()}, {"batch": Batch(2, 0.5)},
        {"max_concurrency": 3},
    ],
    ids=repr,
)  # fmt: skip
def test_options_come_back(options: dict[str, Any]) -> None:
    (callee,) = again(lower(step(abs).options(**options)(1))).callees()
    assert callee.options == step(abs).options(**options).callee.options


def test_options_that_are_the_default_are_not_written() -> None:
    assert json.loads(lower(step(abs)(1)).to_json())["steps"] == [{"function": "builtins:abs"}]


def test_one_and_one_point_zero_seconds_are_two_graphs() -> None:
    assert again(lower(step(abs, timeout=1)(1))) != again(lower(step(abs, timeout=1.0)(1)))


# reading

CALL = {
    "dataflow": 1,
    "steps": [{"function": "builtins:abs"}],
    "ops": [{"op": "input", "name": "x"}, {"op": "call", "step": 0, "args": [{"$ref": 0}]}],
    "output": 1,
}


def with_op(**op: Any) -> dict[str, Any]:
    return {**CALL, "ops": [op], "output": 0}


def with_value(value: Any) -> dict[str, Any]:
    return with_op(op="const", value=value)


def with_step(**entry: Any) -> dict[str, Any]:
    return {**CALL, "steps": [entry]}


BODY = {"ops": [{"op": "input", "name": "item"}], "output": 0}


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([], "the document must be an object"),
        ({}, "has no 'dataflow'"),
        ({**CALL, "dataflow": 2}, "another version than 1"),
        ({**CALL, "dataflow": True}, "dataflow must be of type int, not True"),
        ({**CALL, "more": 1}, "has an unknown field 'more'"),
        ({**CALL, "ops": {}}, "ops must be of type list"),
        ({**CALL, "ops": [1]}, r"ops\[0\] must be an object, not 1"),
        ({**CALL, "output": 7}, "is refused: the output %7"),
        ({**CALL, "output": -1}, "is refused: the output %-1"),
        ({**CALL, "output": 1.0}, "output must be of type int"),
        ({**CALL, "ops": []}, "the output %1 is not one of the graph's 0 ops"),
        ({**CALL, "steps": [1]}, r"steps\[0\] must be an object"),
        ({**CALL, "steps": []}, r"ops\[1\].step is 0, but there are 0 steps"),
        (with_step(function="abs"), r"steps\[0\].function must be a name like 'module:function', not 'abs'"),
        (with_step(function=":abs"), "must be a name like"),
        (with_step(function="builtins:nothing"), "module 'builtins' has no 'nothing'"),
        (with_step(function="no_such_module:f"), "cannot import 'no_such_module:f'"),
        (with_step(function=".relative:f"), "cannot import '.relative:f'"),
        (with_step(function="math:pi"), r"steps\[0\].function is of type float, which cannot be called"),
        (with_step(function=3), r"steps\[0\].function is of type int, which cannot be called"),
        (with_step(function="builtins:abs", args=[1]), "is a function, which is not constructed with arguments"),
        (with_step(function="builtins:abs", options={"fast": 1}), r"steps\[0\].options has an unknown option 'fast'"),
        (
            with_step(function="builtins:abs", options={"replicas": 0}),
            r"steps\[0\].options is refused: replicas must be",
        ),
        (
            with_step(function="builtins:abs", options={"retries": {"on": 1}}),
            r"steps\[0\].options.retries.on must be a list",
        ),
        (
            with_step(function="builtins:abs", options={"retries": {"on": ["builtins:int"]}}),
            "Retry.on must be Exception classes",
        ),
        (with_step(**{"class": "builtins:int"}, args=1), r"steps\[0\].args must be of type list"),
        (with_step(), "has no 'function'"),
        (with_op(op="jump"), r"ops\[0\].op is 'jump', which is no kind of op"),
        (with_op(op=1), "must be of type str"),
        (with_op(op="input"), r"ops\[0\] has no 'name'"),
        (with_op(op="input", name=1), r"ops\[0\].name must be of type str"),
        (with_op(op="const"), "has no 'value'"),
        (with_op(op="const", value=1, extra=2), "has an unknown field 'extra'"),
        (with_op(op="call", step=True, args=[]), "step must be of type int"),
        (with_op(op="call", step=-1, args=[]), "is -1, but there are 1 steps"),
        (with_op(op="call", step=0, args=[{"$ref": 0}]), "is refused: op %0 reads %0, which does not come before it"),
        (with_op(op="call", step=0, args=[{"$ref": -1}]), "is refused: op %0 reads %-1"),
        (with_op(op="call", step=0, args=[{"$ref": "x"}]), r"ops\[0\].args\[0\].\$ref must be of type int"),
        (with_op(op="call", step=0, args=[{"$ref": 0, "b": 1}]), r"ops\[0\].args\[0\] has an unknown field 'b'"),
        (with_op(op="call", step=0, args=[], kwargs=[]), r"ops\[0\].kwargs must be an object"),
        (with_op(op="build", shape="heap", parts=[]), r"ops\[0\].shape must be an object, not 'heap'"),
        (with_op(op="build", shape="dict", parts=[1]), r"ops\[0\].shape does not hold 1 parts"),
        (with_op(op="build", shape={"named": "tests.golden.samples:Point"}, parts=[1]), "does not hold 1 parts"),
        (with_op(op="build", shape={"named": "builtins:tuple"}, parts=[1]), "and not a class of that kind"),
        (with_op(op="build", shape={"record": "builtins:len", "fields": []}, parts=[]), "and not a class of that kind"),
        (with_op(op="build", shape={"record": "tests.golden.samples:Query"}, parts=[]), r"shape has no 'fields'"),
        (with_op(op="switch", selector=1, cases=[[1]]), r"cases\[0\] must be a key and an operand"),
        (with_op(op="switch", selector=1, cases=[[[1], 2]]), r"cases\[0\]\[0\] is no key"),
        (with_op(op="switch", selector=1, cases=7), r"ops\[0\].cases must be of type list"),
        (
            with_op(op="recover", attempt=1, on=["builtins:KeyboardInterrupt"], captured=[], handler=BODY),
            r"on is refused",
        ),
        (with_op(op="recover", attempt=1, on=[], captured=[], handler=BODY), r"ops\[0\].on is refused"),
        (with_op(op="map", name="m", source=1, captured=[]), r"ops\[0\].body has no 'ops'"),
        (with_op(op="map", name="m", source=1, captured=[2], body=BODY), "the body of op %0 has 1 inputs"),
        (
            with_op(op="map", name="m", source=1, captured=[], body={**BODY, "output": 3}),
            r"ops\[0\].body is refused: the output %3",
        ),
        (
            with_op(op="loop", name="m", source=1, captured=[], body=BODY, limit="x", lenient=True),
            "limit must be of type int",
        ),
        (with_op(op="expand", name="e", source=1, captured=[], grow=3), r"ops\[0\].grow is of type int, which cannot"),
        (
            with_op(op="expand", name="e", source=1, captured=[2], grow={"$name": "builtins:abs"}),
            "captured must be empty",
        ),
        ({**CALL, "ops": [{"op": "input", "name": "x"}] * 2}, "is refused: 2 inputs are named 'x'"),
        (with_value({"$set": [[1]]}), r"ops\[0\].value.\$set is a list of 1: unhashable"),
        (with_value({"$set": 1}), r"value.\$set must be a list, not 1"),
        (with_value({"$dict": [1]}), r"value.\$dict is a list of 1: "),
        (with_value({"$dict": [[], 1]}), "unhashable"),
        (with_value({"$range": []}), r"value.\$range is a list of 0"),
        (with_value({"$range": ["a"]}), r"value.\$range"),
        (with_value({"$int": "zz"}), r"value.\$int is 'zz'"),
        (with_value({"$float": "00"}), r"value.\$float is '00'"),
        (with_value({"$float": 1}), r"value.\$float must be a string"),
        (with_value({"$bytes": "a"}), r"value.\$bytes is 'a'"),
        (with_value({"$date": "soon"}), r"value.\$date is 'soon'"),
        (with_value({"$decimal": "many"}), r"value.\$decimal is 'many'"),
        (with_value({"$timedelta": "1,2,3,4,5,6,7,8"}), r"value.\$timedelta"),
        (with_value({"$ref": 0}), r"ops\[0\].value has the keys '\$ref', of which none is known"),
        (with_value({"$tuple": [], "more": 1}), "has the keys"),
        (with_value({"$unknown": 1}), r"none is known to go with '\$unknown'"),
        (
            with_value({"$enum": ["tests.golden.samples:Color", "BLUE"]}),
            r"value.\$enum names no member of an Enum: 'BLUE'",
        ),
        (with_value({"$enum": ["builtins:int", "real"]}), "names no member of an Enum"),
        (with_value({"$enum": ["tests.golden.samples:Color", []]}), r"\$enum"),
        (with_value({"$enum": ["a"]}), r"\$enum is a list of 1"),
        (with_value({"$name": "math:pi"}), r"value.\$name is 'math:pi', which is not the name of a function or class"),
        (with_value({"$name": 1}), "must be a name like"),
        (
            with_value({"$named": "builtins:tuple", "items": []}),
            r"\$named is 'builtins:tuple', which is no named tuple of 0",
        ),
        (with_value({"$named": "tests.golden.samples:Point", "items": [1]}), "no named tuple of 1 items"),
        (with_value({"$record": "builtins:int", "fields": {}}), "no dataclass or attrs class with the fields"),
        (with_value({"$record": "tests.golden.samples:Query", "fields": {"text": 1}}), "no dataclass or attrs class"),
        (with_value({"$record": "tests.golden.samples:Handle", "fields": {"name": 1}}), "no dataclass or attrs class"),
        (with_value([{"k": {"$bytes": 1}}]), r"ops\[0\].value\[0\].k.\$bytes must be a string"),
    ],
)
def test_what_is_no_graph_is_refused_with_where(document: Any, words: str) -> None:
    with pytest.raises(GraphError, match=words):
        Graph.from_json(json.dumps(document))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is no JSON"),
        ("{", "is no JSON"),
        ('{"dataflow": NaN}', "NaN is no number"),
        ("[" * 100_000, "is nested too deeply"),
        ('{"a":' * 100_000, "is nested too deeply"),
        ("1" * 10_000, "is no JSON|must be an object"),
        (json.dumps(CALL).replace('"x"', "[" * 900 + "]" * 900), "must be of type str|nested too deeply"),
        (json.dumps(with_value(0)).replace('"value": 0', '"value": ' + "[" * 900 + "]" * 900), "nested too deeply"),
    ],
    ids=lambda text: text[:12],
)
def test_text_that_is_no_json_is_refused(text: str, words: str) -> None:
    with pytest.raises(GraphError, match=words):
        Graph.from_json(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.text(max_size=3) | st.just("builtins:abs"),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["$ref", "$tuple", "$set", "$name", "$enum", "$record", "fields", "op", "a"]),
            inner,
            max_size=2,
        )
    ),
    max_leaves=5,
)


@given(st.data())
def test_law_a_document_with_any_part_replaced_is_read_or_refused(data: st.DataObject) -> None:
    """Never another error than GraphError."""
    document = json.loads(golden("every_op.json", ""))
    holder: Any = document
    while True:
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        key = data.draw(st.sampled_from(keys))
        if isinstance(holder[key], list | dict) and holder[key] and data.draw(st.booleans()):
            holder = holder[key]
            continue
        if isinstance(holder, list) and data.draw(st.booleans()):
            del holder[key]
        else:
            holder[key] = data.draw(json_values)
        break
    with contextlib.suppress(GraphError):
        Graph.from_json(json.dumps(document))


class Trap:
    """Whoever constructs, calls or looks into one falls in."""

    fallen: list[str] = []

    def __init__(self, *args: Any) -> None:
        Trap.fallen.append("init")

    def __call__(self, *args: Any) -> None:
        Trap.fallen.append("call")

    @property
    def inside(self) -> None:
        Trap.fallen.append("property")


trap = Trap()
Trap.fallen.clear()


def test_reading_calls_nothing_that_it_finds() -> None:
    def read(document: Any) -> None:
        with contextlib.suppress(GraphError):
            Graph.from_json(json.dumps(document))

    name = f"{__name__}:Trap"
    read(with_step(**{"class": name}, args=[1]))
    read(with_step(function=f"{__name__}:trap"))
    read(with_step(function=f"{__name__}:trap.inside"))
    for tag in ("$name", "$enum", "$named", "$record"):
        read(with_value({tag: name}))
        read(with_value({tag: f"{__name__}:trap.inside"}))
    read(with_value({"$record": name, "fields": {}}))
    read(with_value({"$record": f"{__name__}:Guarded", "fields": {"x": 1}}))
    assert Trap.fallen == []


@dataclasses.dataclass
class Guarded:
    x: int

    def __post_init__(self) -> None:
        Trap.fallen.append("post init")


def test_a_record_is_read_without_its_constructor() -> None:
    value = Guarded(1)
    Trap.fallen.clear()
    read = again(of(value)).ops[0]
    assert isinstance(read, Const)
    assert read.value == value
    assert Trap.fallen == []


# digests


def test_the_digest_is_128_bits_in_hexadecimal() -> None:
    assert len(samples.graph().digest) == 32
    assert int(samples.graph().digest, 16) >= 0


@given(st.sampled_from(LITERALS), st.sampled_from(LITERALS))
def test_law_digests_are_equal_exactly_if_graphs_are(one: Any, other: Any) -> None:
    assert (of(one).digest == of(other).digest) is (of(one) == of(other))
    assert (of([one]).digest == of([other]).digest) is same(one, other)


def test_digests_of_literals_that_only_look_alike() -> None:
    alike = [1, 1.0, True, "1", b"1", (1,), [1], {1}, frozenset({1}), {1: 1}, 0.0, -0.0, [[1], 2], [[1, 2]], ["a", "b"], ["ab"], Point(1), (1, 0),
             Query(1), None, "None", [None], ..., Color.RED, int, "int", {"a": 1, "b": 2}, {"b": 2, "a": 1}]  # fmt: skip
    assert len({of(value).digest for value in alike}) == len(alike)


def test_the_digest_of_a_literal_as_deep_and_as_shared_as_it_likes() -> None:
    value: Any = 0
    for _ in range(100):
        value = [value, value]
    assert of(value).digest == of(copy.deepcopy(value)).digest
    assert of(nested(100_000)).digest != of(nested(99_999)).digest


def test_digests_count_instances() -> None:
    a, b = bind(Model, "a"), bind(Model, "a")
    digests = [lower(gather(*nodes)).digest for nodes in ((a(0), a(1)), (a(0), b(1)), (b(0), a(1)))]
    assert digests[0] != digests[1] == digests[2]


def test_digests_of_bodies_shared_or_not() -> None:
    def tower(levels: int, share: bool) -> Graph:
        graph = Graph((InputOp("item"),), 0)
        for _ in range(levels):
            other = graph if share else copy.copy(graph)
            graph = Graph((InputOp("item"), Map(graph, Ref(0)), Map(other, Ref(1))), 2)
        return graph

    assert tower(4, share=True).digest == tower(4, share=False).digest
    assert tower(2_000, share=True).digest != tower(1_999, share=True).digest


def test_an_instance_first_used_in_a_shared_body_has_the_same_number() -> None:
    def graph(share: bool) -> Graph:
        one, two = (bind(Model, "m").callee for _ in range(2))
        inner = Graph((InputOp("item"), Call(one, (Ref(0),))), 1)
        other = inner if share else Graph(inner.ops, 1)
        first = Graph((InputOp("item"), Map(inner, Ref(0))), 1)
        second = Graph((InputOp("item"), Call(two, (Ref(0),))), 1)
        return Graph((InputOp("x"), Map(first, Ref(0)), Map(second, Ref(0)), Map(other, Ref(0))), 3)

    assert graph(True) == graph(False)
    assert graph(True).digest == graph(False).digest
    assert Graph.from_json(graph(True).to_json()) == graph(False)


PROGRAM = """
import tests.golden.samples as samples
from dataflow.ir import jsonvalues
from dataflow.ir.graph import Graph
from dataflow.lift import lift
from dataflow.lower import lower
graph = lower(samples.add({"b", "a", "c"}, b=frozenset({"x", ("y", "z"), None})))
print(graph.digest, samples.graph().digest, graph.to_json() == Graph.from_json(graph.to_json()).to_json(), len(graph.to_json()))
"""


def test_the_digest_is_the_same_in_every_process() -> None:
    """Sets of strings have another order in each, and ids are other numbers."""

    def printed(seed: str) -> str:
        env = {**os.environ, "PYTHONHASHSEED": seed}
        root = pathlib.Path(__file__).parent.parent
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], env=env, cwd=root, capture_output=True, text=True, check=True
        )
        return done.stdout

    graph = lower(add({"a", "b", "c"}, b=frozenset({None, ("y", "z"), "x"})))
    here = f"{graph.digest} {samples.graph().digest} True {len(graph.to_json())}\n"
    assert {printed("1"), printed("2")} == {here}


def test_a_graph_of_100_000_ops() -> None:
    graph = chain(100_000)
    assert again(graph).output == 100_000


def test_bodies_too_deep_for_json_are_refused() -> None:
    graph = samples.nested(1_000)
    with pytest.raises(GraphError, match="nested more than 64 deep"):
        graph.to_json()


def test_bodies_as_deep_as_json_takes_them_are_read_again() -> None:
    graph = Graph((InputOp("item"), Const(nested(64))), 1)
    for _ in range(64):
        graph = Graph((InputOp("item"), Map(graph, Ref(0))), 1)
    again(graph)


def test_a_record_shape_of_a_local_class_is_refused() -> None:
    graph = Graph((Build(Record(type("Here", (), {}), ("a",)), (1,)),), 0)
    with pytest.raises(GraphError, match="'Here' has no JSON form: the class 'Here', which cannot be imported"):
        graph.to_json()


def test_a_switch_with_keys_of_any_kind() -> None:
    cases = {Color.RED: const(1), ("a", 1): const(2), None: const(3), 1.5: const(4)}
    again(lower(switch(const(None), cases, default=const(0))))
