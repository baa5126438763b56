"""`dataflow.testing`: its names, its strategies, and what it does without hypothesis."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

import dataflow
from dataflow import In, Inline, Node, Threads, const, fan_out, flow, step
from dataflow.errors import MissingExtraError
from dataflow.ir.graph import Graph, walk
from dataflow.ops import ABSENT, Build, Call, Const, Expand, Input, Loop, Map, Op, Recover, Switch
from dataflow.testing import assert_equivalent, graphs, inputs_for, programs, reference, schedules
from dataflow.testing.equivalence import equal
from dataflow.testing.layers import Layered
from dataflow.testing.outcome import outcome
from dataflow.testing.program import Program
from tests.broken import Calling

ANY = settings(phases=[Phase.generate], max_examples=20_000, database=None, deadline=None)
"""To find an example is enough: it need not be the smallest."""

ROOT = Path(__file__).parent.parent
WITHOUT = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "hypothesis":
            raise ModuleNotFoundError("No module named 'hypothesis'", name="hypothesis")
sys.meta_path.insert(0, Missing())
"""


def python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", WITHOUT + code], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_meaning_the_executor_and_the_faults_need_no_hypothesis() -> None:
    code = """
from dataflow import const, flow, run
from dataflow.testing import FaultPlan, Interleaved, delay, fail, hang, kill, reference
print(reference(flow(lambda: const(1).map(str)).graph), run(const(2), executor=Interleaved(1)))
"""
    assert python(code) == "1 2"


@pytest.mark.parametrize(
    "name", ["graphs", "inputs_for", "programs", "schedules", "check_executor", "assert_equivalent"]
)
def test_the_rest_says_what_to_install(name: str) -> None:
    code = f"""
import dataflow.testing
from dataflow.errors import MissingExtraError
try:
    dataflow.testing.{name}
except MissingExtraError as error:
    print(error)
"""
    assert python(code).endswith("pip install 'typed-dataflow[testing]'")
    assert issubclass(MissingExtraError, ImportError)


def test_every_name_is_there_and_no_other() -> None:
    testing: Any = dataflow.testing
    for name in testing.__all__:
        assert getattr(testing, name).__doc__
    with pytest.raises(AttributeError, match="nonsense"):
        testing.nonsense


def test_the_meaning_imports_nothing_of_the_engine() -> None:
    source = ast.parse((ROOT / "dataflow" / "testing" / "reference.py").read_text())
    imported = {node.module for node in ast.walk(source) if isinstance(node, ast.ImportFrom)}
    engine = ("dataflow.executors", "dataflow.plan", "dataflow.regions", "dataflow.passes", "dataflow.run")
    assert not [name for name in imported if name and name.startswith(engine)]


def ops_of(graph: Graph) -> list[Op[Any]]:
    return [op for inner in walk(graph) for op in inner.ops]


@pytest.mark.parametrize("kind", [Input, Const, Call, Build, Switch, Recover, Map, Loop, Expand])
def test_every_op_occurs(kind: type) -> None:
    find(graphs(), lambda graph: any(isinstance(op, kind) for op in ops_of(graph)), settings=ANY)


def inside(graph: Graph, *kinds: type) -> bool:
    """Whether ops of these kinds stand in each other's bodies."""
    if not kinds:
        return True
    found = [op for op in graph.ops if isinstance(op, kinds[0])]
    bodies = [getattr(op, "body", None) or getattr(op, "handler", None) for op in found]
    return any(len(kinds) == 1 or (body is not None and inside(body, *kinds[1:])) for body in bodies)


@pytest.mark.parametrize("kinds", [(Map, Map), (Map, Switch), (Recover, Map), (Loop, Call), (Map, Recover)])
def test_bodies_nest(kinds: tuple[type, ...]) -> None:
    find(graphs(), lambda graph: inside(graph, *kinds), settings=ANY)


TEXTS = ["later", "bind(Scale", "bind(Delayed", "fail(", "leak(", "gather({", "fan_out(", "expand(", "unpack("]


@pytest.mark.parametrize("text", TEXTS)
def test_every_kind_of_line_occurs(text: str) -> None:
    find(programs(), lambda program: text in program.text, settings=ANY)


def test_nodes_are_shared_and_outputs_are_several() -> None:
    find(programs(), lambda program: program.text.count("n1") > 3 and len(program.outputs) == 3, settings=ANY)


@pytest.mark.parametrize("length", [0, 1, 3])
def test_fan_outs_have_any_length(length: int) -> None:
    def fits(program: Program) -> bool:
        if "fan_out(mix, items" not in program.text or len(program.outputs) > 1:
            return False
        value = outcome(lambda: reference(program.flow.graph, program.values)).value
        return value.startswith("[") and value.count(",") + (value != "[]") == length

    find(programs(failing=False), fits, settings=ANY)


def test_a_failing_program_shrinks_to_a_few_lines() -> None:
    found = find(programs(), lambda program: "fan_out" in program.text and "switch" in program.text)
    assert str(found).count("\n") <= 12
    scope: dict[str, Any] = {}
    exec(str(found).rpartition("\n")[0], scope)
    assert str(scope["program"].graph) == str(found.flow.graph)


@given(st.data())
def test_inputs_fit_their_graph(data: st.DataObject) -> None:
    graph = data.draw(graphs())
    inputs = data.draw(inputs_for(graph))
    assert {given.name for given in graph.inputs if given.default is ABSENT} <= inputs.keys()
    assert inputs.keys() <= {given.name for given in graph.inputs}
    outcome(lambda: reference(graph, inputs))


def test_inputs_with_defaults_may_be_left_out() -> None:
    @flow
    def added(x: In[int], y: In[int] = 7) -> Node[Any]:
        return step(max)(x, y)

    assert set(find(inputs_for(added.graph), lambda inputs: "y" not in inputs)) == {"x"}
    assert set(find(inputs_for(added.graph), lambda inputs: "y" in inputs)) == {"x", "y"}


def test_a_failing_graph_is_shown_as_a_program() -> None:
    @settings(database=None, derandomize=True)
    @given(graphs(failing=False))
    def never(graph: Graph) -> None:
        assert not any(isinstance(op, Map) for op in graph.ops)

    with pytest.raises(AssertionError) as caught:
        never()
    shown = "\n".join(caught.value.__notes__)
    assert "def program(" in shown
    assert "program.run(" in shown


@given(schedules())
def test_schedules_are_choices(schedule: tuple[int, ...]) -> None:
    assert all(isinstance(choice, int) for choice in schedule)


double = step(lambda x: 2 * x, name="double")


@flow
def doubled(xs: In[Any], offset: In[int] = 0) -> Node[Any]:
    return fan_out(double, xs)


lists = st.lists(st.integers(), max_size=12)


def test_a_flow_is_equivalent_on_our_executors() -> None:
    assert_equivalent(doubled, inputs=lists, examples=20)
    assert_equivalent(doubled, inputs=st.tuples(lists, st.integers()), examples=20)
    assert_equivalent(doubled, inputs=st.fixed_dictionaries({"xs": lists}), examples=20)
    assert_equivalent(doubled, inputs=st.integers(), examples=5)  # the same error everywhere
    assert_equivalent(flow(lambda: const(1)), [Inline()], examples=3)


def test_an_executor_that_differs_is_named_with_the_smallest_arguments() -> None:
    def call(name: str, fn: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return fn(*args, **kwargs) + (args[0] > 5)

    with pytest.raises(AssertionError, match="by the definition it is the value \\[12\\]") as caught:
        assert_equivalent(doubled, [Inline(), Layered(Threads(2), Calling(call))], lists, examples=200)
    assert "Layered(executor=Threads(max_workers=2)" in str(caught.value)
    assert "arguments=[6]" in "\n".join(caught.value.__notes__)


def test_an_executor_that_differs_only_once_is_named_too() -> None:
    differs = iter([1, 1, 1])

    def call(name: str, fn: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return fn(*args, **kwargs) + next(differs, 0)

    with pytest.raises(AssertionError, match="not each time, but once Layered.* gives the value"):
        assert_equivalent(doubled, [Layered(Inline(), Calling(call))], st.just([1, 2, 3]), examples=2)


def test_errors_are_compared_too() -> None:
    failing: Any = flow(lambda xs: fan_out(step(lambda x: {}[x], name="look"), xs))
    assert_equivalent(failing, inputs=lists, examples=10)

    def call(name: str, fn: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        raise KeyError("other")

    with pytest.raises(AssertionError, match="the error builtins.KeyError\\('other'\\)"):
        assert_equivalent(failing, [Layered(Inline(), Calling(call))], st.just([1]), examples=2)


def test_values_are_the_same_by_equality_or_as_pickled() -> None:
    assert equal(np.arange(3), np.arange(3))
    assert not equal(np.arange(3), np.arange(4))
    assert equal({"a": float("nan")}, {"a": float("nan")})
    assert not equal(1, 1.0)
    assert not equal(lambda: 1, lambda: 1)


def test_values_may_be_compared_in_another_way() -> None:
    near = flow(lambda x: step(lambda x: lambda: x, name="new")(x))
    with pytest.raises(AssertionError):
        assert_equivalent(near, [Inline()], st.integers(), examples=2)
    assert_equivalent(near, [Inline()], st.integers(), same=lambda one, other: type(one) is type(other), examples=2)
