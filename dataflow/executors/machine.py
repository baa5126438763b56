"""The machine that runs programs: instructions over a frame, one after the other.

A frame is a list: the places of its `Layout`, then what its body captured, then the program, and last the link to
the outer frame. An op that enters a body or a region is a generator, kept on the machine's own stack until what it
asked for has run; so graphs may nest as deep as memory allows.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any, Final, TypeAlias

from dataflow.executors.base import PENDING, checked
from dataflow.executors.layout import KEYED, MANY, ONE, TWO, Take
from dataflow.ir.graph import kind_of
from dataflow.report import blame, clear_own_frames

Frame: TypeAlias = list[Any]
ENTER, GUARD = 4, 5


Instruction: TypeAlias = tuple[int, int, Any, int, int, Take, tuple[tuple[str, int], ...], tuple[int, ...]]
"""One op of a program: its number; what kind it is; what is called, and on what (see `Arguments`); the values that
nothing reads after it. Its kind is that of a call, or ENTER, for the entry of a body or region, or GUARD, which skips
the next instruction if the value is there already."""
Code: TypeAlias = list[Instruction]
Kinds: TypeAlias = tuple[type[Exception], ...]
Request: TypeAlias = tuple[Code | None, Any, Kinds, int]
"""Run this code on this frame, and come back with an error of these kinds, which is that of an op of the frame, too;
or, without code: this is the value."""
NOTHING: Final = -1
Work: TypeAlias = Generator[Request, BaseException | None, None]


class Failed:
    """In the place of a value: evaluating it raised this error."""

    __slots__ = ("error",)

    def __init__(self, error: BaseException) -> None:
        self.error = error


class Again(BaseException):
    """Raises an error that has been raised, and noted, before in the same run."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(error)
        self.error = error


def raise_again(error: BaseException | None) -> None:
    """Tell the machine of an error that is noted already; the calls of ours that it went through have ended."""
    if error is not None:
        clear_own_frames(error)
        raise Again(error)


def execute(code: Code, frame: Frame) -> None:  # noqa: PLR0915  # one loop: a call per op would cost as much as the op
    """Run code on a frame until it ends, or raise the first error that nothing recovers from.

    An op that enters a body or region is a generator, kept on the stack until what it asked for has run.
    """
    stack: list[tuple[Any, Frame, int, tuple[int, ...], Work, Kinds, Frame, int]] = []
    steps, at, plain, returning = iter(code), 0, frame[-2].plain, False
    drops: tuple[int, ...] = ()
    value: Any = None
    work: Any = None
    asked = frame
    caught: BaseException | None = None
    failure: BaseException | None = None
    while failure is None:
        try:
            if returning:
                returning = False
                steps, frame, at, drops, work, _, asked, target = stack.pop()
                if caught is not None and target != NOTHING:
                    asked[target] = Failed(caught)
                wanted, value, catches, target = work.send(caught)
                caught, plain = None, frame[-2].plain
                if wanted is not None:
                    stack.append((steps, frame, at, drops, work, catches, value, target))
                    steps, frame = iter(wanted), value
                    plain = frame[-2].plain
                else:
                    frame[at] = value
                    for dropped in drops:
                        frame[dropped] = None
            for at, kind, fn, a, b, take, named, drops in steps:
                if kind == ONE:
                    value = fn(frame[a])
                elif kind == TWO:
                    value = fn(frame[a], frame[b])
                elif kind == MANY:
                    value = fn(*take(frame))
                elif kind == KEYED:
                    value = fn(*take(frame), **{name: frame[place] for name, place in named})
                elif kind == GUARD:
                    value = frame[at]
                    if value is not PENDING:
                        next(steps)
                        if type(value) is Failed:
                            raise Again(value.error)
                    continue
                else:
                    work = fn(frame)
                    wanted, value, catches, target = work.send(None)
                    if wanted is not None:
                        stack.append((steps, frame, at, drops, work, catches, value, target))
                        steps, frame = iter(wanted), value
                        plain = frame[-2].plain
                        break
                    frame[at] = value
                    for dropped in drops:
                        frame[dropped] = None
                    continue
                if value.__class__ not in plain:
                    checked(value, plain, kind_of(frame[-2].graph.ops[at]))
                frame[at] = value
                if drops:
                    for dropped in drops:
                        frame[dropped] = None
            else:
                if not stack:
                    break
                returning = True
        except BaseException as raised:  # whatever a step raised, to be handled or passed on as it is
            if isinstance(raised, Again):
                caught = raised.error
            else:
                caught = raised
                blame(raised, frame[-2].graph, at, frame[-1])
                clear_own_frames(raised)
            frame[at] = Failed(caught)
            while stack:
                _abandon(drops, steps, frame)
                if isinstance(caught, stack[-1][5]):
                    break
                steps, frame, at, drops, work, _, asked, target = stack.pop()
                frame[at] = Failed(caught)
                if target != NOTHING:
                    asked[target] = frame[at]
            if not stack:
                failure = caught
            returning = True
    del frame, value, work, asked, caught  # errors keep this call's frame, and must not keep the values, too
    try:
        if failure is not None:
            raise failure
    finally:
        del failure


def _abandon(drops: tuple[int, ...], steps: Iterator[Instruction], frame: Frame) -> None:
    """What failed, and what will not run for it, would have been the last to read some values: drop them."""
    for dropped in drops:
        frame[dropped] = None
    for step in steps:
        for dropped in step[-1]:
            frame[dropped] = None
