"""Flows: functions from nodes to a node."""

from __future__ import annotations

import functools
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import pytest

from dataflow import (
    Flow,
    In,
    Inline,
    Node,
    Threads,
    cond,
    const,
    deploy,
    fan_out,
    flow,
    gather,
    recover,
    run,
    step,
)
from dataflow.errors import CompositionError, InputError
from dataflow.events import Event


@step
def double(x: int) -> int:
    return 2 * x


@step
def add(a: int, b: int) -> int:
    return a + b


@flow
def total(a: In[int], b: In[int] = 10) -> Node[int]:
    """Twice the one and the other."""
    return add(double(a), b)


def test_a_flow_looks_like_its_function() -> None:
    loose: Any = total
    assert (loose.__name__, total.name, total.__doc__) == ("total", "total", "Twice the one and the other.")
    assert repr(total) == "flow 'total'"
    assert getattr(total, "__wrapped__") is total.function


def test_calling_a_flow_wires_and_running_it_computes() -> None:
    ran: Any = []
    noted: Any = step(lambda x: ran.append(x) or x)
    wired: Any = flow(lambda x: noted(x))
    node = wired(1)
    assert isinstance(node, Node)
    assert ran == []
    assert wired.run(2) == 2
    assert ran == [2]


def test_run_is_run_of_the_call() -> None:
    assert total.run(1) == run(total(1)) == 12
    assert total.run(1, 2) == 4
    assert total.run(a=1, b=const(3)) == 5
    assert total.run(double(1)) == 14


def test_submit_gives_a_future() -> None:
    assert total.submit(1).result() == 12


def test_stream_takes_items_and_shared_arguments() -> None:
    assert list(total.stream([1, 2])) == [12, 14]
    assert list(total.stream(range(3), b=0)) == [0, 2, 4]
    assert list(total.stream([])) == []


def test_flows_are_used_in_flows() -> None:
    @flow
    def twice(x: In[int]) -> Node[int]:
        return total(total(x, 0), 0)

    assert twice.run(1) == 4
    assert twice.run(3) == 12


def test_a_flow_may_return_a_container_of_nodes() -> None:
    loose: Any = flow(lambda x: {"twice": double(x), "both": [x, double(x)]})
    assert loose.run(const(2)) == {"twice": 4, "both": [2, 4]}


def test_a_flow_may_return_its_parameter() -> None:
    same: Any = flow(lambda x: x)
    with same.deploy() as pipeline:
        assert pipeline.call(None) is None
        assert pipeline.call(5) == 5
    assert run(same(const(3))) == 3


@pytest.mark.parametrize("result", [3, None, "text", [], (1, 2)])
def test_a_flow_that_returns_no_node_is_refused(result: Any) -> None:
    wrong: Any = flow(lambda: result)
    for use in (wrong, wrong.run, wrong.deploy, lambda: wrong.graph):
        with pytest.raises(CompositionError, match=r"flow '<lambda>' returned .*not a node; .*const\(value\)"):
            use()


def test_an_empty_flow_is_refused() -> None:
    @flow
    def nothing(x: In[int]) -> Any: ...

    with pytest.raises(CompositionError, match="flow 'nothing' returned None"):
        nothing.run(1)


@pytest.mark.parametrize(
    ("args", "kwargs", "words"),
    [
        ((), {}, "missing a required argument: 'a'"),
        ((1, 2, 3), {}, "too many positional arguments"),
        ((1,), {"c": 2}, "got an unexpected keyword argument 'c'"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_runs(args: Any, kwargs: Any, words: str) -> None:
    loose: Any = total
    for use in (loose.run, loose.submit):
        with pytest.raises(CompositionError, match=rf"flow 'total': {words}.*its signature is \(a"):
            use(*args, **kwargs)


def test_a_step_instead_of_its_result_is_refused() -> None:
    wrong: Any = double
    with pytest.raises(CompositionError, match=r"argument 'a' .*got step 'double' itself"):
        total.run(wrong)


def test_stream_of_a_flow_with_wrong_inputs_is_refused() -> None:
    with pytest.raises(InputError, match="flow 'total' has no input 'c'"):
        loose: Any = total
        list(loose.stream([1], c=2))


@pytest.mark.parametrize("wrong", [3, None, len])
def test_a_stream_of_what_cannot_be_iterated_over_is_refused_when_it_is_called(wrong: Any) -> None:
    with pytest.raises(InputError, match="flow 'total' streams over an iterable of values, not ") as caught:
        total.stream(wrong)
    assert caught.value.__suppress_context__


def test_a_stream_of_a_node_is_refused_with_the_way_out() -> None:
    node: Any = const([1])
    with pytest.raises(CompositionError, match=r"to work on each item use fan_out\(step, node\)"):
        total.stream(node)


def test_a_type_error_of_the_source_of_a_stream_is_itself() -> None:
    class Odd:
        def __iter__(self) -> Any:
            raise TypeError("of its own")

    wrong: Any = Odd()
    with pytest.raises(TypeError, match="of its own"):
        total.stream(wrong)


def test_nothing_is_taken_or_deployed_before_the_first_value_is_asked_for() -> None:
    taken: list[int] = []
    wrong: Any = flow(lambda x: 3)

    def source() -> Iterator[int]:
        for k in range(3):
            taken.append(k)
            yield k

    stream = total.stream(source())
    assert taken == []
    assert next(stream) == 10
    later = wrong.stream([1])
    with pytest.raises(CompositionError):
        next(later)


@pytest.mark.parametrize(
    ("fn", "words"),
    [
        (3, r"flow\(\) takes a plain function that wires nodes, not 3"),
        (None, r"flow\(\) takes a plain function that wires nodes, not None"),
        (double, r"step 'double' is no function that wires nodes.* or flow\(lambda x: double\(x\)\)"),
        (total, r"flow 'total' is a flow already; for another executor write total\.on\(\.\.\.\)"),
        (step(pure=True), r"step\(\.\.\.\) with options is no function that wires nodes"),
    ],
)
def test_flow_takes_a_plain_function(fn: Any, words: str) -> None:
    with pytest.raises(CompositionError, match=words):
        flow(fn)


def test_flow_refuses_functions_that_wire_nothing() -> None:
    async def later(x: Any) -> Any:
        return x

    def items(x: Any) -> Any:
        yield x

    for wrong in (later, items):
        loose: Any = wrong
        with pytest.raises(CompositionError, match=r"flow\(\) takes a plain function that wires nodes"):
            flow(loose)


class Wires:
    """Flows in a class body."""

    @flow
    def method(self, x: In[int]) -> Node[int]:
        return double(x)

    held = flow(lambda x: double(x))

    def plain(self, x: In[int]) -> Node[int]:
        return double(x)


def test_a_flow_is_no_method_but_is_made_of_one() -> None:
    words = r"flow 'method' is no method: flows have no instance.* flow\(instance\.method\) is a flow of it"
    with pytest.raises(CompositionError, match=words):
        Wires().method  # noqa: B018  # the read itself is the mistake
    assert Wires.method.name == "method"
    assert Wires().held.run(2) == 4
    kept = flow(Wires().plain)
    holder: Any = type("Holder", (), {"kept": kept})
    assert holder().kept is kept
    assert run(Wires().plain(2)) == flow(Wires().plain).run(2) == 4


def test_a_flow_is_no_part_of_a_chain() -> None:
    loose: Any = total
    for left, right in ((loose, double), (double, loose), (loose, loose)):
        with pytest.raises(CompositionError, match="flow 'total' is no step, and `>>` joins steps"):
            left >> right


@pytest.mark.parametrize(
    ("name", "way"), [("executor", r"total\.on\(executor\)"), ("observe", r"total\.on\(executor, observe=\.\.\.\)")]
)
def test_where_a_flow_runs_is_no_argument_of_it(name: str, way: str) -> None:
    loose: Any = total
    for use in (loose.run, loose.submit, loose.stream):
        with pytest.raises(CompositionError, match=rf"flow 'total' has no parameter '{name}'; where .* by {way}"):
            use([1], **{name: Threads(2)})


def test_a_flow_may_have_a_parameter_of_that_name() -> None:
    @flow
    def free(**named: In[int]) -> Node[int]:
        return double(named["observe"])

    assert flow(lambda executor: double(executor)).run(executor=2) == free.run(observe=2) == 4


# Binding to an executor


def test_on_makes_another_flow() -> None:
    threaded = total.on(Threads(2))
    assert isinstance(threaded, Flow)
    assert threaded.executor == Threads(2)
    assert total.executor == Inline()
    assert threaded.run(1) == total.run(1)
    assert threaded.name == "total"


def test_the_executor_of_the_flow_is_the_default_of_deploy() -> None:
    used: list[str] = []

    class Named(Inline):
        def deploy(self, plan: Any) -> Any:
            used.append("named")
            return super().deploy(plan)

    mine = total.on(Named())
    with mine.deploy() as pipeline:
        assert pipeline.call(1) == 12
    assert mine.run(1) == 12
    assert list(mine.stream([1])) == [12]
    assert mine.submit(1).result() == 12
    assert len(used) == 4
    with mine.deploy(Inline()):
        assert len(used) == 4


def test_observers_of_the_flow_and_of_the_deployment_are_told() -> None:
    first: list[Event] = []
    second: list[Event] = []
    watched = total.on(Inline(), observe=[first.append])
    with watched.deploy(observe=[second.append]) as pipeline:
        pipeline.call(1)
    assert len(first) == len(second) == 4
    watched.run(1)
    assert len(first) == 8


# Graphs


def test_a_graph_has_an_input_for_each_parameter_used_or_not() -> None:
    loose: Any = flow(lambda a, b, c=3: double(b))
    assert [given.name for given in loose.graph.inputs] == ["a", "b", "c"]
    with loose.deploy() as pipeline:
        assert pipeline.call("unused", 2) == 4


def test_defaults_go_to_the_pipeline() -> None:
    with total.deploy() as pipeline:
        assert pipeline.call(1) == 12
        assert pipeline.call(1, b=0) == 2


def test_a_falsy_default_is_a_default() -> None:
    loose: Any = flow(lambda x=None: gather(x))
    with loose.deploy() as pipeline:
        assert pipeline.call() == (None,)


def test_positional_only_and_keyword_only_parameters_are_inputs() -> None:
    @flow
    def both(a: In[int], /, *, b: In[int]) -> Node[int]:
        return add(a, b)

    assert both.run(1, b=2) == 3
    with both.deploy() as pipeline:
        assert pipeline.call(1, b=2) == 3


@pytest.mark.parametrize("wrong", [lambda *xs: const(1), lambda **named: const(1)])
def test_a_pipeline_needs_a_fixed_set_of_inputs(wrong: Any) -> None:
    with pytest.raises(CompositionError, match="a pipeline needs a fixed set of inputs"):
        flow(wrong).deploy()
    assert flow(wrong).run() == 1


def test_a_flow_is_wired_once_per_graph_not_once_per_call() -> None:
    wired: list[int] = []

    @flow
    def noted(x: In[int]) -> Node[int]:
        wired.append(1)
        return double(x)

    with noted.deploy() as pipeline:
        assert [pipeline.call(k) for k in range(5)] == [0, 2, 4, 6, 8]
    assert len(wired) == 1


def test_a_flow_may_choose_by_plain_python_where_it_has_values() -> None:
    @flow
    def powers(x: In[int], n: int) -> Node[int]:
        node: Any = x if isinstance(x, Node) else const(x)
        for _ in range(n):
            node = double(node)
        return node  # type: ignore[no-any-return]  # a node

    assert powers.run(1, 3) == 8
    with pytest.raises(CompositionError, match="flow 'powers': 'n: int' is a setting of the wiring.* give it one, or"):
        powers.deploy()


def test_a_flow_has_nodes_for_its_inputs_whoever_calls_it() -> None:
    seen: list[list[type]] = []

    @flow
    def kinds(x: In[int], y: In[int | None] = None, *rest: In[int], z: In[str] = "z", n: int = 3) -> Node[int]:
        seen.append([type(each) for each in (x, y, *rest, z, n)])
        return const(x)

    assert run(kinds(1)) == kinds.run(1) == kinds.submit(1).result() == run(kinds(const(1), None)) == 1
    assert run(kinds(1, 2, 3, 4, z="a", n=4)) == 1
    assert seen == [*[[Node, Node, Node, int]] * 4, [Node, Node, Node, Node, Node, int]]


class Slotted:
    __slots__ = ()

    def __call__(self, x: In[int]) -> Node[int]:
        return double(x)


class Unhashed:
    __hash__ = None  # type: ignore[assignment]  # as in a class with `__eq__`

    def __call__(self, x: In[int]) -> Node[int]:
        return double(x)


@pytest.mark.parametrize("wiring", [Slotted(), Unhashed(), Unhashed().__call__, functools.partial(Slotted())])
def test_a_flow_may_be_of_any_callable(wiring: Callable[[In[int]], Node[int]]) -> None:
    assert flow(wiring).run(1) == run(flow(wiring)(const(1))) == 2


# Recursion


def test_a_flow_that_calls_itself_for_ever_is_refused_with_the_chain() -> None:
    @flow
    def ping(x: In[int]) -> Node[int]:
        return pong(x)

    @flow
    def pong(x: In[int]) -> Node[int]:
        return ping(x)

    with pytest.raises(CompositionError, match=r"wired 100 deep: .*ping -> pong -> .*does it call itself\?"):
        ping.run(1)
    assert total.run(1) == 12


def test_a_flow_may_call_itself_while_it_ends() -> None:
    @flow
    def power(x: In[int], n: int) -> Node[int]:
        return double(x) if n == 1 else double(power(x, n - 1))

    assert power.run(1, 60) == 2**60


def test_ninety_nine_levels_pass_and_the_depth_is_forgotten_after_an_error() -> None:
    @flow
    def level(n: int) -> Node[int]:
        return const(0) if n == 1 else level(n - 1)

    for _ in range(2):
        assert level.run(100) == 0
        with pytest.raises(CompositionError, match="100 deep"):
            level.run(101)


# Values


def test_flows_do_not_change() -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        total.executor = Threads(1)  # type: ignore[misc]  # that is the case


def test_importable_flows_are_pickled_by_name() -> None:
    assert pickle.loads(pickle.dumps(total)) is total


def test_a_flow_on_another_executor_is_pickled_with_it() -> None:
    again = pickle.loads(pickle.dumps(total.on(Threads(3))))
    assert again.executor == Threads(3)
    assert again.run(1) == 12


def test_node_deploy_is_deploy() -> None:
    node = double(const(2))
    with node.deploy() as one, deploy(node) as other:
        assert one.call() == other.call() == 4


def test_flows_are_bodies_and_handlers() -> None:
    spare: Any = flow(lambda error: const(-1))
    inverse: Any = step(lambda x: 6 // x)
    guarded: Any = flow(lambda x: cond(x.map(lambda value: value < 3), recover(inverse(x), spare), const(0)))
    assert run(fan_out(guarded, [0, 1, 2, 3])) == [-1, 6, 3, 0]
