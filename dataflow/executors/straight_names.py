"""The global names of generated code: what it calls, and its constants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from dataflow.executors.base import PENDING, checked, chosen
from dataflow.executors.calls import Calls
from dataflow.executors.machine import GUARD, Code, Frame, execute
from dataflow.ir.graph import kind_of
from dataflow.ops import Build, Call


class Names:
    """The names that all pieces of a function share.

    Attributes:
        values: what each stands for.
        uses: how many ops call each function.
    """

    def __init__(self, calls: Calls, plain: set[type], codes: Iterable[Code], template: Frame) -> None:
        self._calls, self._plain = calls, plain
        self.uses: Counter[str] = Counter()
        self.values: dict[str, Any] = {
            "PENDING": PENDING,
            "chosen": chosen,
            "execute": execute,
            "fresh": template.copy,
        }
        self._functions: dict[object, str] = {}
        self._instructions = {one[0]: one for code in codes for one in code if one[1] != GUARD}

    def function(self, op: Call | Build) -> str:
        """The name of what an op calls; NAME_kind is the class of its last value, NAME_seen looks at another."""
        key: object = id(op.callee) if isinstance(op, Call) else op.shape
        name = self._functions.get(key)
        if name is None:
            kind = kind_of(op)
            name = self._functions[key] = f"{_identifier(kind)}_{len(self._functions)}"
            self.values[name] = self._calls.of(op.callee) if isinstance(op, Call) else op.shape.build
            self.values[f"{name}_kind"] = None
            self.values[f"{name}_seen"] = _seen(kind, self._plain)
        return name

    def constant(self, value: object) -> str:
        """The name of a literal; those that Python has only once stand for themselves."""
        if value is None or value is True or value is False:
            return repr(value)
        return self._added("constant", value)

    def switch(self, op: object) -> str:
        """The name of a switch, for `chosen`."""
        return self._added("switch", op)

    def case(self, operand: object) -> str:
        """The name of an operand of a switch, by which the chosen one is told."""
        return self._added("case", operand)

    def code(self, at: int) -> str:
        """The name of the machine's code for an op."""
        return self._added("code", [self._instructions[at]])

    def _added(self, kind: str, value: object) -> str:
        name = f"{kind}{len(self.values)}"
        self.values[name] = value
        return name


def _seen(name: str, plain: set[type]) -> Callable[[Any], type | None]:
    """What looks at a value of another class than the last: its class, if all values of that class may pass."""

    def seen(value: Any) -> type | None:
        checked(value, plain, name)
        kind: type = value.__class__
        return kind if kind in plain else None

    return seen


def _identifier(name: str) -> str:
    return name if name.isascii() and name.isidentifier() else "step"
