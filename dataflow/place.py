"""The line of the user's code that composed a node.

Kept as (code object, instruction offset), which costs two attribute reads; turned into text only for people.
"""

from __future__ import annotations

import os
import sys
from types import CodeType, FrameType
from typing import TypeAlias

Place: TypeAlias = tuple[CodeType, int] | tuple[str, int] | None

PACKAGE = os.path.dirname(os.path.abspath(__file__)) + os.sep


def here() -> Place:
    """The innermost line on the stack that is not dataflow's own."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(PACKAGE):
        frame = frame.f_back
    return None if frame is None else (frame.f_code, frame.f_lasti)


def resolved(place: Place) -> tuple[str, int] | None:
    """(file, line), which unlike a code object can be pickled."""
    if place is None:
        return None
    code, offset = place
    return (code, offset) if isinstance(code, str) else (code.co_filename, _line(code, offset))


def text(place: Place) -> str:
    """`file:line`, the file relative to the working folder where it lies inside it."""
    at = resolved(place)
    if at is None:
        return "<unknown>"
    file, line = at
    inside = os.getcwd() + os.sep
    return f"{file.removeprefix(inside)}:{line}"


def _line(code: CodeType, offset: int) -> int:
    lines = (line for start, end, line in code.co_lines() if start <= offset < end and line is not None)
    return next(lines, code.co_firstlineno)
