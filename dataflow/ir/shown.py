"""A literal in a few characters, for people: looks at no more of it than is shown, and never fails."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from dataflow.callee import label_of
from dataflow.ir.literals import EXACT, SETS

WIDEST: Final = 60
BRACKETS: Final[dict[type, tuple[str, str]]] = {
    list: ("[", "]"),
    tuple: ("(", ")"),
    dict: ("{", "}"),
    set: ("{", "}"),
    frozenset: ("frozenset({", "})"),
}


class _Text(NamedTuple):
    """What stands between the literals of a container."""

    text: str


def short(value: object) -> str:
    """The repr of a literal on one line, cut at 60 characters; of a function or class its name.

    >>> short((1, {"a": len})), short([]), short("ab" * 100)
    ("(1, {'a': len})", '[]', "'abababababababababababababababababababababababababababab...")
    """
    written = ""
    stack: list[object] = [value]
    while stack and len(written) <= WIDEST:
        item = stack.pop()
        if isinstance(item, _Text):
            written += item.text
        elif type(item) in BRACKETS:
            stack += reversed(_opened(item))
        else:
            written += _atom(item)
    return written if len(written) <= WIDEST and not stack else f"{written[: WIDEST - 3]}..."


def is_cut(text: str) -> bool:
    """Whether `short` has left something out of this text; then it is no literal, for none ends with dots."""
    return len(text) == WIDEST and text.endswith("...")


def bracketed(kind: type, parts: Sequence[str]) -> str:
    """The texts of a container's parts, or of a dict's pairs, in its brackets.

    >>> bracketed(tuple, ["1"]), bracketed(set, []), bracketed(dict, ["1: 2"])
    ('(1,)', 'set()', '{1: 2}')
    """
    if kind in SETS and not parts:
        return f"{kind.__name__}()"
    start, end = BRACKETS[kind]
    return f"{start}{', '.join(parts)}{',' if kind is tuple and len(parts) == 1 else ''}{end}"


def _opened(value: Any) -> list[object]:
    """The brackets, the commas and the first parts of a container."""
    kind = type(value)
    parts = list(itertools.islice(value.items() if kind is dict else value, WIDEST))
    if kind in SETS and not parts:
        return [_Text(f"{kind.__name__}()")]
    if kind in SETS and EXACT.issuperset(map(type, parts)):
        parts.sort(key=repr)  # strings have another order in each process
    pairs = [(part[0], _Text(": "), part[1]) if kind is dict else (part,) for part in parts]
    inside = [one for pair in pairs for one in (_Text(", "), *pair)][1:]
    if kind is tuple and len(parts) == 1:
        inside.append(_Text(","))
    start, end = BRACKETS[kind]
    return [_Text(start), *inside, _Text(end)]


def _atom(value: Any) -> str:
    if isinstance(value, type) or inspect.isroutine(value):
        return label_of(value)
    if type(value) is str or type(value) is bytes:
        return repr(value[: WIDEST + 1])
    if type(value) is int and value.bit_length() > 4 * WIDEST:
        return hex(value)[: WIDEST + 1]
    try:
        return " ".join(repr(value).split())
    except Exception:  # whatever a foreign repr raises
        return f"<{type(value).__name__}>"
