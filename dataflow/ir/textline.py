"""A line of a graph's text, read from left to right: marks, literals, labels and operands."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from dataflow.errors import GraphError
from dataflow.ir.labels import ANGLE, INPUT, NAME, STEP, STRING, group_end
from dataflow.ops import Ref
from dataflow.variables import ValueT

Parts: TypeAlias = tuple[type, list[Any]]
"""A kind of container, and what it holds; a dict key, value, key, value..."""

SPACE: Final = re.compile(r"\s*")
END: Final = re.compile(r"\s*$|\s+#")
REF: Final = re.compile(r"%([0-9]{1,9})")
AT_REF: Final = re.compile("(?=%)")
NUMBER: Final = re.compile(
    r"[-+]?(?:0x[0-9a-f]+|[0-9][0-9_]*(?:\.[0-9]*)?(?:e[-+]?[0-9]+)?j?)|\([-+0-9.e]+j\)"  # the last one is complex
)
COPY: Final = re.compile("#[0-9]+")
CALLED: Final = re.compile(r"(?:#[0-9]+)?\s*\(")
CONSTANTS: Final = {"None": None, "True": True, "False": False}
LONGEST_QUOTE: Final = 40


class Line:
    """A line, and how much of it has been read.

    Args:
        number: which one it is, for errors.
        text: the line.
        names: what its labels stand for.
        known: how many ops come before it in its graph.
    """

    def __init__(self, number: int, text: str, names: Mapping[str, object], known: int = 0) -> None:
        self.number, self.known = number, known
        self._text, self._names, self._at = text, names, 0

    def refused(self, problem: str) -> GraphError:
        """The error for what stands here."""
        rest = self._text[self._at :].strip()
        shown = rest if len(rest) <= LONGEST_QUOTE else f"{rest[: LONGEST_QUOTE - 3]}..."
        return GraphError(f"line {self.number}, at {shown!r}: {problem}" if rest else f"line {self.number}: {problem}")

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What a pattern finds here, after any spaces; it has been read then."""
        start = SPACE.match(self._text, self._at)
        found = pattern.match(self._text, start.end() if start else self._at)
        if found:
            self._at = found.end()
        return found

    def take(self, mark: str) -> bool:
        """Whether a mark stands here; it has been read then."""
        return self.match(re.compile(re.escape(mark))) is not None

    def need(self, mark: str) -> None:
        """Read a mark that must stand here."""
        if not self.take(mark):
            raise self.refused(f"{mark!r} must stand here")

    def end(self) -> None:
        """Refuse anything that is left but a comment."""
        if not self.ended():
            raise self.refused("the line should be over here")

    def ended(self) -> bool:
        """Whether nothing is left but a comment."""
        return END.match(self._text, self._at) is not None

    def items(self, close: str, read: Callable[[], ValueT]) -> tuple[list[ValueT], bool]:
        """What stands before a closing bracket, separated by commas, and whether the last thing is a comma."""
        found: list[ValueT] = []
        comma = True
        while not self.take(close):
            if not comma:
                raise self.refused(f"',' or {close!r} must stand here")
            found.append(read())
            comma = self.take(",")
        return found, comma

    def reference(self) -> int:
        """The number of an op, `%3`."""
        found = self.match(REF)
        if not found:
            raise self.refused("an op must stand here, such as %0")
        return int(found[1])

    def operand(self) -> object:
        """A reference to an earlier op, or a literal."""
        start = self._at
        found = self.match(REF)
        if not found:
            return self.literal()
        index = int(found[1])
        if index >= self.known:
            self._at = start
            there = f"%0 to %{self.known - 1}" if self.known > 1 else "%0" if self.known else "none"
            raise self.refused(f"there is no op %{index} before this line in its graph; there is {there}")
        return Ref(index)

    def operands(self) -> tuple[object, ...]:
        """Operands in brackets; none if there are no brackets."""
        return tuple(self.items(")", self.operand)[0]) if self.take("(") else ()

    def literal(self) -> Any:
        """A literal, in which a label stands for what is none."""
        if self.match(AT_REF):
            raise self.refused("an op cannot stand inside a literal; build the container in a line of its own")
        found = self.match(STRING) or self.match(NUMBER)
        if found:
            return self._evaluated(found[0])
        parts = self.container(self.literal)
        return self.thing() if parts is None else self._made(*parts)

    def container(self, read: Callable[[], object]) -> Parts | None:
        """A list, tuple, dict, set or frozenset, if one begins here; `read` reads what is in it."""
        if self.take("["):
            return list, self.items("]", read)[0]
        if self.take("{"):
            return self._braces(read)
        if self.take("("):
            parts, comma = self.items(")", read)
            if len(parts) == 1 and not comma:
                raise self.refused("a tuple of one part has a comma after it")
            return tuple, parts
        if self.take("set()"):
            return set, []
        if self.take("frozenset("):
            kind, parts = self._braces(read) if self.take("{") else (set, [])
            self.need(")")
            if kind is not set:
                raise self.refused("a frozenset is made of a set")
            return frozenset, parts
        return None

    def _braces(self, read: Callable[[], object]) -> Parts:
        def entry() -> tuple[object, ...]:
            part = read()
            return (part, read()) if self.take(":") else (part,)

        entries, _ = self.items("}", entry)
        if len({*map(len, entries)}) > 1:
            raise self.refused("either all parts in braces are pairs, or none is")
        return dict if not entries or len(entries[0]) == 2 else set, [part for entry in entries for part in entry]

    def _made(self, kind: type, parts: list[Any]) -> object:
        try:
            return dict(zip(parts[::2], parts[1::2], strict=True)) if kind is dict else kind(parts)
        except TypeError as error:
            raise self.refused(f"no such literal can be made: {error}") from None

    def _evaluated(self, text: str) -> object:
        try:
            return ast.literal_eval(text)
        except (SyntaxError, ValueError) as error:
            raise self.refused(f"{text[:LONGEST_QUOTE]} is no literal: {error}") from None

    def thing(self) -> Any:
        """What a label stands for."""
        start = self._begin(ANGLE, NAME, "a literal, an op or a name must stand here")
        if self._text[start : self._at] in CONSTANTS:
            return CONSTANTS[self._text[start : self._at]]
        if self._text.startswith("(", self._at):
            self._at = self._closed()
        return self._labelled(start)

    def callee(self) -> Any:
        """What the label before the arguments of a call stands for."""
        start = self._begin(ANGLE, STEP, "an op must stand here, such as const 1 or the name of a step")
        if self._text.startswith("(", self._at) and CALLED.match(self._text, end := self._closed()):
            self._at = end
        if not CALLED.match(self._text, self._at):
            raise self.refused("'(' must stand here, and the arguments")
        return self._labelled(start)

    def input_name(self) -> str:
        """The name of an input, in quotes if it is no plain one."""
        quoted = self.match(STRING)
        if quoted:
            return str(self._evaluated(quoted[0]))
        found = self.match(INPUT)
        if not found:
            raise self.refused("the name of an input must stand here")
        return found[0]

    def _begin(self, first: re.Pattern[str], second: re.Pattern[str], problem: str) -> int:
        """Where a label begins, whose first part has been read then."""
        found = self.match(first) or self.match(second)
        if not found:
            raise self.refused(problem)
        return found.start()

    def _closed(self) -> int:
        end = group_end(self._text, self._at)
        if end < 0:
            raise self.refused("a bracket or quote is not closed")
        return end

    def _labelled(self, start: int) -> object:
        copy = COPY.match(self._text, self._at)
        if copy:
            self._at = copy.end()
        label = self._text[start : self._at]
        if label not in self._names:
            near = difflib.get_close_matches(label, map(str, self._names), 3)
            hint = f"; is it {' or '.join(map(repr, near))}?" if near else ""
            raise GraphError(f"line {self.number}: names= says nothing of {label!r}{hint}")
        return self._names[label]
