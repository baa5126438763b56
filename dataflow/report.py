"""Notes on errors: which step, where in the graph, composed on which line."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import NamedTuple

from dataflow.ir.graph import Graph
from dataflow.place import PACKAGE, text


class Link(NamedTuple):
    """How a running body came to be: the op of the outer graph, and which of its elements or rounds this is."""

    outer: Link | None
    graph: Graph
    at: int
    element: int | None


class Outside(NamedTuple):
    """The op of the outer graph that runs a body."""

    link: Link | None
    graph: Graph
    at: int


def path(graph: Graph, at: int, link: Link | None) -> str:
    """Where an op is, from the outermost graph inwards: `fan_out[17] / score#2`."""
    parts = [graph.labels()[at]]
    while link is not None:
        label = link.graph.labels()[link.at]
        parts.append(label if link.element is None else f"{label}[{link.element}]")
        link = link.outer
    return " / ".join(reversed(parts))


def blame(error: BaseException, graph: Graph, at: int, link: Link | None) -> None:
    """Note on an error where it happened, once."""
    note(error, f"in {path(graph, at, link)}, composed at {text(graph.place(at))}")


def note(error: BaseException, words: str) -> None:
    """Add a note to an error, unless it has it already; also to one that forbids changes."""
    notes = getattr(error, "__notes__", None)
    if not isinstance(notes, list):
        BaseException.__setattr__(error, "__notes__", [words])
    elif words not in notes:
        notes.append(words)


def attach(error: BaseException, others: Sequence[BaseException]) -> None:
    """Name on an error the others that happened in the same run and that nobody will see otherwise."""
    for other in others:
        if other is not error:
            where = "".join(f" ({words})" for words in getattr(other, "__notes__", ())[:1])
            words = traceback.format_exception_only(other)[0].strip()  # also of one whose __str__ raises
            note(error, f"also failed: {words}{where}")


def clear_own_frames(error: BaseException) -> None:
    """Drop the locals of our own calls that an error went through: whoever keeps it would keep a run's values.

    The frames of steps stay as they are, for debuggers. Ours that still run are left alone.
    """
    for frame in _frames(error):
        if frame.f_code.co_filename.startswith(PACKAGE):
            with contextlib.suppress(RuntimeError):  # it is running
                frame.clear()


def _frames(error: BaseException) -> Iterator[FrameType]:
    """The calls that an error went through, and those around them that are ours."""
    at = error.__traceback__
    frame = None if at is None else at.tb_frame.f_back
    while at is not None:
        yield at.tb_frame
        at = at.tb_next
    while frame is not None and frame.f_code.co_filename.startswith(PACKAGE):
        yield frame
        frame = frame.f_back
