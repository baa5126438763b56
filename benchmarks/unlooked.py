"""What it costs to look at each value: the same generated functions, without the look.

A step may return a node, another step or an iterator by mistake, and every executor refuses that before anybody reads
it. So generated code compares the class of each value with that of the last one which its function gave.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from dataflow.executors.straight_text import Text

LOOK: Final = re.compile(r"^ *if \w+ is not \w+\.__class__: \w+.* = \w+_seen\(\w+\)$")


@contextmanager
def unlooked() -> Iterator[None]:
    """Functions that are generated meanwhile look at no value."""
    shown = Text.__str__
    Text.__str__ = _without_looks  # type: ignore[method-assign]  # there is no such setting, and there should be none
    try:
        yield
    finally:
        Text.__str__ = shown  # type: ignore[method-assign]  # as it was


def _without_looks(text: Text) -> str:
    lines = [LOOK.sub("", line) for line in text.lines]
    if lines == list(text.lines):
        raise AssertionError("generated code looks at values in another way now; change LOOK")
    return "\n".join(lines)
