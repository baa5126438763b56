"""What stands in a graph's text for a thing that is no Python literal: a step, a class, an array.

A label is a name, or anything between `<` and `>`; arguments may follow it: `Model('small')`. Where two things would be
written alike, the second is `label#2`. So a label says where it ends, and which thing of its graph it stands for.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Hashable
from typing import Any, Final

from dataflow.callee import Callee, Function, Instance
from dataflow.ir.keys import Key, same
from dataflow.ir.literals import SETS
from dataflow.ir.shown import BRACKETS, bracketed, is_cut, short
from dataflow.ops import Expand, Grower, Loop, Map

KINDS: Final[dict[str, type[Map[Any] | Loop[Any] | Expand]]] = {
    "fan_out": Map,
    "iterate": Loop,
    "fold": Loop,
    "expand": Expand,
}
WORDS: Final = frozenset({"input", "const", "switch", "recover", *KINDS})
"""What a line that is no call begins with, and a space; a step of such a name is called without one: `switch(%0)`."""

NAME: Final = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
INPUT: Final = re.compile(r"[^\W\d]\w*(?: \w+)*")
STEP: Final = re.compile(r"""[^\s()[\]{}<>"'#%=,;:]+(?: (?:[^\s()[\]{}<>"'#%=,;:]+|>>))*""")
ANGLE: Final = re.compile(r"<(?:[^<>\n]|<[^<>\n]*>)*>")
STRING: Final = re.compile(r"""b?(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")""")

_KEPT: Final = frozenset({"None", "True", "False", "set", "frozenset", "default"})
_INSIDE: Final = re.compile(rf"""{STRING.pattern}|{ANGLE.pattern}|[^<"'\n]""")
_NO_ANGLES: Final = str.maketrans("<>", "()")


def group_end(text: str, at: int) -> int:
    """Where the bracket that opens at a position has been closed, or -1.

    >>> group_end("f(')', [1])(2)", 1)
    11
    """
    depth = 0
    while found := _INSIDE.match(text, at):
        at = found.end()
        depth += (found[0] in "([{") - (found[0] in ")]}")
        if depth == 0:
            return at
    return -1


def is_literal(value: object) -> bool:
    """Whether the repr of a value says all of it: `ast.literal_eval`, which knew `frozenset`, would give it again.

    >>> is_literal([1, {"a": (None, b"x")}]), is_literal([1, len]), is_literal(float("nan"))
    (True, False, False)
    """
    kind: type = type(value)
    parts: Any = value
    if kind is dict:
        return all(is_literal(key) and is_literal(part) for key, part in parts.items())
    if kind in BRACKETS:
        return all(map(is_literal, parts))
    if kind is float:
        return math.isfinite(parts)
    if kind is complex:
        return "n" not in repr(value) and same(ast.literal_eval(repr(value)), value)  # (-0-1j) is (0-1j), nan is none
    return kind in (int, str, bool, bytes, type(None))


class Labels:
    """The labels of one graph, given when they are first asked for; `things` says what each stands for.

    >>> labels = Labels()
    >>> labels.literal([1, len, "x"]), labels.literal(lambda: 1), labels.literal(lambda: 2), labels.literal("x" * 99)
    ("[1, len, 'x']", '<lambda>', '<lambda>#2', "<'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...>")
    >>> list(labels.things)[:3]
    ['len', '<lambda>', '<lambda>#2']
    """

    def __init__(self) -> None:
        self.things: dict[str, object] = {}
        self._texts: dict[int, str] = {}
        self._alike: dict[str, dict[Hashable, str]] = {}

    def literal(self, value: object) -> str:
        """A literal as Python writes it, with a label for what in it is none, or for all of it if it is long."""
        text = short(value)
        return self._label(value, text) if is_cut(text) else self._written(value, text)

    def step(self, callee: Callee) -> str:
        """The label of what a call calls: of an instance, its class and arguments."""
        return self._texts.get(id(callee)) or self._add(callee, _step_text(callee))

    def grower(self, grow: Grower) -> str:
        """The label of the function of an expand, with the nodes that it knows."""
        return self._label(grow if grow.known else grow.fn, short(grow.fn))

    def _written(self, value: Any, text: str) -> str:
        kind = type(value)
        if kind is dict:
            return bracketed(dict, [f"{self.literal(key)}: {self.literal(part)}" for key, part in value.items()])
        if kind is list or kind is tuple:
            return bracketed(kind, list(map(self.literal, value)))
        if not is_literal(value):
            return self._label(value, text)  # a set too: its members are in no order that labels could follow
        return bracketed(kind, sorted(map(self.literal, value))) if kind in SETS else text

    def _label(self, thing: object, text: str) -> str:
        return self._texts.get(id(thing)) or self._add(thing, text if _is_label(text, NAME) else _angled(text))

    def _add(self, thing: object, text: str) -> str:
        first = self.things.setdefault(text, thing)
        if first is not thing:
            alike = self._alike.setdefault(text, {_key(first): text})
            text = alike.setdefault(_key(thing), f"{text}#{len(alike) + 1}")
            self.things.setdefault(text, thing)
        self._texts[id(thing)] = text
        return text


def _key(thing: object) -> Hashable:
    """What is equal for two things that need no two labels."""
    if isinstance(thing, Instance):
        return Instance, id(thing)
    return (Function, Key((thing.fn, thing.options))) if isinstance(thing, Function) else Key(thing)


def _step_text(callee: Callee) -> str:
    name = callee.name
    bare = STEP.fullmatch(name) and name not in _KEPT and not (" " in name and name.split()[0] in WORDS)
    text = name if bare else _angled(name)
    if isinstance(callee, Instance):
        args = [*map(short, callee.args), *(f"{key}={short(value)}" for key, value in callee.kwargs)]
        text = f"{text}({', '.join(args)})"
    return text if _is_label(text, STEP) else _angled(text)


def _is_label(text: str, head: re.Pattern[str]) -> bool:
    """Whether a text is read as one label, whatever follows it."""
    found = ANGLE.match(text) or head.match(text)
    if found is None or found[0] in _KEPT:
        return False
    return found.end() == len(text) or (text[found.end()] == "(" and group_end(text, found.end()) == len(text))


def _angled(text: str) -> str:
    """A text between angle brackets, from which it cannot break out."""
    inside = " ".join(text.split())
    if inside.startswith("<"):
        inside = inside[1:].removesuffix(">")
    whole = f"<{inside}>"
    return whole if ANGLE.fullmatch(whole) else f"<{inside.translate(_NO_ANGLES)}>"
