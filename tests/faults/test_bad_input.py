"""The catalogue of bad input: what is wrong is refused early, by name, with the way out.

Each test is named by its row. C is refused on the line that composes, P before a run or deployment, R while it
runs. In rows C and P no step has run: the step `touch` says so.
"""

from __future__ import annotations

import asyncio
import collections
import concurrent.futures
import dataclasses
import functools
import multiprocessing
import operator
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, assert_type

import attrs
import pytest

import dataflow
from dataflow import (
    INPUT,
    Batch,
    In,
    Inline,
    Input,
    Node,
    Options,
    Resources,
    Retry,
    Threads,
    bind,
    cond,
    const,
    deploy,
    expand,
    fan_out,
    flow,
    fold,
    gather,
    iterate,
    match,
    recover,
    run,
    step,
    submit,
    switch,
)
from dataflow.errors import (
    ClosedError,
    CompositionError,
    DuplicateNameError,
    GraphError,
    InputError,
    LargeLiteralError,
    LargeLiteralWarning,
    NoMatchError,
    OptionTypeError,
    OptionValueError,
    StepResultError,
    SwitchKeyError,
    SwitchKeysError,
)
from dataflow.ir.graph import Graph
from dataflow.ops import Build, Call, Ref
from dataflow.shapes import LIST

ROOT = Path(__file__).parent.parent.parent
NAMES = [name for name in ("Inline", "Threads", "Futures") if hasattr(dataflow, name)]


@pytest.fixture(params=NAMES)
def executor(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Every executor of this process."""
    make = getattr(dataflow, request.param)
    if request.param != "Futures":
        yield make()
        return
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        yield make(pool)


@pytest.fixture(scope="module")
def processes() -> Iterator[Any]:
    """Workers in other processes."""
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        yield dataflow.Futures(pool)


@pytest.fixture
def touch() -> Iterator[Any]:
    """A step that must not have run when the test is over."""
    ran: list[Any] = []

    def touch(x: Any = None) -> Any:
        ran.append(x)

    yield step(touch)
    assert ran == []


@step
def double(x: int) -> int:
    return 2 * x


@step
def add(a: int, b: int) -> int:
    return a + b


@step
class Model:
    def __init__(self, path: str = "") -> None:
        self.path = path

    def __call__(self, x: int) -> int:
        return x


loose: Any = double
loose_switch: Any = switch


# 1-3: wiring


@pytest.mark.parametrize("wrong", [double, Model, Model("p"), add >> loose, flow(lambda: const(1))])
def test_row_01_a_step_where_a_node_is_wanted(wrong: Any, touch: Any) -> None:
    for compose in (touch, lambda g: touch([g]), lambda g: touch({"k": (g,)}), lambda g: touch(x=g)):
        with pytest.raises(CompositionError, match=r"argument 'x' of step 'touch' got .* call it: .*\(\.\.\.\)"):
            compose(wrong)
    for use in (run, submit, deploy, gather):
        strict: Any = use
        with pytest.raises(CompositionError):
            strict(wrong)


def test_row_01_names_both_steps(touch: Any) -> None:
    with pytest.raises(
        CompositionError, match=r"argument 'x' of step 'touch' got step 'double' itself, .*call it: double\(\.\.\.\)"
    ):
        touch(double)


def test_row_02_a_node_of_another_flow(touch: Any) -> None:
    leaked: list[Any] = []

    @flow
    def first(image: In[int]) -> Node[int]:
        leaked.append(image)
        return double(image)

    @flow
    def second(text: In[int]) -> Node[int]:
        return touch([text, leaked[0]])  # type: ignore[no-any-return]  # anything

    assert first.graph.labels()
    for use in (second.deploy, lambda: second.graph):
        with pytest.raises(CompositionError, match=r"flow 'second' reads .*'image'.*the parameter of flow 'first'"):
            use()
    with pytest.raises(CompositionError, match=r"the parameter of flow 'first'"):
        second.run(1)


def test_row_03_a_cycle_cannot_be_written(touch: Any) -> None:
    node = touch(1)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        node._op = touch(node)._op
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        node._op.args = (node,)
    callee = node._op.callee
    with pytest.raises(GraphError, match=r"op %0 reads %1, which does not come before it: a cycle"):
        Graph((Call(callee, (Ref(1),)), Call(callee, (Ref(0),))), 1)
    with pytest.raises(GraphError, match=r"op %0 reads %0"):
        Graph((Build(LIST, (Ref(0),)),), 0)
    with pytest.raises(GraphError, match="the output %5 is not one of the graph's 1 ops"):
        Graph((Build(LIST, ()),), 5)
    items: list[Any] = [node]
    items.append(items)
    with pytest.raises(CompositionError, match="argument 'x' of step 'touch' got a list that contains itself"):
        touch(items)


# 4-6: inputs


def inputs_of(touch: Any) -> Any:
    @flow
    def scores(image: In[int], size: In[int] = 224) -> Node[Any]:
        return touch([image, size])  # type: ignore[no-any-return]  # anything

    return scores


def test_row_04_a_run_without_an_input(touch: Any, executor: Any) -> None:
    scores = inputs_of(touch)
    with pytest.raises(
        TypeError, match=r"flow 'scores': missing a required argument: 'image'; its signature is \(image"
    ):
        scores.on(executor).run()
    with scores.deploy(executor) as pipeline:
        for use in (pipeline.call, pipeline.submit):
            with pytest.raises(
                InputError, match=r"flow 'scores' is missing input 'image'; its inputs are \(image, size=224\)"
            ):
                use()
    with pytest.raises(InputError, match=r"missing its inputs \(INPUT\); deploy it"):
        run(touch(INPUT), executor=executor)


def test_row_05_unknown_extra_and_duplicate_inputs(touch: Any, executor: Any) -> None:
    scores = inputs_of(touch)
    with scores.deploy(executor) as pipeline:
        with pytest.raises(InputError, match=r"flow 'scores' has no input 'imgae'; did you mean 'image'\?"):
            pipeline.call(imgae=1)
        with pytest.raises(InputError, match=r"flow 'scores' takes 2 inputs, not 3; they are \(image, size=224\)"):
            pipeline.call(1, 2, 3)
        with pytest.raises(InputError, match=r"flow 'scores' was given 'image' twice"):
            pipeline.call(1, image=2)
    with pytest.raises(
        CompositionError, match=r"flow 'scores': got an unexpected keyword argument 'imgae', did you mean 'image'\?"
    ):
        scores.run(imgae=2)
    with pytest.raises(CompositionError, match=r"multiple values for argument 'image'"):
        scores.run(1, image=2)


def test_row_06_a_wrong_type_of_input_is_for_the_type_checker(executor: Any) -> None:
    """Nothing is checked at run time: the step's own error says which step."""
    upper: Any = step(str.upper)
    with deploy(upper(Input(str, "text")), executor) as pipeline, pytest.raises(TypeError) as caught:
        pipeline.call(3)
    assert "in upper, composed at" in caught.value.__notes__[0]


# 7-12: steps and nodes misused


@pytest.mark.parametrize(
    ("args", "kwargs", "words"),
    [
        ((), {}, "missing a required argument: 'a'"),
        ((1, 2, 3), {}, "too many positional arguments"),
        ((1, 2), {"c": 2}, "got an unexpected keyword argument 'c'"),
        ((1, 2), {"a": 2}, "multiple values for argument 'a'"),
    ],
)
def test_row_07_wrong_arguments_of_a_step(args: Any, kwargs: Any, words: str) -> None:
    strict: Any = add
    with pytest.raises(CompositionError, match=rf"step 'add': .*{words}.*; its signature is \(a"):
        strict(*args, **kwargs)


CONVERSIONS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "row 08 bool": (bool, r"use cond\(\), switch\(\) or match\(\)"),
    "row 08 if": (lambda n: 1 if n else 2, r"use cond\(\)"),
    "row 08 and": (lambda n: n and 1, r"use cond\(\)"),
    "row 08 or": (lambda n: n or 1, r"use cond\(\)"),
    "row 08 not": (operator.not_, r"use cond\(\)"),
    "row 08 assert": (lambda n: all([n]), r"use cond\(\)"),
    "row 09 for": (list, r"fan_out\(step, node\)"),
    "row 09 unpack": (lambda n: max(*n), r"unpack\(node\)"),
    "row 09 len": (len, r"node\.map\(len\)"),
    "row 09 in": (lambda n: 3 in n, "ask in a step"),
    "row 09 sum": (sum, r"fan_out\(step, node\)"),
    "row 09 sorted": (sorted, r"fan_out\(step, node\)"),
    "row 09 zip": (lambda n: list(zip(n, n)), r"fan_out\(step, node\)"),
    "row 09 enumerate": (enumerate, r"fan_out\(step, node\)"),
    "row 10 format": (lambda n: f"{n}", r"node\.map\(str\)"),
    "row 10 format spec": (lambda n: f"{n:>10}", r"node\.map\(str\)"),
    "row 10 str.format": ("{}".format, r"node\.map\(str\)"),
    "row 10 neg": (operator.neg, "compute with it in a step"),
    "row 10 pos": (operator.pos, "compute with it in a step"),
    "row 10 invert": (operator.invert, "compute with it in a step"),
    "row 10 abs": (abs, "compute with it in a step"),
    "row 10 round": (round, "compute with it in a step"),
    "row 12 int": (int, r"node\.map\(int\)"),
    "row 12 float": (float, r"node\.map\(float\)"),
    "row 12 index": (lambda n: [1, 2][n], "a count that is only known at run time"),
    "row 12 range": (range, "a count that is only known at run time"),
    "row 12 hex": (hex, "a count that is only known at run time"),
    "row 12 setitem": (lambda n: operator.setitem(n, 0, 1), "nodes do not change"),
    "row 12 delitem": (lambda n: operator.delitem(n, 0), "nodes do not change"),
}


@pytest.mark.parametrize("row", CONVERSIONS)
def test_rows_08_to_12_a_node_used_as_its_value(row: str, touch: Any) -> None:
    use, way_out = CONVERSIONS[row]
    with pytest.raises(CompositionError, match=rf"<Node 'touch' composed at .*test_bad_input\.py:\d+>.*{way_out}"):
        use(touch(1))
    with pytest.raises(CompositionError, match=way_out):
        use(touch(1).output)


@pytest.mark.parametrize(
    "use",
    [
        *(operator.add, operator.sub, operator.mul, operator.matmul, operator.truediv, operator.floordiv, operator.mod),
        *(operator.pow, operator.and_, operator.or_, operator.xor, operator.lshift, operator.rshift, divmod),
        *(operator.lt, operator.le, operator.gt, operator.ge),
    ],
    ids=lambda use: use.__name__,
)
def test_row_10_each_operator_on_each_side(use: Callable[[Any, Any], Any], touch: Any) -> None:
    node = touch(1)
    for left, right in ((node, 2), (2, node), (node, node), (node.output, 2), ([2], node)):
        with pytest.raises(CompositionError, match=r"compute with it in a step, or node\.map"):
            use(left, right)


@pytest.mark.parametrize("use", [operator.iadd, operator.isub, operator.imul, operator.ior, operator.ilshift])
def test_row_10_each_operator_in_place(use: Callable[[Any, Any], Any], touch: Any) -> None:
    with pytest.raises(CompositionError, match="compute with it in a step"):
        use(touch(1), 2)


def test_row_10_equality_is_identity_and_repr_is_fine(touch: Any) -> None:
    node = touch(1)
    assert (node == node, node == touch(1), node != 1) == (True, False, True)
    assert repr(node).startswith("<Node 'touch' composed at ")
    assert str(node) == repr(node)


@pytest.mark.parametrize("name", ["shpae", "_private", "append"])
def test_row_11_an_attribute_of_a_node(name: str, touch: Any) -> None:
    with pytest.raises(
        AttributeError, match=rf"a Node has no attribute '{name}'; .*node\.output\.{name} inside a step call"
    ):
        getattr(touch(1), name)


def test_row_12_await_with_and_call(touch: Any) -> None:
    node = touch(1)

    async def wait() -> None:
        await node

    with pytest.raises(CompositionError, match=r"await submit\(node\)"):
        asyncio.run(wait())
    with pytest.raises(CompositionError, match=r"`with node\.deploy\(\) as pipeline`"), node:
        pass
    with pytest.raises(TypeError, match="not callable"):
        node(1)


# 13: hidden nodes


class Pair(NamedTuple):
    left: Any
    right: Any


@dataclasses.dataclass
class Point:
    x: Any
    y: Any = 0


@attrs.frozen
class Frozen:
    x: Any


class Box:
    def __init__(self, value: Any) -> None:
        self.value = value

    def method(self) -> Any:
        return self.value


class Slotted:
    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class MyList(list[Any]):
    pass


SEARCHED: dict[str, Callable[[Any], Any]] = {
    "list": lambda n: [n, 1],
    "tuple": lambda n: (n,),
    "set": lambda n: {n},
    "frozenset": lambda n: frozenset({n}),
    "dict value": lambda n: {1: n},
    "dict key": lambda n: {n: 1},
    "named tuple": lambda n: Pair(n, n),
    "dataclass": Point,
    "attrs class": Frozen,
    "nested": lambda n: {"a": [Point((Frozen(n), {n}))]},
}
HIDING: dict[str, Callable[[Any], Any]] = {
    "attribute": Box,
    "slot": Slotted,
    "list in an attribute": lambda n: Box([n]),
    "subclass of list": lambda n: MyList([n]),
    "deque": lambda n: collections.deque([n]),
    "ordered dict": lambda n: collections.OrderedDict(a=n),
    "default dict": lambda n: collections.defaultdict(list, a=n),
    "closure": lambda n: lambda: n,
    "default": lambda n: lambda x=n: x,
    "keyword default": lambda n: lambda *, x=n: x,
    "partial": lambda n: functools.partial(max, n),
    "keyword of a partial": lambda n: functools.partial(sorted, key=n),
    "bound method": lambda n: Box(n).method,
    "slice": lambda n: slice(n),
    "iterator": lambda n: iter([n]),
    "generator expression": lambda n: (each for each in [n]),
    "map": lambda n: map(abs, [n]),
    "dict view": lambda n: {1: n}.values(),
    "exception": ValueError,
}


@pytest.mark.parametrize("name", SEARCHED)
def test_row_13_a_node_in_a_container_is_found(name: str, executor: Any) -> None:
    same: Any = step(lambda x: x)
    assert run(same(SEARCHED[name](const(7))), executor=executor) == SEARCHED[name](7)
    assert run(same(x=SEARCHED[name](const(7))), executor=executor) == SEARCHED[name](7)


@pytest.mark.parametrize("name", HIDING)
def test_row_13_a_node_that_hides_elsewhere_is_refused(name: str, touch: Any) -> None:
    for compose in (touch, lambda thing: touch([thing]), lambda thing: touch(x={"k": thing})):
        with pytest.raises(
            CompositionError, match="argument 'x' of step 'touch' (hides a node inside|got a .* read only once)"
        ) as caught:
            compose(HIDING[name](const(7)))
        assert re.search("nodes are found in list, tuple, named tuple, dict, set|pass a list", str(caught.value))


@pytest.mark.parametrize("name", HIDING)
def test_row_13_so_it_is_in_const_in_the_input_of_a_flow_and_in_a_constructor(name: str, touch: Any) -> None:
    wired: Any = flow(lambda x: touch(x))
    loose_bind: Any = bind
    for compose in (const, wired.run, lambda thing: loose_bind(Model, thing)):
        with pytest.raises(CompositionError):
            compose(HIDING[name](const(7)))


def test_row_13_a_node_in_the_key_of_an_item_is_found(executor: Any) -> None:
    table: Any = const({(1, "a"): "found"})
    assert run(table[(const(1), "a")], executor=executor) == "found"


def test_row_13_a_step_that_reads_a_node_from_outside_is_refused() -> None:
    """It would get the node, not its value; the node is to be an argument."""
    node = double(1)
    strict: Any = step
    listed = [node]
    for wrong in (lambda x: (x, node), lambda x: listed, functools.partial(max, node)):
        for compose in (strict, const(1).map):
            with pytest.raises(CompositionError, match="node"):
                compose(wrong)


def test_row_13_a_node_in_a_default_of_a_flow_is_an_input_without_default(touch: Any) -> None:
    node = touch(1)

    def plain(x: Any = node) -> Any:
        return touch(x)

    def listed(x: Any = [node]) -> Any:
        return touch(x)

    for wired in (plain, listed):
        with flow(wired).deploy() as pipeline:
            loose_pipeline: Any = pipeline
            with pytest.raises(InputError, match="is missing input 'x'"):
                loose_pipeline.call()


@pytest.mark.parametrize("wrong", [const(7), const(7).output], ids=["node", "lens"])
def test_row_13_a_node_given_to_a_pipeline_where_it_takes_a_value(wrong: Any, touch: Any, executor: Any) -> None:
    with deploy(touch(Input(int, "size")), executor) as pipeline:
        for use in (
            pipeline.call,
            pipeline.submit,
            lambda x: pipeline.call(size=x),
            lambda x: list(pipeline.stream([x])),
        ):
            with pytest.raises(InputError, match="is called with values, not with <Node 'const'.*call the flow"):
                use(wrong)


# 14-15: results


@step
def returns_node(x: int) -> Any:
    return double(x)


@step
def returns_step(x: int) -> Any:
    return double


@step
def returns_lens(x: int) -> Any:
    return const(x).output


@step
def returns_generator(x: int) -> Any:
    return (k for k in range(x))


@step
def returns_iterator(x: int) -> Any:
    return iter([x])


@step
def returns_map(x: int) -> Any:
    return map(abs, [x])


MADE: list[Any] = []
"""What must be closed after a test, so that nothing warns of it later."""


def kept(made: Any) -> Any:
    MADE.append(made)
    return made


@pytest.fixture
def closing() -> Iterator[None]:
    yield
    while MADE:
        MADE.pop().close()


@step
def returns_file(x: int) -> Any:
    return kept(open(os.devnull))


@step
def returns_coroutine(x: int) -> Any:
    return kept(asyncio.sleep(0))


@step
def returns_async_generator(x: int) -> Any:
    async def items() -> Any:
        yield x

    return items()


@step
def returns_list_of_nodes(x: int) -> Any:
    return [double(x), double(x)]


@step
async def returns_node_later(x: int) -> Any:
    return double(x)


@step
class ReturnsIterator:
    def __call__(self, x: int) -> Any:
        return iter([x])


RESULTS: dict[str, tuple[Any, str]] = {
    "row 14 node": (returns_node, r"step 'returns_node' returned <Node 'double'.*expand\(\)"),
    "row 14 step": (returns_step, r"step 'returns_step' returned step 'double', not a value"),
    "row 14 lens": (returns_lens, r"step 'returns_lens' returned .*not a value"),
    "row 14 list": (returns_list_of_nodes, r"step 'returns_list_of_nodes' returned a list of nodes"),
    "row 14 node of an async step": (returns_node_later, r"step 'returns_node_later' returned <Node 'double'"),
    "row 15 generator": (returns_generator, r"step 'returns_generator' returned a generator.*return a list"),
    "row 15 iterator": (returns_iterator, r"step 'returns_iterator' returned a list_iterator.*return a list"),
    "row 15 map": (returns_map, r"step 'returns_map' returned a map.*return a list"),
    "row 15 file": (returns_file, r"step 'returns_file' returned a TextIOWrapper"),
    "row 15 coroutine": (returns_coroutine, r"step 'returns_coroutine' returned a coroutine"),
    "row 15 async generator": (returns_async_generator, r"step 'returns_async_generator' returned a async_generator"),
    "row 15 class step": (ReturnsIterator(), r"step 'ReturnsIterator' returned a list_iterator"),
}


@pytest.mark.usefixtures("closing")
@pytest.mark.parametrize("row", RESULTS)
def test_rows_14_and_15_a_result_that_is_no_value(row: str, executor: Any, touch: Any) -> None:
    wrong, words = RESULTS[row]
    with pytest.raises(StepResultError, match=words):
        run(touch(wrong(3)), executor=executor)
    with deploy(touch(wrong(INPUT)), executor) as pipeline, pytest.raises(StepResultError, match=words):
        pipeline.call(3)


@pytest.mark.parametrize("row", RESULTS)
def test_rows_14_and_15_in_another_process(row: str, processes: Any) -> None:
    wrong, words = RESULTS[row]
    with pytest.raises(StepResultError, match=words.partition(" returned")[0]):
        run(double(wrong(3)), executor=processes)


# 16-17: what may be a step


def test_row_16_generator_functions_are_refused_and_async_ones_supported(executor: Any) -> None:
    def items(x: int) -> Iterator[int]:
        yield x

    async def items_later(x: int) -> Any:
        yield x

    class Items:
        def __call__(self, x: int) -> Iterator[int]:
            yield x

    for wrong in (items, items_later, Items(), Items):
        strict: Any = step
        with pytest.raises(CompositionError, match="generator function; a step returns one value: return a list"):
            strict(wrong)

    @step
    async def later(x: int) -> int:
        await asyncio.sleep(0)
        return x + 1

    assert run(double(later(const(1))), executor=executor) == 4


def test_row_17_lambdas_local_classes_and_closures(executor: Any) -> None:
    amount = 10

    class Local:
        def __call__(self, x: int) -> int:
            return x + amount

    loose_lambda: Any = step(lambda x: x + amount)
    local: Any = bind(Local)
    assert run(loose_lambda(local(1)), executor=executor) == 21


# 23-26: what happens in a step


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt("by a step"), GeneratorExit("odd")])
def test_row_23_errors_that_are_no_exceptions_reach_the_caller_and_are_not_tried_again(
    error: BaseException, executor: Any
) -> None:
    ran: list[int] = []

    @step(retries=3)
    def raise_it(x: int) -> int:
        ran.append(x)
        raise error

    with pytest.raises(type(error)) as caught:
        run(recover(raise_it(1), lambda failed: const(0)), executor=executor)
    assert caught.value.args == error.args
    assert ran == [1]


def test_row_24_a_mutable_default_is_pythons_own(executor: Any) -> None:
    def collect(x: int, seen: list[int] = []) -> list[int]:  # the case
        seen.append(x)
        return list(seen)

    collecting: Any = step(collect)
    assert run(collecting(1), executor=executor) == [1]
    assert run(collecting(2), executor=executor) == [1, 2]


def test_row_25_a_literal_that_is_changed_after_composition(executor: Any) -> None:
    words, table, seen, deep = ["a"], {"k": 1}, {1}, [["a"]]
    same: Any = step(lambda x: x)
    nodes = [same(words), same(table), same(seen), same(deep), same((deep,))]
    words.append("b")
    table["k"] = 2
    seen.add(2)
    deep[0].append("b")
    assert run(gather(nodes), executor=executor) == [["a"], {"k": 1}, {1}, [["a"]], ([["a"]],)]


def test_row_26_a_step_that_changes_its_argument_changes_the_value_for_later_readers(executor: Any) -> None:
    """As in plain Python: values are passed, not copied. Nobody may rely on it across processes."""

    def change(xs: list[int]) -> list[int]:
        xs.append(9)
        return xs

    make: Any = step(lambda: [1])
    changed: Any = step(change)
    node = make()
    after = changed(node)
    assert run(gather(after, after), executor=executor) == ([1, 9], [1, 9])


# 27-29: size


LARGE, TOO_LARGE = bytes(2 << 20), bytes(65 << 20)


@pytest.mark.parametrize(
    "use",
    [run, lambda node: submit(node).result(), lambda node: deploy(node).close(), lambda node: node.deploy().close()],
)
def test_row_27_a_large_literal_warns_with_its_size_and_the_way_out(use: Callable[[Any], Any]) -> None:
    size: Any = step(len)
    with pytest.warns(LargeLiteralWarning, match=r"2\.0 MiB.*'len'.*test_bad_input\.py:\d+.*make it an input"):
        use(size(LARGE))


def test_row_27_also_by_keyword_in_const_and_in_a_body() -> None:
    size: Any = step(lambda x: len(x))
    for node in (size(x=LARGE), const(LARGE).map(len), fan_out(lambda x: size(LARGE), [1])):
        with pytest.warns(LargeLiteralWarning, match=r"2\.0 MiB"):
            run(node)


def test_row_27_a_flows_literal_warns_and_its_inputs_do_not() -> None:
    sized: Any = flow(lambda x: x.map(len))
    inside: Any = flow(lambda x: gather(x, const(LARGE)))
    with sized.deploy() as pipeline:
        assert pipeline.call(LARGE) == len(LARGE)
    step(len).map([LARGE])  # composing alone says nothing
    with pytest.warns(LargeLiteralWarning):
        inside.deploy().close()


def test_row_27_a_too_large_literal_is_refused(touch: Any, executor: Any) -> None:
    for use in (run, submit, lambda node, executor: deploy(node, executor)):
        strict: Any = use
        with pytest.raises(LargeLiteralError, match=r"65\.0 MiB.*'touch'.*make it an input"):
            strict(touch(TOO_LARGE), executor=executor)


def test_row_27_a_megabyte_passes(executor: Any) -> None:
    size: Any = step(len)
    assert run(size(bytes(1_000_000)), executor=executor) == 1_000_000


def test_row_28_a_chain_of_a_hundred_thousand_and_a_fan_in_of_ten_thousand() -> None:
    assert sys.getrecursionlimit() <= 1_000
    chain = functools.reduce(lambda node, _: add(node, 1), range(100_000), const(0))
    for executor in (Inline(), Threads(2)):
        assert run(chain, executor=executor) == 100_000
    total: Any = step(lambda *xs: sum(xs))
    wide = [double(k) for k in range(10_000)]
    for executor in (Inline(), Threads(2)):
        assert sum(run(gather(wide), executor=executor)) == run(total(*wide), executor=executor) == 99_990_000


def test_row_28_long_chains_and_wide_fans_on_every_executor(executor: Any) -> None:
    chain = functools.reduce(lambda node, _: add(node, 1), range(3_000), const(0))
    assert run(chain, executor=executor) == 3_000
    assert run(fan_out(double, range(3_000)), executor=executor) == [2 * k for k in range(3_000)]
    guarded = functools.reduce(lambda node, _: recover(node, lambda error: const(0)), range(3_000), const(7))
    assert run(guarded, executor=executor) == 7
    routed = functools.reduce(lambda node, _: cond(const(True), double(node), const(0)), range(2_000), const(0))
    assert run(routed, executor=executor) == 0


def test_row_29_a_deeply_nested_argument() -> None:
    """Any depth: nothing is pickled here, and the walk has its own stack."""
    nested: Any = const(7)
    for _ in range(50_000):
        nested = [nested]
    same: Any = step(lambda x: x)
    found = run(same(nested))
    for _ in range(50_000):
        (found,) = found
    assert found == 7


# 30-34: flows and names


def test_row_30_a_flow_that_calls_itself(touch: Any) -> None:
    @flow
    def forever(x: In[int]) -> Node[int]:
        return forever(touch(x))

    for use in (forever.deploy, lambda: forever.run(1), lambda: forever(1), lambda: forever.graph):
        with pytest.raises(
            CompositionError, match=r"flow 'forever' is wired 100 deep: .*forever -> forever.*does it call itself"
        ):
            use()


@pytest.mark.parametrize("result", [None, 3, "text", (), [], {}, [1, 2], True])
def test_row_31_a_flow_that_returns_no_node(result: Any, touch: Any) -> None:
    def wired(x: Any) -> Any:
        touch(x)
        return result

    for use in (flow(wired).deploy, lambda: flow(wired).run(1)):
        with pytest.raises(CompositionError, match=r"flow 'wired' returned .*not a node; .*const\(value\)"):
            use()


def test_row_31_structures_of_nodes_are_values(executor: Any) -> None:
    wired: Any = flow(lambda x: {"a": (x, [double(x)]), "b": 3})
    assert wired.on(executor).run(const(2)) == {"a": (2, [4]), "b": 3}


def test_row_32_a_node_that_nothing_needs_does_not_run(touch: Any, executor: Any) -> None:
    """Demand decides, whatever side effects the step has."""

    @flow
    def wired(x: In[int]) -> Node[int]:
        touch(x)
        return double(x)

    assert wired.on(executor).run(const(1)) == 2
    with wired.deploy(executor) as pipeline:
        assert pipeline.call(2) == 4


def test_row_33_duplicate_names(touch: Any) -> None:
    node = touch(touch(1))
    assert flow(lambda: node).graph.labels() == ("touch", "touch#2")
    with pytest.raises(DuplicateNameError, match=r"2 inputs are named 'x'; give each Input its own name"):
        deploy(touch([Input(int, "x"), Input(int, "x")]))
    with pytest.raises(DuplicateNameError, match="2 inputs are named 'x'"):
        flow(lambda x: touch([x, Input(int, "x")])).deploy()


@pytest.mark.parametrize("name", ["", "a/b", "/etc/passwd", "a\0b", "a\nb", "\x1b[31m", "x" * 10_000])
def test_row_34_names_that_are_refused(name: str) -> None:
    for make in (lambda: step(name=name), lambda: double.options(name=name), lambda: Input(int, name)):
        with pytest.raises(OptionValueError, match="must be 1 to 200 printable characters without '/'"):
            make()


@pytest.mark.parametrize("name", [3, b"name", ["name"], 1.5, True])
def test_row_34_names_that_are_no_str(name: Any) -> None:
    for make in (lambda: step(name=name), lambda: double.options(name=name), lambda: Input(int, name)):
        with pytest.raises(OptionTypeError, match="must be a str"):
            make()


# 35-39: routing


@pytest.mark.parametrize("nan", [float("nan"), -float("nan"), complex(0, float("nan"))])
def test_row_35_a_key_that_is_not_equal_to_itself(nan: Any, touch: Any) -> None:
    with pytest.raises(SwitchKeysError, match="nan"):
        switch(touch(1), {1: const(1), nan: const(2)})
    with pytest.raises(SwitchKeysError, match="nan"):
        match(touch(1)).case(nan, const(1))


@pytest.mark.parametrize("key", [[1], {"a": 1}, {1}, bytearray(b"x")])
def test_row_36_a_key_without_hash(key: Any, touch: Any, executor: Any) -> None:
    with pytest.raises(CompositionError, match="has no hash; use a str, a number, an Enum or a tuple"):
        match(touch(1)).case(key, const(1))
    with pytest.raises(SwitchKeyError, match="cannot be a key: it has no hash") as caught:
        run(loose_switch(const(key), {"a": touch(1)}, default=touch(2)), executor=executor)
    assert caught.value.value == key
    assert "in switch, composed at" in caught.value.__notes__[0]


@pytest.mark.parametrize(
    ("first", "second"), [(1, True), (1, 1.0), (0, False), (0.0, -0.0), ("a", "a"), ((1,), (True,))]
)
def test_row_37_keys_that_are_equal(first: Any, second: Any, touch: Any) -> None:
    with pytest.raises(SwitchKeysError, match="two cases have equal keys") as caught:
        match(touch(1)).case(first, const(1)).case(second, const(2))
    assert f"{first!r} and {second!r}" in str(caught.value)


@pytest.mark.parametrize("value", ["z", None, 0, "", (1, 2), float("nan")])
def test_row_38_no_case_and_no_default(value: Any, touch: Any, executor: Any) -> None:
    with pytest.raises(NoMatchError, match=r"no case of a switch for .*; its keys are 'a', 5") as caught:
        run(switch(const(value), {"a": touch(1), 5: touch(2)}), executor=executor)
    assert isinstance(caught.value, LookupError)
    assert caught.value.keys == ("a", 5)
    assert repr(caught.value.value) == repr(value)


def test_row_39_branches_of_different_types_are_a_union() -> None:
    node = cond(const(True), const(1), const("a"))
    assert_type(node, Node[int | str])
    assert run(node) == 1


# 40-44: options


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (0, OptionValueError),
        (-1, OptionValueError),
        (1.5, OptionTypeError),
        (True, OptionTypeError),
        ("2", OptionTypeError),
    ],
)
def test_row_40_replicas(value: Any, kind: type[Exception], executor: Any) -> None:
    made: list[int] = []

    class Counted:
        def __init__(self) -> None:
            made.append(1)

        def __call__(self, x: int) -> int:
            return x

    node: Any = bind(Counted)(INPUT)
    words = rf"replicas must be an int of at least 1, not {value!r}"
    for use in (
        lambda: step(replicas=value),
        lambda: bind(Counted).options(replicas=value),
        lambda: Options(replicas=value),
        lambda: deploy(node, executor, replicas={"Counted": value}),
        lambda: deploy(node, executor, options={"Counted": {"replicas": value}}),
    ):
        with pytest.raises(kind, match=words):
            use()
    assert made == []


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (0, OptionValueError),
        (-1, OptionValueError),
        (float("nan"), OptionValueError),
        (float("inf"), OptionValueError),
        ("1", OptionTypeError),
        (True, OptionTypeError),
    ],
)
def test_row_41_timeouts(value: Any, kind: type[Exception]) -> None:
    for use in (lambda: step(timeout=value), lambda: double.options(timeout=value), lambda: Options(timeout=value)):
        with pytest.raises(kind, match=r"timeout must be a finite number above 0, not"):
            use()
    with pytest.raises(kind, match="timeout"):
        deploy(double(INPUT), options={"double": {"timeout": value}})
    assert run(double.options(timeout=None)(2)) == 4


@pytest.mark.parametrize(
    ("value", "kind"), [(-1, OptionValueError), (1.5, OptionTypeError), (True, OptionTypeError), ("1", OptionTypeError)]
)
def test_row_42_retries(value: Any, kind: type[Exception]) -> None:
    for use in (lambda: step(retries=value), lambda: double.options(retries=value), lambda: Retry(times=value)):
        with pytest.raises(kind):
            use()


@pytest.mark.parametrize(
    ("field", "value"), [("delay", -1), ("delay", float("inf")), ("backoff", -1), ("backoff", 0), ("lost", -1)]
)
def test_row_42_delays(field: str, value: Any) -> None:
    make: Any = Retry
    with pytest.raises(OptionValueError, match=field):
        make(**{field: value})


@pytest.mark.parametrize(
    "on", [BaseException, KeyboardInterrupt, (ValueError, SystemExit), "ValueError", ValueError(), 3]
)
def test_row_43_retry_on(on: Any) -> None:
    with pytest.raises(OptionTypeError, match=r"Retry\.on must be Exception classes"):
        Retry(on=on)
    with pytest.raises(OptionTypeError, match="on must be Exception classes"):
        recover(const(1), lambda error: const(2), on=on)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (0, OptionValueError),
        (-1, OptionValueError),
        (10**6, OptionValueError),
        (True, OptionTypeError),
        (1.5, OptionTypeError),
        ("4", OptionTypeError),
        (None, OptionTypeError),
    ],
)
def test_row_44_max_workers(value: Any, kind: type[Exception]) -> None:
    before = threading.active_count()
    with pytest.raises(kind, match="max_workers must be an int from 1 to"):
        Threads(value)
    assert threading.active_count() == before


def test_rows_40_to_44_the_other_counts() -> None:
    make: Any
    for make, field, value in (
        (Options, "max_concurrency", 0),
        (Batch, "size", 0),
        (Batch, "wait", -1),
        (Resources, "num_cpus", -1),
        (Resources, "num_gpus", float("nan")),
        (Resources, "memory", -1),
    ):
        with pytest.raises(OptionValueError, match=field):
            make(**{field: value})
    for limit in (-1, True, 1.5):
        with pytest.raises(CompositionError, match="limit"):
            iterate(double, 1, limit=limit)  # type: ignore[arg-type,unused-ignore]  # a float is the case


@pytest.mark.parametrize("pool", [None, 3, "processes", concurrent.futures.ThreadPoolExecutor])
def test_row_44_a_pool_that_is_none(pool: Any) -> None:
    with pytest.raises(OptionTypeError, match=r"Futures\(\) takes a concurrent\.futures\.Executor"):
        dataflow.Futures(pool)


# 46-50: lifetimes


def test_row_46_closed_then_used(touch: Any, executor: Any) -> None:
    pipeline = deploy(touch(INPUT), executor)
    pipeline.close()
    for use in (pipeline.call, pipeline.submit, lambda x: pipeline.stream([x])):
        with pytest.raises(ClosedError, match="this pipeline is closed; deploy the flow again"):
            use(1)


def test_row_46_a_pool_that_was_shut_down(touch: Any) -> None:
    pool = concurrent.futures.ThreadPoolExecutor(1)
    pool.shutdown()
    with pytest.raises(RuntimeError, match="shutdown"):
        run(touch(1), executor=dataflow.Futures(pool))
    pool = concurrent.futures.ThreadPoolExecutor(1)
    with deploy(touch(INPUT), dataflow.Futures(pool)) as pipeline:
        pool.shutdown()
        with pytest.raises(RuntimeError, match="shutdown"):
            pipeline.call(1)


def test_row_47_closed_twice(executor: Any) -> None:
    pipeline = deploy(double(INPUT), executor)
    assert pipeline.call(1) == 2
    with pipeline:
        pipeline.close()
    pipeline.close()


MAKE = {
    "Inline": "Inline()",
    "Threads": "Threads(2)",
    "Futures": "Futures(concurrent.futures.ThreadPoolExecutor(2))",
}


def python(script: str, timeout: float = 20) -> str:
    """What a script prints, in a process of its own: it may hang, and take no other test with it."""
    done = subprocess.run(
        [
            sys.executable,
            "-W",
            "error",
            "-c",
            "import concurrent.futures, os, sys, threading\nfrom dataflow import *\n" + script,
        ],
        capture_output=True,
        text=True,
        timeout=timeout,
        cwd=ROOT,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


@pytest.mark.parametrize("name", NAMES)
def test_row_47_left_open_at_the_end_of_the_program(name: str) -> None:
    script = f"""
double = step(lambda x: 2 * x)
kept = deploy(double(INPUT), {MAKE[name]})
print(kept.call(1))
stream = kept.stream(range(1000))
print(next(stream))
class Late:
    def __del__(self):
        kept.close()
late = Late()
"""
    assert python(script).split() == ["2", "0"]


def test_row_48_shared_by_threads(executor: Any) -> None:
    def work(k: int) -> list[int]:
        return [pipeline.call(k), run(double(k), executor=executor), *pipeline.stream([k, k + 1])]

    with deploy(double(INPUT), executor) as pipeline, concurrent.futures.ThreadPoolExecutor(8) as users:
        results = list(users.map(work, range(40)))
    assert results == [[2 * k, 2 * k, 2 * k, 2 * k + 2] for k in range(40)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.parametrize("name", NAMES)
def test_row_48_used_after_a_fork(name: str) -> None:
    script = f"""
import warnings
warnings.simplefilter("ignore", DeprecationWarning)  # forking with threads is the case
from dataflow.errors import ClosedError
pipeline = deploy(INPUT.map(abs), {MAKE[name]})
assert pipeline.call(-1) == 1
child = os.fork()
if child == 0:
    code = 9
    try:
        pipeline.call(-1)
    except ClosedError as error:
        pipeline.close()
        code = 0 if str(os.getppid()) in str(error) else 8
    os._exit(code)
_, status = os.waitpid(child, 0)
print(os.waitstatus_to_exitcode(status), pipeline.call(-2), flush=True)
pipeline.close()
"""
    assert python(script).split() == ["0", "2"]


NESTED = """
executor = {make}
def outer(x):
    try:
        return run(step(lambda y: y + 1)(step(abs)(x)), executor=executor)
    except Exception as error:
        return type(error).__name__
nodes = [step(outer)(k) for k in range(4)]
print(run(gather(nodes), executor=executor))
"""


@pytest.mark.parametrize("make", ["Inline()", "Threads(1)", "Threads(2)"])
def test_row_49_a_run_inside_a_step(make: str) -> None:
    assert python(NESTED.format(make=make)).strip() == "[1, 2, 3, 4]"


def test_row_49_a_run_inside_a_step_on_the_same_full_pool() -> None:
    """All of its workers would wait for the inner runs: an error at once, and no hang."""
    result = python(NESTED.format(make="Futures(concurrent.futures.ThreadPoolExecutor(1))"))
    assert result.strip() == str(["NestedRunError"] * 4)


RECURSIVE = """
def countdown(n):
    try:
        return 0 if n == 0 else 1 + pipeline.call(n - 1)
    except RuntimeError as error:
        return type(error).__name__
pipeline = deploy(step(countdown)(INPUT), {make})
print(pipeline.call({depth}))
pipeline.close()
"""


def test_row_50_a_pipeline_that_calls_itself_inline() -> None:
    assert python(RECURSIVE.format(make="Inline()", depth=3)).strip() == "3"


@pytest.mark.parametrize("make", ["Threads(1)", "Threads(8)", "Futures(concurrent.futures.ThreadPoolExecutor(1))"])
def test_row_50_a_pipeline_that_waits_for_itself_in_its_own_workers(make: str) -> None:
    """Enough calls in flight would wait for each other for ever: an error at once, whatever the number of workers."""
    assert python(RECURSIVE.format(make=make, depth=3)).strip() == "NestedRunError"


def test_row_50_an_instance_that_calls_itself_inline() -> None:
    script = """
class Countdown:
    def __call__(self, n):
        return 0 if n == 0 else 1 + pipeline.call(n - 1)
pipeline = deploy(bind(Countdown)(INPUT))
print(pipeline.call(5))
"""
    assert python(script).strip() == "5"


# Beyond the catalogue: the same rule for the combinators


@pytest.mark.parametrize("wrong", [3, None, "f"])
def test_combinators_refuse_what_cannot_be_called(wrong: Any, touch: Any) -> None:
    node = touch(1)
    for use in (
        lambda: fan_out(wrong, [node]),
        lambda: fold(wrong, [node], 0),
        lambda: iterate(wrong, node, limit=1),
        lambda: recover(node, wrong),
        lambda: expand(node, wrong),
        lambda: node.map(wrong),
    ):
        with pytest.raises(CompositionError, match="takes a"):
            use()
