"""A plan that runs often, as a straight-line function of Python.

What a run costs is then what the same calls cost when they are written by hand, and a comparison of types for each.
To generate the function takes about as long as some 200 runs by it save, so that many are waited for. Large
plans become several functions, each of a piece of the frame, since one compiled function holds its variables to its
end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import CodeType, TracebackType
from typing import Any, Final, NamedTuple

import attrs

from dataflow.executors.calls import Calls
from dataflow.executors.machine import Code, Frame
from dataflow.executors.straight_division import divided
from dataflow.executors.straight_names import Names
from dataflow.executors.straight_text import NOBODY, Text, texts
from dataflow.ir.graph import Graph
from dataflow.place import PACKAGE
from dataflow.plan import Plan
from dataflow.report import Link, Outside, blame, clear_own_frames

FILE: Final = f"{PACKAGE}<straight line>"


@attrs.frozen(eq=False)
class Straight:
    """A plan as a function.

    Attributes:
        run: takes the link to the graph outside, what was captured there, and the values of the inputs.
        graph: what it computes.
        machine: the ops that it leaves to the machine, which says itself who is to blame, and asks for the link.
        lines: for each piece of generated code, the op of each line.
        names: what generated code calls, by name.
    """

    run: Callable[..., Any]
    graph: Graph
    machine: frozenset[int]
    lines: Mapping[CodeType, Sequence[int]]
    names: dict[str, Any]

    def forget(self) -> None:
        """Let go of what generated code calls. An error keeps the frames of its callers, and they their names."""
        self.names.clear()

    def blame(self, error: BaseException, link: Link | None) -> None:
        """Note on an error that `run` raised where it happened, and let go of the values that it holds."""
        at = self._failed(error.__traceback__)
        if at != NOBODY:
            blame(error, self.graph, at, link)
        clear_own_frames(error)

    def body(self, captured: Sequence[Any]) -> Body:
        """The function as that of a body, with what it captures."""
        return Body(self, captured)

    def _failed(self, entry: TracebackType | None) -> int:
        """The op that raised: the first of our entries tells, as later ones may be those of earlier runs."""
        while entry is not None and entry.tb_frame.f_code not in self.lines:
            entry = entry.tb_next if entry.tb_frame.f_code.co_filename.startswith(PACKAGE) else None
        if entry is None:
            return NOBODY
        at = self.lines[entry.tb_frame.f_code][entry.tb_lineno - 1]
        return NOBODY if at in self.machine and entry.tb_next is not None else at


class Body(NamedTuple):
    """The function of a body, and what it captures."""

    function: Straight
    captured: Sequence[Any]

    def each(self, items: list[Any], results: list[Any], outside: Outside) -> BaseException | None:
        """Move items, the last first, through the body to the results. The error, if there was one."""
        run, machine, captured, append = self.function.run, self.function.machine, self.captured, results.append
        try:
            while items:
                append(run(Link(*outside, len(results)) if machine else None, captured, items.pop()))
        except BaseException as error:  # whatever a step raised, to be raised again by the machine
            self.function.blame(error, Link(*outside, len(results)))
            return error
        return None

    def once(self, values: list[Any], outside: Outside, element: int) -> BaseException | None:
        """Replace the one value in a list by what the body gives for it. The error, if there was one."""
        run, captured = self.function.run, self.captured
        try:
            values.append(run(Link(*outside, element), captured, values.pop()))
        except BaseException as error:  # whatever a step raised, to be raised again by the machine
            self.function.blame(error, Link(*outside, element))
            return error
        return None


def straight(plan: Plan, calls: Calls, plain: set[type], codes: Iterable[Code], template: Frame) -> Straight:
    """A plan's function.

    Args:
        plan: what to run.
        calls: what its callees call.
        plain: the types of values that need no look inside.
        codes: the machine's programs of main and of the regions.
        template: the machine's frame before a run.
    """
    names, division = Names(calls, plain, codes, template), divided(plan)
    written = texts(plan, division, names)
    pieces = [_compiled(text, names) for text in written]
    lines = {piece.__code__: text.ops for piece, text in zip(pieces, written, strict=True)}
    run = pieces[0] if len(pieces) == 1 else _joined(plan, template, pieces)
    return Straight(run, plan.graph, division.machine, lines, names.values)


def _compiled(text: Text, names: Names) -> Any:
    found: dict[str, Any] = {}
    exec(compile(str(text), FILE, "exec"), names.values, found)
    return found["piece"]


def _joined(plan: Plan, template: Frame, pieces: Sequence[Callable[[Any], None]]) -> Callable[..., Any]:
    """The pieces one after the other, on one frame."""
    given, inputs, output = plan.given, len(plan.graph.inputs), plan.graph.output

    def run(link: Link | None, captured: Sequence[Any], *values: Any) -> Any:
        frame = template.copy()
        frame[:given], frame[given:inputs], frame[-1] = values, captured, link
        for piece in pieces:
            piece(frame)
        return frame[output]

    return run
