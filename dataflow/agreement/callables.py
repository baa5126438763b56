"""The ends of a call: what its parameters take, and what it returns."""

from __future__ import annotations

import functools
import inspect
import typing
from collections import abc
from collections.abc import Callable, Iterator, Sequence
from types import FunctionType, MethodType
from typing import Any, Final, NamedTuple

import attrs

from dataflow.agreement.annotations import Reader
from dataflow.agreement.scopes import scope_of
from dataflow.agreement.terms import ANYTHING, NONE, Class, Term, either
from dataflow.callee import Callee, Function
from dataflow.place import Place

LAZY: Final = (abc.Awaitable, abc.Coroutine, abc.Generator, abc.AsyncGenerator)


class Taken(NamedTuple):
    """Which argument of a call it is, the name of its parameter, and what that takes."""

    at: int | str
    name: str
    wanted: Term


@attrs.frozen
class Ends:
    """What a callable takes and returns, and the line where it begins."""

    result: Term = ANYTHING
    parameters: inspect.Signature | None = None
    reader: Reader | None = None
    place: Place = None

    def taken(self, args: int, names: Sequence[str]) -> Iterator[Taken]:
        """The parameters of the arguments of a call: so many by position, and these by name."""
        if self.parameters is None or self.reader is None:
            return
        try:
            bound = self.parameters.bind(*range(args), **dict(zip(names, names, strict=True)))
        except TypeError:  # not checked when it was composed, as the function of an expand
            return
        for name, at in bound.arguments.items():
            param = self.parameters.parameters[name]
            wanted = self.reader.read(typing.Any if param.annotation is param.empty else param.annotation)
            if param.default is None:
                wanted = either([wanted, NONE])
            for each in at if isinstance(at, tuple | dict) else (at,):
                yield Taken(each, name, wanted)


def ends_of_callee(callee: Callee) -> Ends:
    """The ends of a step."""
    if isinstance(callee, Function):
        return ends_of(callee.fn)
    found = ends_of(getattr(callee.cls, "__call__", None)) if isinstance(callee.cls, type) else Ends()
    if found.parameters is None:
        return found
    rest = list(found.parameters.parameters.values())[1:]
    return attrs.evolve(found, parameters=found.parameters.replace(parameters=rest))


def ends_of(fn: Any) -> Ends:
    """The ends of a function; of a class, what its constructor makes."""
    if isinstance(fn, type):
        return Ends(_constructed(fn))
    defined = _defined(fn)
    if defined is None:
        return Ends()
    try:
        parameters = inspect.signature(fn)
    except (ValueError, TypeError):
        return Ends()
    reader = Reader(scope_of(defined))
    written = defined.__annotations__.get("return", typing.Any)
    result = reader.read(written)
    if isinstance(result, Class) and result.cls in LAZY:
        result = ANYTHING
    code = defined.__code__
    return Ends(result, parameters, reader, (code.co_filename, code.co_firstlineno))


def _defined(fn: Any) -> FunctionType | None:
    """The function whose annotations are those of what is called, if there is one."""
    while not isinstance(fn, FunctionType):
        if isinstance(fn, functools.partial):
            fn = fn.func
        elif isinstance(fn, MethodType):
            fn = fn.__func__
        elif isinstance(fn, functools._lru_cache_wrapper):
            fn = fn.__wrapped__
        else:
            fn = getattr(type(fn), "__call__", None)  # the method, not whether there is one
            if not isinstance(fn, FunctionType):
                return None
    changed = any(hasattr(fn, name) for name in ("__wrapped__", "__signature__", "__no_type_check__"))
    return None if changed or typing.get_overloads(fn) else fn


def _constructed(cls: type[Any]) -> Term:
    """What a class makes when it is called, unless it decides that itself."""
    own = isinstance(cls.__new__, FunctionType) and not hasattr(cls, "_fields")
    return ANYTHING if own or cls is type or _call_of(type(cls)) is not _call_of(type) else Class(cls)


def _call_of(cls: type[Any]) -> Callable[..., Any]:
    call: Callable[..., Any] = getattr(cls, "__call__")  # noqa: B009
    return call
