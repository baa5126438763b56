"""Annotations -> terms. What is not understood for certain is `Anything`."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections import abc
from collections.abc import Mapping
from typing import Any, Final

import attrs
import typing_extensions

from dataflow.agreement.classes import annotated
from dataflow.agreement.scopes import UNKNOWN, Scope, scope_of
from dataflow.agreement.terms import (
    ANYTHING,
    NEVER,
    NONE,
    Arrow,
    Class,
    Exact,
    Renamed,
    Term,
    TypeOf,
    Variable,
    bounded,
    either,
    generic,
    replaced,
    row,
)
from dataflow.node import Node


def _both(*names: str) -> tuple[Any, ...]:
    """What has these names in `typing`, and in `typing_extensions` where that is another object."""
    modules = (typing, typing_extensions)
    return tuple({id(found): found for at in modules for name in names if (found := getattr(at, name, None))}.values())


TRANSPARENT: Final = _both("Final", "ClassVar", "Required", "NotRequired", "ReadOnly")
ALIASES: Final = _both("TypeAliasType")
TESTS: Final = _both("TypeGuard", "TypeIs")
NEVERS: Final = _both("Never", "NoReturn")
UNPACKS: Final = _both("Unpack")
LOOSE: Final = (*_both("IO", "TextIO", "BinaryIO", "Buffer", "ByteString"), getattr(abc, "Buffer", None), abc.Hashable)
"""Classes of which checkers know other subclasses than there are at run time."""


@attrs.frozen
class Reader:
    """Reads annotations of one scope; `inside` are the aliases that are being read."""

    scope: Scope
    inside: tuple[Any, ...] = ()

    def read(self, annotation: Any) -> Term:
        """The term of an annotation, which may be any object at all."""
        try:
            if isinstance(annotation, str):
                annotation = self.scope.value(annotation)
            term = ANYTHING if annotation is UNKNOWN else self._read(annotation)
        except Exception:  # foreign objects raise what they like when they are looked at
            return ANYTHING
        return bounded(term, ANYTHING)

    def _read(self, it: Any) -> Term:
        """The term of an annotation; a string inside of one may be another module's, and is not looked up."""
        origin = typing.get_origin(it)
        if origin is not None:
            return self._subscripted(it, origin, typing.get_args(it))
        match it:
            case None:
                return NONE
            case typing.TypeVar():
                options = [self._read(each) for each in it.__constraints__]
                bound = ANYTHING if it.__bound__ is None else self._read(it.__bound__)
                return Variable(it, either(options) if options else bound)
            case typing.NewType() | typing_extensions.NewType():
                return Renamed(it, self._read(it.__supertype__))
            case dataclasses.InitVar():
                return self._read(it.type)
            case type():
                return self._class(it)
        if isinstance(it, ALIASES):
            return ANYTHING if it in self.inside else attrs.evolve(self, inside=(*self.inside, it))._read(it.__value__)
        if any(it is each for each in NEVERS):
            return NEVER
        return Class(str) if it is typing.LiteralString else ANYTHING

    def _class(self, cls: Any) -> Term:
        if cls in LOOSE or cls is Node or cls in (typing.Any, typing_extensions.Any):
            return ANYTHING
        if cls is abc.Callable:
            return Arrow(None, ANYTHING)
        return Class(cls)

    def _subscripted(self, it: Any, origin: Any, args: tuple[Any, ...]) -> Term:
        if origin is typing.Annotated or origin in TRANSPARENT or origin is Node:
            return self._read(args[0])
        if origin is typing.Union or origin is types.UnionType:
            return either([self._read(arg) for arg in args])
        if origin is typing.Literal:
            return either([NONE if value is None else Exact(value) for value in args])
        if origin in TESTS:
            return Class(bool)
        if _is_variadic(it):
            return ANYTHING
        if isinstance(origin, ALIASES):
            return self._alias(origin, args)
        return self._generic(it, origin, args) if isinstance(origin, type) else ANYTHING

    def _alias(self, alias: Any, args: tuple[Any, ...]) -> Term:
        """A generic `type X[T] = ...` with arguments."""
        if len(alias.__type_params__) != len(args):
            return ANYTHING
        return replaced(self._read(alias), dict(zip(alias.__type_params__, map(self._read, args), strict=True)))

    def _generic(self, it: Any, origin: Any, args: tuple[Any, ...]) -> Term:
        bare = not hasattr(it, "__args__")  # `typing.List` alone
        if bare or origin is abc.Container or self._class(origin) is ANYTHING:  # a Container may be asked for anything
            return self._class(origin)
        if origin is abc.Callable:
            return self._callable(args)
        if origin is tuple:
            return self._tuple(args)
        if origin is type:
            return Class(type) if self._read(args[0]) == ANYTHING else TypeOf(self._read(args[0]))
        return generic(origin, *[self._read(arg) for arg in args])

    def _callable(self, args: tuple[Any, ...]) -> Term:
        *params, result = args or (..., typing.Any)
        if not params or not isinstance(params[0], list):
            return Arrow(None, self._read(result))
        if any(_is_variadic(param) for param in params[0]):
            return Arrow(None, self._read(result))
        return Arrow(tuple([self._read(param) for param in params[0]]), self._read(result))

    def _tuple(self, args: tuple[Any, ...]) -> Term:
        if any(_is_variadic(arg) for arg in args):
            return Class(tuple)
        if len(args) == 2 and args[1] is ...:
            return generic(tuple, self._read(args[0]))
        return row([self._read(arg) for arg in args])


def fields_of(cls: type[Any]) -> Mapping[str, Term]:
    """The annotated attributes of a class, those of its bases included."""
    found: dict[str, Term] = {}
    for base in reversed(cls.__mro__):
        reader = Reader(scope_of(base))
        found.update({name: reader.read(_written(each, base)) for name, each in annotated(base).items()})
    return found


def _written(annotation: object, cls: type[Any]) -> object:
    """What was written as a string; named tuples and typed dicts keep it as a reference."""
    if isinstance(annotation, typing.ForwardRef) and annotation.__forward_module__ in (None, cls.__module__):
        return annotation.__forward_arg__
    return annotation


def _is_variadic(arg: Any) -> bool:
    """Whether an argument stands for any number of them."""
    return getattr(arg, "__unpacked__", False) is True or typing.get_origin(arg) in UNPACKS
