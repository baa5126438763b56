"""What the names in an annotation that is a string stand for.

They are looked up where the function or class was defined. A name that may have meant something else there, such as
the local class of a function that has returned, is not known: to take the one of the module would be to guess.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from types import CodeType, FunctionType
from typing import Any, Final

import attrs

from dataflow.names import unwrapped

UNKNOWN: Final = object()
LOCALS: Final = "<locals>"


@attrs.frozen
class Scope:
    """Names, and those of the module that may be hidden by others; None if any may be."""

    module: dict[str, Any]
    names: Mapping[str, Any]
    hidden: frozenset[str] | None

    def value(self, text: str) -> object:
        """What a string stands for, or UNKNOWN."""
        try:
            code = compile(text, "<annotation>", "eval", dont_inherit=True)
            if any(self._may_be_hidden(name) for name in code.co_names):
                return UNKNOWN
            return eval(code, self.module, dict(self.names))
        except Exception:  # a name that only type checkers know, or text that is no annotation at all
            return UNKNOWN

    def _may_be_hidden(self, name: str) -> bool:
        if name in self.names:
            return False
        return name in self.module if self.hidden is None else name in self.hidden


NOWHERE: Final = Scope({}, {}, None)


def scope_of(defined: FunctionType | type[Any]) -> Scope:
    """The scope of the annotations of a function or class."""
    if isinstance(defined, type):
        found = sys.modules.get(defined.__module__)
        return _scope(defined, {} if found is None else vars(found), _parameters(defined), defined)
    cells = zip(defined.__code__.co_freevars, defined.__closure__ or (), strict=True)
    captured = {name: cell.cell_contents for name, cell in cells if _filled(cell)}
    return _scope(defined, defined.__globals__, {**captured, **_parameters(defined)}, None)


def _scope(defined: Any, module: dict[str, Any], names: Mapping[str, Any], inside: type[Any] | None) -> Scope:
    """Follows the qualified name from the module to where it was defined; `inside` is a class around it."""
    around: Any = None
    hidden: set[str] = set()
    for at, part in enumerate(path := defined.__qualname__.split(".")[:-1]):
        if part == LOCALS:
            if not isinstance(around, FunctionType) or at + 1 < len(path):
                return Scope(module, names, None)
            hidden.update(_bound_in(around.__code__))
        else:
            around = unwrapped(module.get(part) if at == 0 else getattr(around, part, None))
            inside = inside or (around if isinstance(around, type) and at + 1 == len(path) else None)
    own = {} if inside is None else vars(inside)
    hidden.update(name for name, thing in own.items() if not isinstance(thing, type))
    classes = {name: thing for name, thing in own.items() if isinstance(thing, type)}
    return Scope(module, {**classes, **names}, frozenset(hidden))


def _parameters(defined: Any) -> dict[str, Any]:
    found = getattr(defined, "__type_params__", ())
    return {each.__name__: each for each in found} if isinstance(found, tuple) else {}  # `type` has a descriptor


def _bound_in(code: CodeType) -> Iterator[str]:
    """The names that a function and the functions in it bind."""
    stack = [code]
    while stack:
        code = stack.pop()
        yield from (*code.co_varnames, *code.co_cellvars)
        stack += [inner for inner in code.co_consts if isinstance(inner, CodeType)]


def _filled(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018  # the read itself is the test
    except ValueError:
        return False
    return True
