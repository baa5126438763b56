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
from dataflow.agreement.scopes import NOWHERE, scope_of
from dataflow.agreement.terms import ANYTHING, NONE, Class, Term, either
from dataflow.callee import Callee, Function
from dataflow.place import Place

GENERATED: Final = ("<string>", "<attrs generated")
"""How the files of constructors begin that dataclasses and attrs write."""
LAZY: Final = (abc.Awaitable, abc.Coroutine, abc.Generator, abc.AsyncGenerator)


class Taken(NamedTuple):
    """Which argument of a call it is, the name of its parameter, and what that takes."""

    at: int | str
    name: str
    wanted: Term


@attrs.frozen
class Ends:
    """What a callable takes and returns, the line where it begins, and the overloads that say what it takes."""

    result: Term
    signature: inspect.Signature
    reader: Reader
    place: Place
    overloads: tuple[Ends, ...] = ()

    def taken(self, args: int, names: Sequence[str]) -> Iterator[Taken]:
        """The parameters of the arguments of a call: so many by position, and these by name.

        An overloaded parameter takes what any of the overloads takes that are called like that.
        """
        if not self.overloads:
            yield from self._taken(args, names)
        found: dict[int | str, list[Taken]] = {}
        for each in [one for overload in self.overloads for one in overload.taken(args, names)]:
            found.setdefault(each.at, []).append(each)
        for same in found.values():
            yield same[0]._replace(wanted=either([each.wanted for each in same]))

    def without_first(self) -> Ends:
        """The same without the first parameter: of a method, the instance."""
        params = list(self.signature.parameters.values())[1:]
        overloads = tuple([each.without_first() for each in self.overloads])
        return attrs.evolve(self, signature=self.signature.replace(parameters=params), overloads=overloads)

    def _taken(self, args: int, names: Sequence[str]) -> Iterator[Taken]:
        try:
            bound = self.signature.bind(*range(args), **dict(zip(names, names, strict=True)))
        except TypeError:  # not known, or not checked when it was composed, as the function of an expand
            return
        for name, at in bound.arguments.items():
            wanted = self.taken_by(self.signature.parameters[name])
            for each in at if isinstance(at, tuple | dict) else (at,):
                yield Taken(each, name, wanted)

    def taken_by(self, param: inspect.Parameter) -> Term:
        """What a parameter takes: with None as the default, None, too."""
        wanted = self.annotated(param)
        return either([wanted, NONE]) if param.default is None else wanted

    def annotated(self, param: inspect.Parameter) -> Term:
        """What a parameter is annotated as."""
        return ANYTHING if param.annotation is param.empty else self.reader.read(param.annotation)


NOT_KNOWN: Final = Ends(ANYTHING, inspect.Signature(), Reader(NOWHERE), None)


def ends_of_callee(callee: Callee) -> Ends:
    """The ends of a step."""
    if isinstance(callee, Function):
        return ends_of(callee.fn)
    return ends_of(getattr(callee.cls, "__call__", None)).without_first() if isinstance(callee.cls, type) else NOT_KNOWN


def ends_of(fn: Any) -> Ends:
    """The ends of a function; of a class, what its constructor makes."""
    if isinstance(fn, type):
        return attrs.evolve(NOT_KNOWN, result=_constructed(fn))
    defined = _defined(fn)
    if defined is None:
        return NOT_KNOWN
    try:
        signature = inspect.signature(fn)
    except (ValueError, TypeError):
        return NOT_KNOWN
    overloads = [each for each in typing.get_overloads(defined) if isinstance(each, FunctionType)]
    if not overloads:
        return _ends(defined, signature)
    if fn is not defined or not all(_belongs_to(each, defined) for each in overloads):
        return NOT_KNOWN
    variants = tuple([_ends(each, inspect.signature(each)) for each in overloads])
    return attrs.evolve(NOT_KNOWN, place=_place(defined), overloads=variants)


def ends_of_constructor(cls: Any) -> Ends:
    """What a class takes when an instance is made, unless it decides that itself."""
    if not isinstance(cls, type) or isinstance(cls.__new__, FunctionType) or _call_of(type(cls)) is not _call_of(type):
        return NOT_KNOWN
    ends = ends_of(getattr(cls, "__init__")).without_first()  # noqa: B009  # of the class, not of an instance
    generated = ends.place is not None and str(ends.place[0]).startswith(GENERATED)
    return attrs.evolve(ends, place=None) if generated else ends


def _ends(defined: FunctionType, signature: inspect.Signature) -> Ends:
    reader = Reader(scope_of(defined))
    result = reader.read(defined.__annotations__.get("return", typing.Any))
    if isinstance(result, Class) and result.cls in LAZY:
        result = ANYTHING
    return Ends(result, signature, reader, _place(defined))


def _place(defined: FunctionType) -> tuple[str, int]:
    return defined.__code__.co_filename, defined.__code__.co_firstlineno


def _belongs_to(overload: FunctionType, defined: FunctionType) -> bool:
    """Overloads are known by name, so these may be of an earlier function, of another cell of a notebook."""
    (file, line), (own_file, own_line) = _place(overload), _place(defined)
    return file == own_file and line < own_line


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
    return None if changed else fn


def _constructed(cls: type[Any]) -> Term:
    """What a class makes when it is called, unless it decides that itself."""
    own = isinstance(cls.__new__, FunctionType) and not hasattr(cls, "_fields")
    return ANYTHING if own or cls is type or _call_of(type(cls)) is not _call_of(type) else Class(cls)


def _call_of(cls: type[Any]) -> Callable[..., Any]:
    call: Callable[..., Any] = getattr(cls, "__call__")  # noqa: B009
    return call
