"""Notes on errors: which step, where in the graph, composed on which line."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest

from dataflow import In, Node, const, expand, fan_out, flow, gather, iterate, recover, run, step
from dataflow.lower import lower
from dataflow.report import Link, attach, blame, note, path


@step
def fail(x: int) -> int:
    raise ZeroDivisionError("failed")


@step
def double(x: int) -> int:
    return 2 * x


def line() -> int:
    frame: FrameType | None = sys._getframe(1)
    assert frame is not None
    return frame.f_lineno


def notes_of(node: Any) -> list[str]:
    with pytest.raises(ZeroDivisionError) as caught:
        run(node)
    return list(caught.value.__notes__)


def test_an_error_names_its_step_and_the_line_that_composed_it() -> None:
    node, expected = fail(1), line()
    assert notes_of(node) == [f"in fail, composed at tests/test_report.py:{expected}"]


def test_the_second_call_of_a_step_has_a_number() -> None:
    first = double(1)
    node = fail(double(first))
    assert notes_of(node)[0].startswith("in fail, ")
    graph = lower(node)
    assert [path(graph, at, None) for at in range(3)] == ["double", "double#2", "fail"]


def test_a_path_leads_from_the_outermost_graph_inwards() -> None:
    @flow
    def inner(x: In[int]) -> Node[int]:
        return fail(x)

    assert notes_of(fan_out(inner, [5, 6]))[0].startswith("in fan_out[0] / fail, ")
    nested: Any = lambda row: fan_out(lambda x: fail(x), row)  # noqa: E731  # typed as anything
    assert notes_of(fan_out(nested, [[], [], [7]]))[0].startswith("in fan_out[2] / fan_out[0] / fail, ")
    assert notes_of(iterate(fail, 1, limit=3))[0].startswith("in iterate[0] / fail, ")
    handler: Any = fail
    assert notes_of(recover(fail(1), handler))[-1].startswith("in recover / fail, ")
    assert notes_of(expand(const(1), fail))[0].startswith("in expand / fail, ")


def test_an_error_is_noted_once_however_many_read_the_failed_node() -> None:
    node = fail(1)
    assert len(notes_of(gather(double(node), node, gather([node])))) == 1


def test_one_instance_raised_in_many_runs_does_not_collect_notes() -> None:
    shared = ZeroDivisionError("the same each time")

    @step
    def raise_it(x: int) -> int:
        raise shared

    node = raise_it(1)
    for _ in range(3):
        assert len(notes_of(node)) == 1


def test_links_give_elements_where_there_are_any() -> None:
    graph = lower(fan_out(double, [1]))
    link = Link(None, graph, graph.output, None)
    assert path(graph, graph.output, link) == "fan_out / fan_out"
    assert path(graph, graph.output, link._replace(element=3)) == "fan_out[3] / fan_out"


def test_note_adds_words_once() -> None:
    error = ValueError()
    note(error, "a")
    note(error, "b")
    note(error, "a")
    assert error.__notes__ == ["a", "b"]


def test_notes_of_the_user_stay() -> None:
    error = ValueError()
    error.add_note("mine")
    note(error, "in f")
    assert error.__notes__ == ["mine", "in f"]


def test_an_error_that_forbids_changes_is_noted_too() -> None:
    class Frozen(Exception):
        def __setattr__(self, name: str, value: object) -> None:
            raise AttributeError(name)

    error = Frozen()
    note(error, "in f")
    assert error.__notes__ == ["in f"]


def test_notes_that_are_no_list_do_not_hide_the_error() -> None:
    error: Any = ValueError()
    error.__notes__ = "somebody else's idea of notes"
    note(error, "in f")
    assert error.__notes__ == ["in f"]


def test_blame_says_where_once() -> None:
    graph, error = lower(fail(1)), ValueError()
    blame(error, graph, 0, None)
    blame(error, graph, 0, None)
    assert len(error.__notes__) == 1


def test_attach_names_the_others() -> None:
    error, other = ValueError("first"), KeyError("second")
    note(other, "in g")
    attach(error, [error, other])
    assert error.__notes__ == ["also failed: KeyError: 'second' (in g)"]


def test_an_error_without_notes_or_text_is_attached_all_the_same() -> None:
    error = ValueError("first")
    attach(error, [KeyError()])
    assert error.__notes__ == ["also failed: KeyError"]
