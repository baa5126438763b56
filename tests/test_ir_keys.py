"""Equality and hash by structure: of literals, strictly by type, and of graphs."""

from __future__ import annotations

import copy
import datetime
import decimal
import math
import pathlib
import struct
import zoneinfo
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dataflow
from dataflow import Input, const, gather
from dataflow.callee import Function, Instance
from dataflow.ir.graph import Graph
from dataflow.ir.keys import graph_key, literal_key, same
from dataflow.lower import lower
from dataflow.ops import ABSENT, Build, Call, Const, Expand, Grower, Loop, Map, Recover, Ref, Switch
from dataflow.ops import Input as InputOp
from dataflow.options import Options
from dataflow.shapes import LIST, TUPLE, Named
from tests.golden import samples
from tests.golden.samples import Box, Color, Handle, Level, Model, Point, Query, add

bind: Any = dataflow.bind
expand: Any = dataflow.expand
fan_out: Any = dataflow.fan_out
iterate: Any = dataflow.iterate
recover: Any = dataflow.recover
step: Any = dataflow.step
switch: Any = dataflow.switch

NAN = float("nan")
(OTHER_NAN,) = struct.unpack(">d", bytes.fromhex("7ff8000000000001"))


def equal(a: object, b: object) -> bool:
    """Whether two literals are the same; their keys must say so too, from either side."""
    alike = same(a, b)
    assert same(b, a) is alike
    assert (literal_key(a) == literal_key(b)) is alike
    if alike:
        assert hash(literal_key(a)) == hash(literal_key(b))
    return alike


DIFFERENT = [
    1, 1.0, True, complex(1), decimal.Decimal(1), decimal.Decimal("1.0"), np.float64(1), Level.LOW,
    0, 0.0, -0.0, False, complex(0.0, -0.0), None, ..., NAN, OTHER_NAN, math.inf, ABSENT,
    "1", b"1", bytearray(b"1"), "", b"", (), [], {}, set(), frozenset(), range(0), range(1, 1), slice(0), slice(None),
    (1,), [1], {1}, frozenset({1}), {1: 1}, {1: True}, {True: 1}, {1.0: 1}, (True,), [1.0], {True}, {1.0},
    {"a": 1, "b": 2}, {"b": 2, "a": 1}, [[1], 2], [1, [2]], [[1, 2]],
    Point(1), Point(True), (1, 0), Query(1), Query(1.0), Query(True), Query([1]), Box(1), Box(True),
    Color.RED, Color.GREEN, int, bool, len, abs, Color, Point,
    datetime.date(2024, 1, 2), datetime.datetime(2024, 1, 2), datetime.timedelta(1),
    datetime.datetime(2024, 1, 2, 12, tzinfo=datetime.UTC),
    datetime.datetime(2024, 1, 2, 13, tzinfo=datetime.timezone(datetime.timedelta(hours=1))),
    datetime.datetime(2024, 1, 2, 12, tzinfo=zoneinfo.ZoneInfo("UTC")),
    pathlib.Path("a"), pathlib.PurePosixPath("a"), "a",
]  # fmt: skip


@pytest.mark.parametrize("at", range(len(DIFFERENT)), ids=lambda at: repr(DIFFERENT[at]))
def test_a_literal_is_the_same_as_its_copy_and_as_no_other(at: int) -> None:
    value = DIFFERENT[at]
    assert equal(value, copy.deepcopy(value))
    assert equal([value], [copy.deepcopy(value)])
    for other in DIFFERENT[:at]:
        assert not equal(value, other)
        assert not equal({"k": (value,)}, {"k": (other,)})


def test_nan_is_the_same_by_bits_in_any_container() -> None:
    again = float("nan")
    for wrap in (lambda x: x, lambda x: [x], lambda x: {x}, lambda x: {(x, 1)}, lambda x: {x: 1}, Query):
        assert equal(wrap(NAN), wrap(again))
        assert not equal(wrap(NAN), wrap(OTHER_NAN))


def test_sets_are_compared_without_order_and_strictly() -> None:
    assert equal({0, 8}, {8, 0})
    assert equal({-1, -2}, {-2, -1})
    assert equal({(1, "a"), (2, "b")}, {(2, "b"), (1, "a")})
    assert equal({frozenset({1, 2}), frozenset({3, 4})}, {frozenset({4, 3}), frozenset({2, 1})})
    assert not equal({frozenset({1})}, {frozenset({True})})
    assert not equal({1, 2}, {1, 2.0})


def test_members_with_one_hash_are_told_apart() -> None:
    class Alike:
        def __init__(self, name: str) -> None:
            self.name = name

        def __hash__(self) -> int:
            return 1

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Alike) and other.name == self.name

    assert equal({Alike("a"), Alike("b")}, {Alike("b"), Alike("a")})
    assert not equal({Alike("a"), Alike("b")}, {Alike("b"), Alike("c")})


def test_other_objects_are_the_same_if_their_equality_says_true() -> None:
    assert equal(bytearray(b"x"), bytearray(b"x"))
    assert equal(samples.plain, samples.plain)
    assert equal("abc".upper, "abc".upper)
    assert not equal(bytearray(b"x"), bytearray(b"y"))


def test_an_equality_that_gives_no_bool_or_fails_says_nothing() -> None:
    class Sore:
        __hash__ = None  # type: ignore[assignment]  # it has none, as arrays have none

        def __eq__(self, other: object) -> bool:
            raise RuntimeError("do not compare me")

    array, sore = np.ones(3), Sore()
    assert equal(array, array)
    assert equal([array], [array])
    assert not equal(array, np.ones(3))
    assert equal(sore, sore)
    assert not equal(sore, Sore())


def test_objects_that_compare_by_identity_are_not_looked_into() -> None:
    handle = Handle("a")
    assert equal([handle], [handle])
    assert not equal(handle, Handle("a"))


def test_a_record_with_more_than_its_fields_is_not_its_fields() -> None:
    extended = Query(1)
    object.__setattr__(extended, "cache", 1)
    assert not equal(extended, Query(1))
    assert equal(extended, extended)


@attrs.define
class Typed:
    value: Any

    @property
    def double(self) -> Any:
        return self.value * 2


def test_fields_of_mutable_slotted_records_count() -> None:
    assert equal(Typed([1]), Typed([1]))
    assert not equal(Typed([1]), Typed([True]))


def nested(levels: int, wrap: Any = lambda x: [x]) -> Any:
    value: Any = 0
    for _ in range(levels):
        value = wrap(value)
    return value


@pytest.mark.parametrize(
    "wrap",
    [lambda x: [x], lambda x: (x, 1), lambda x: {"k": x}, lambda x: frozenset({x}), lambda x: Box(x)],
    ids=["list", "tuple", "dict", "frozenset", "record"],
)
def test_literals_10_000_deep(wrap: Any) -> None:
    assert same(nested(10_000, wrap), nested(10_000, wrap))
    assert not same(nested(10_000, wrap), nested(9_999, wrap))
    assert hash(literal_key(nested(10_000, wrap))) == hash(literal_key(nested(10_000, wrap)))


def test_shared_containers_are_compared_once() -> None:
    """100 levels of [x, x] hold 2**100 items, and 100 lists."""
    assert equal(nested(100, lambda x: [x, x]), nested(100, lambda x: [x, x]))
    assert not equal(nested(100, lambda x: [x, x]), nested(100, lambda x: [x, [x]]))


def test_a_literal_that_contains_itself() -> None:
    def loop() -> list[Any]:
        items: list[Any] = [1]
        items.append(items)
        return items

    one, longer = loop(), loop()
    longer[1] = loop()
    assert equal(one, loop())
    assert equal(one, longer)
    assert not equal(one, [1, [1, 2]])


atoms = (
    st.none() | st.booleans() | st.integers(-2, 2) | st.floats(width=16) | st.text(max_size=2) | st.binary(max_size=1)
)
hashable: st.SearchStrategy[Any] = st.deferred(
    lambda: atoms | st.lists(hashable, max_size=2).map(tuple) | st.frozensets(hashable, max_size=2)
)
literals: st.SearchStrategy[Any] = st.deferred(
    lambda: (
        hashable
        | st.lists(literals, max_size=2)
        | st.dictionaries(hashable, literals, max_size=2)
        | st.builds(Query, literals)
    )
)


@given(literals)
def test_law_a_literal_is_the_same_as_a_copy(value: Any) -> None:
    assert equal(value, copy.deepcopy(value))


@given(literals, literals)
def test_law_the_same_literals_are_equal(one: Any, other: Any) -> None:
    """Sameness is finer than `==`, but for NaN."""
    if equal(one, other) and "nan" not in repr(one):
        assert one == other


@given(literals, literals)
def test_law_graphs_of_literals_are_equal_as_the_literals_are(one: Any, other: Any) -> None:
    assert (Graph((Const(one),), 0) == Graph((Const(other),), 0)) is same(one, other)


# graphs


def alike(one: Graph, other: Graph) -> bool:
    """Whether two graphs are equal; hashes and keys must agree."""
    equal = one == other
    assert (other == one) is equal
    assert (graph_key(one) == graph_key(other)) is equal
    if equal:
        assert hash(one) == hash(other)
    return equal


def test_the_same_flow_twice_is_one_graph() -> None:
    assert alike(samples.graph(), samples.graph())
    assert samples.graph() != "a graph"
    assert len({samples.graph(), samples.graph()}) == 1


def test_places_do_not_count() -> None:
    one = lower(add(1))
    other = lower(add(1))
    assert one.places != other.places
    assert alike(one, other)


def test_instances_must_be_shared_in_the_same_way() -> None:
    one = bind(Model, "a")
    shared = lower(one(one(0)))
    apart = lower(bind(Model, "a")(bind(Model, "a")(0)))
    assert not alike(shared, apart)
    assert alike(apart, lower(bind(Model, "a")(bind(Model, "a")(0))))
    other = bind(Model, "a")
    assert alike(shared, lower(other(other(0))))


def test_sharing_is_followed_into_bodies() -> None:
    def wired(inner: Any, outer: Any) -> Graph:
        return lower(outer(fan_out(inner, [1])))

    one, other = bind(Model, "a"), bind(Model, "a")
    assert alike(wired(one, other), wired(other, one))
    assert not alike(wired(one, other), wired(one, one))
    assert not alike(wired(one, one), wired(one, other))


def test_a_crossed_exchange_of_instances_is_another_graph() -> None:
    a, b = bind(Model, "a"), bind(Model, "a")
    assert not alike(lower(gather(a(0), b(0), a(1))), lower(gather(a(0), b(0), b(1))))


def test_the_same_function_in_two_callees_is_one() -> None:
    assert alike(lower(const(1).map(abs)), lower(const(1).map(abs)))
    twice = lower(const(1).map(abs).map(abs))
    once = step(abs, placement="driver")
    shared = lower(once(once(const(1))))
    assert alike(twice, shared)


def test_instances_differ_by_class_arguments_and_options() -> None:
    base = bind(Model, "a", layers=1)
    others = [bind(Model, "b", layers=1), bind(Model, "a", layers=True), bind(Model, "a", 1), base.options(replicas=2)]
    for other in [*others, step(abs)]:
        assert not alike(lower(base(0)), lower(other(0)))


BODY = Graph((InputOp("item"),), 0)
OTHER_BODY = Graph((InputOp("item"), Const(1)), 1)
WIDE_BODY = Graph((InputOp("item"), InputOp("captured 0")), 0)
F = Function(abs)


@pytest.mark.parametrize(
    "ops",
    [
        [InputOp("x"), InputOp("y"), InputOp("x", 1), InputOp("x", True), InputOp("x", None)],
        [Const(1), Const(True), Const(Ref(0))],
        [Call(F), Call(Function(len)), Call(F, (1,)), Call(F, (), (("x", 1),)), Call(F, (), (("y", 1),)), Call(Instance(abs)),
         Call(Function(abs, Options(retries=1)))],
        [Build(LIST, ()), Build(TUPLE, ()), Build(LIST, (1,)), Build(Named(Point), (1, 2))],
        [Switch(1, ((1, 2),)), Switch(True, ((1, 2),)), Switch(1, ((True, 2),)), Switch(1, ((1, 2.0),)), Switch(1, ((1, 2),), 3),
         Switch(1, ((1, 2),), None), Switch(1, ((1, 2), (3, 2)))],
        [Recover(1, BODY, (ValueError,)), Recover(2, BODY, (ValueError,)), Recover(1, OTHER_BODY, (ValueError,)),
         Recover(1, BODY, (KeyError,)), Recover(1, BODY, (ValueError, KeyError)), Recover(1, WIDE_BODY, (ValueError,), (1,))],
        [Map(BODY, [1]), Map(BODY, [2]), Map(OTHER_BODY, [1]), Map(WIDE_BODY, [1], (1,)), Map(WIDE_BODY, [1], (2,)),
         Map(BODY, [1], (), "each")],
        [Loop(BODY, 1, 2, True), Loop(BODY, 2, 2, True), Loop(BODY, 1, 3, True), Loop(BODY, 1, 2, False),
         Loop(OTHER_BODY, 1, 2, True), Loop(WIDE_BODY, 1, 2, True, (1,)), Loop(BODY, 1, 2, True, (), "fold")],
        [Expand(1, Grower(abs)), Expand(2, Grower(abs)), Expand(1, Grower(len)), Expand(1, Grower(abs, (7,)), (1,)),
         Expand(1, Grower(abs), (), "grow")],
    ],
    ids=lambda ops: type(ops[0]).__name__,
)  # fmt: skip
def test_every_field_of_an_op_counts(ops: list[Any]) -> None:
    names = {field.name for op in ops[:1] for field in attrs.fields(type(op))}
    changed = {name for op in ops[1:] for name in names if getattr(op, name) is not getattr(ops[0], name)}
    assert changed == names, "a case is missing"
    for at, op in enumerate(ops):
        assert alike(Graph((op,), 0), Graph((attrs.evolve(op),), 0))
        for other in ops[:at]:
            assert not alike(Graph((op,), 0), Graph((other,), 0))


def test_output_and_length_count() -> None:
    ops = (Const(1), Const(1))
    assert not alike(Graph(ops, 0), Graph(ops, 1))
    assert not alike(Graph(ops, 0), Graph(ops[:1], 0))


def test_graphs_with_arrays_compare_by_identity_of_the_array() -> None:
    array = np.arange(3)
    assert alike(lower(add(array)), lower(add(array)))
    assert not alike(lower(add(array)), lower(add(np.arange(3))))


def test_a_function_that_grows_is_compared_with_the_nodes_it_knows() -> None:
    node = const(1)

    def grow(value: Any) -> Any:
        return add(value, node)

    grown = expand(const(0), grow)
    assert alike(lower(grown), lower(grown))
    assert not alike(lower(grown), lower(expand(const(0), lambda value: add(value, node))))


def test_bodies_of_any_depth_shared_or_not() -> None:
    """20 levels of two equal bodies each are 20 graphs if shared and a million if not; 2,000 levels do not recurse."""

    def tower(levels: int) -> Graph:
        graph = BODY
        for _ in range(levels):
            graph = Graph((InputOp("item"), Map(graph, Ref(0)), Map(graph, Ref(1))), 2)
        return graph

    assert alike(tower(2_000), tower(2_000))
    apart = Graph((InputOp("item"), Map(tower(3), Ref(0)), Map(tower(3), Ref(1))), 2)
    assert alike(tower(4), apart)


def test_graphs_of_100_000_ops() -> None:
    graph = samples.chain(100_000)
    assert alike(graph, samples.chain(100_000))
    assert not alike(graph, Graph((*graph.ops[:-1], Const(1)), graph.output))


def test_lowered_flows_with_every_combinator_are_equal_to_themselves_only() -> None:
    x = Input(int, "x")
    nodes: list[Callable[[], Any]] = [
        lambda: recover(add(x), lambda error: const(1)),
        lambda: recover(add(x), lambda error: const(2)),
        lambda: iterate(add, x, limit=1),
        lambda: iterate(add, x, limit=2),
        lambda: switch(x, {1: const(1)}),
        lambda: switch(x, {True: const(1)}),
        lambda: fan_out(lambda item: add(item, x), [x]),
        lambda: fan_out(lambda item: add(x, item), [x]),
    ]
    graphs = [lower(make()) for make in nodes]
    for at, graph in enumerate(graphs):
        assert alike(graph, lower(nodes[at]()))
        assert not any(alike(graph, other) for other in graphs[:at])
