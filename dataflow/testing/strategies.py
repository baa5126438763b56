"""Random programs, graphs, inputs and orders, for property tests; needs hypothesis.

A program is drawn as lines whose holes are numbers ("the name so many lines back") and constants, so hypothesis can
leave out lines and still has a program: failures shrink to the few lines that matter.
"""

from __future__ import annotations

from functools import cache
from string import Formatter
from typing import Any

from hypothesis import note
from hypothesis import strategies as st

from dataflow.ir.graph import Graph
from dataflow.ops import ABSENT
from dataflow.testing.program import Expression, Function, Program
from dataflow.testing.steps import ERRORS

LONGEST, DEEPEST = 8, 2

CALLS = (
    "mix({n}, {v})",
    "mix({n}, y={v})",
    "weigh({l})",
    "weigh({v}, {l}, {n}, key={l})",
    "weigh(*[{n}, {v}], **{{'a': {n}, 'b': {l}}})",
    "pure({n}, {v})",
    "later({n}, {v})",
    "items({n})",
    "two({n})",
    "parity({n})",
    "empty({n})",
    "(mix >> items)({n}, {v})",
    "bind(Scale, {k})({n})",
    "Scale(factor={k})({n})",
    "bind(Delayed, {k})({n}, y={v})",
    "const({k})",
    "two({n})[0]",
    "table({n})['k']",
    "table({n})[const('j')]",
    "mix(pair({n}).output.left, table({n}).output['k'])",
    "{n}.map(heavy)",
    "gather({n}, {n})",
    "gather([{n}, {n}])",
    "gather({{'a': {n}, 'b': {n}}})",
    "unpack(two({n}))[1]",
    "unpack(gather({n}, {n}), 2)[0]",
)
COMBINATORS = (
    "cond({n}, {n}, {n})",
    "switch(parity({n}), {{0: {n}, 1: {n}}})",
    "switch(mix({n}), {{1: {n}, 2: {n}}}, default={n})",
    "match(mix({n})).case(3, {n}).case(4, {n}).default({n})",
    "switch(empty({n}), {{None: {n}, 0: {n}, '': {n}}}, default={n})",
    "recover({n}, {h}, on={e})",
    "fan_out({f}, items({n}))",
    "fan_out({f}, [{v}, {n}, {v}])",
    "fan_out({f}, [])",
    "fan_out(mix, items({n}), {v})",
    "fan_out(weigh, items({n}), {n}, key={l})",
    "later.map(items({n}))",
    "fan_out({b}, items({n}), {n})",
    "fold({b}, items({n}), {v})",
    "iterate({f}, {n}, limit=2)",
    "iterate(halve, {n}, until=even, limit=7)",
    "expand({n}, {g})",
    "flow({d})({n})",
)
FAILURES = (
    "fail({n}, {x})",
    "fail_if_odd({n}, {x})",
    "insist({n}, {x})",
    "fail_later({n}, {x})",
    "bind(FailingScale)({n}, {x})",
    "recover(fail_if_odd({n}, {x}), {h}, on={e})",
    "gather(recover({n}, {h}, on={e}), recover({n}, {h}, on={e}))",
    "fan_out(lambda x: recover({n}, {h}, on={e}), items({n}))",
    "recover({n}, lambda error: recover(mix({n}, {n}), {h}, on={e}))",
    "cond(parity({n}), fail({n}, {x}), {n})",
    "leak({n})",
    "switch(mix({n}), {{1: {n}, 2: {n}}})",
    "switch(empty({n}), {{None: {n}, 0: {n}}})",
    "fan_out({f}, {n})",
    "iterate({f}, {n}, until=big, limit=2)",
    "iterate({f}, {n}, until=heavy, limit=3)",
    "switch(items({n}), {{0: {n}}}, default={n})",
    "two({n})[{n}]",
    "weigh({{{n}, {n}}})",
    "unpack({n}, 2)[0]",
)
LISTS = (
    "[{v}, {v}]",
    "({n}, {v})",
    "{{'k': {v}, 'j': {n}}}",
    "{{parity({n}): {v}}}",
    "{{parity({n}), 3}}",
    "[[{n}], {v}]",
    "Pair({v}, {n})",
    "Box({v})",
    "Pair(Box([{n}]), {{'k': ({v},)}})",
    "frozenset({{parity({n})}})",
)
STEPS = (
    "mix",
    "parity",
    "pure",
    "later",
    "weigh",
    "mix >> items",
    "bind(Scale, 3)",
    "flow(lambda x: mix(x, 2))",
    "two",
)
FAILING_STEPS = ("lambda x: fail_if_odd(x, 'ValueError')", "lambda x: fail(x, 'KeyError')", "leak")
CONSTANTS = (
    "0",
    "1",
    "2",
    "3",
    "-1",
    "None",
    "True",
    "''",
    "'ab'",
    "[]",
    "[1, 2]",
    "(0,)",
    "{'k': [1]}",
    "Pair(1, [2])",
)
BACK = st.one_of(st.integers(0, 1), st.integers(0, 3), st.integers(0, LONGEST))
CONSTANT = st.sampled_from(CONSTANTS)
KINDS = ("Exception", "ValueError", "LookupError", "(KeyError, TwoReasonsError)", "TypeError", "StopIteration")


def programs(*, failing: bool = True, longest: int = LONGEST) -> st.SearchStrategy[Program]:
    """Random programs.

    Args:
        failing: whether steps and combinators that may fail are among the lines.
        longest: the most lines.

    >>> from hypothesis import find
    >>> program = find(programs(failing=False), lambda program: "fan_out(" in program.text)
    >>> print(program.text.split("(")[0])
    @flow
    def program
    """
    return _programs(failing, longest)


@st.composite
def _programs(draw: st.DrawFn, failing: bool, longest: int) -> Program:
    """Composite, for its short name: hypothesis shows what it draws from."""
    lines = draw(st.lists(_line(DEEPEST, failing), min_size=1, max_size=longest))
    values = draw(st.lists(_values(), min_size=1, max_size=2))
    outputs = draw(st.lists(BACK, min_size=1, max_size=3))
    return Program(tuple(lines), tuple(outputs), tuple(values))


@st.composite
def graphs(draw: st.DrawFn, *, failing: bool = True) -> Graph:
    """The graphs of random programs. A failing test prints the program, which can be pasted and run.

    Args:
        draw: given by hypothesis.
        failing: whether steps and combinators that may fail are among the ops.

    >>> from hypothesis import given, settings
    >>> from dataflow.testing import reference
    >>> @settings(max_examples=5, deadline=None)
    ... @given(st.data())
    ... def has_a_meaning(data: st.DataObject) -> None:
    ...     graph = data.draw(graphs(failing=False))
    ...     reference(graph, data.draw(inputs_for(graph)))
    >>> has_a_meaning()
    """
    program = draw(programs(failing=failing))
    note(str(program))
    return program.flow.graph


def inputs_for(graph: Graph) -> st.SearchStrategy[dict[str, Any]]:
    """A value for each input of a graph of `graphs()`, by name; one that has a default may be left out.

    >>> from dataflow import flow
    >>> from dataflow.testing.steps import mix
    >>> from hypothesis import find
    >>> list(find(inputs_for(flow(lambda x: mix(x, 2)).graph), lambda inputs: True))
    ['x']
    """
    required = {given.name: _values() for given in graph.inputs if given.default is ABSENT}
    optional = {given.name: _values() for given in graph.inputs if given.default is not ABSENT}
    return st.fixed_dictionaries(required, optional=optional)


def schedules() -> st.SearchStrategy[tuple[int, ...]]:
    """Orders for `Interleaved`, as choices, which shrink to the few that matter.

    >>> from hypothesis import find
    >>> from dataflow import run, step
    >>> from dataflow.testing import Interleaved
    >>> seen = []
    >>> note = step(seen.append)
    >>> def turned(schedule):
    ...     seen.clear()
    ...     run(note("a"), note("b"), executor=Interleaved(schedule))
    ...     return seen == ["b", "a"]
    >>> find(schedules(), turned)
    (1,)
    """
    choice = st.integers(0, 7)
    return st.one_of(st.lists(choice, max_size=8), st.lists(choice, min_size=20, max_size=80)).map(tuple)


def _values() -> st.SearchStrategy[Any]:
    return st.one_of(st.integers(0, 9), st.lists(st.integers(0, 3), max_size=3), st.none(), st.just("abc"))


@cache
def _line(depth: int, failing: bool) -> st.SearchStrategy[Expression]:
    kinds = [CALLS, CALLS, COMBINATORS, COMBINATORS, *([FAILURES] if failing else [])]
    if depth == 0:
        kinds = [CALLS]
    return st.one_of([_expression(template, depth, failing) for templates in kinds for template in templates])


@cache
def _expression(template: str, depth: int, failing: bool) -> st.SearchStrategy[Expression]:
    """A template with its holes filled."""
    letters = tuple(field for _, field, _, _ in Formatter().parse(template) if field is not None)
    return _filled(template, letters, depth, failing)


@st.composite
def _filled(draw: st.DrawFn, template: str, letters: tuple[str, ...], depth: int, failing: bool) -> Expression:
    """Composite, for its short name, as below: all that it may draw, written out, is millions of characters."""
    return Expression(template, tuple([draw(_hole(letter, depth, failing)) for letter in letters]))


@cache
def _hole(letter: str, depth: int, failing: bool) -> st.SearchStrategy[Any]:
    match letter:
        case "n":
            return BACK
        case "v":
            return st.one_of(CONSTANT, BACK)
        case "k":
            return CONSTANT
        case "l":
            return st.one_of(BACK, *[_expression(template, depth, failing) for template in LISTS])
        case "x":
            return st.sampled_from([repr(name) for name in ERRORS])
        case "e":
            return st.sampled_from(KINDS)
        case "h":
            return st.one_of(
                st.sampled_from(["kept", "mix", "again"][: 3 if failing else 2]), _function(1, depth - 1, failing)
            )
        case "f":
            steps = STEPS + (FAILING_STEPS if failing else ())
            return st.one_of(st.sampled_from(steps), _function(1, depth - 1, failing))
        case "d":
            return _function(1, depth - 1, failing)
        case "b":
            return st.one_of(st.sampled_from(["mix", "pure", "later"]), _function(2, depth - 1, failing))
        case _:
            return st.one_of(st.sampled_from(["mix", "items"]), _function(1, depth - 1, failing, grows=True))


@st.composite
def _function(draw: st.DrawFn, parameters: int, depth: int, failing: bool, grows: bool = False) -> Function:
    """A function of the program: an expression, or lines before it."""
    if depth < 0:
        return Function(parameters, (), draw(_call(failing)), grows)
    return Function(parameters, tuple(draw(_lines(depth, failing))), draw(_result(depth, failing)), grows)


@cache
def _lines(depth: int, failing: bool) -> st.SearchStrategy[list[Expression]]:
    return st.lists(_line(depth, failing), max_size=3)


@cache
def _result(depth: int, failing: bool) -> st.SearchStrategy[Expression]:
    return st.one_of(_call(failing), _line(depth, failing))


@cache
def _call(failing: bool) -> st.SearchStrategy[Expression]:
    return st.one_of([_expression(template, 0, failing) for template in CALLS[:8]])
