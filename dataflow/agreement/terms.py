"""Types as terms: a closed set of forms, each compared by structure.

A term never grows beyond a bound: a chain of a thousand `gather`s has a type whose text would not fit into memory.
What is too large is known less exactly.
"""

from __future__ import annotations

from collections import abc
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from types import NoneType
from typing import Any, Final, TypeAlias, TypeVar, assert_never

import attrs

LARGEST: Final = 100


class Form:
    """What each form has beside its fields."""

    @cached_property
    def weight(self) -> int:
        """Of how many forms the term is made."""
        term: Any = self
        return 1 + sum([part.weight for part in parts_of(term)])


@attrs.frozen
class Anything(Form):
    """Nothing is known: agrees with everything."""


@attrs.frozen
class Class(Form):
    """An instance of a class; `args` are those of a generic class, None if they are not known."""

    cls: type[Any]
    args: tuple[Term, ...] | None = None


@attrs.frozen
class Tuple(Form):
    """A tuple of a known length."""

    items: tuple[Term, ...]


@attrs.frozen
class Exact(Form):
    """One value: `Literal[value]`. The class counts, for `True == 1`.

    `known` says that it is of a value that is there, not of an annotation: what makes another of it may make any.
    """

    value: Any
    known: bool = attrs.field(default=False, eq=False)
    cls: type[Any] = attrs.field(init=False, default=attrs.Factory(lambda self: type(self.value), True))


@attrs.frozen
class Either(Form):
    """One of several; of none: no value at all, `Never`."""

    members: tuple[Term, ...]


@attrs.frozen
class Arrow(Form):
    """Something to call, by position; `params` is None if it is not known what it takes.

    `spare` says that it is a function that is there, and how many of its last parameters may be left out.
    """

    params: tuple[Term, ...] | None
    result: Term
    spare: int | None = None


@attrs.frozen
class TypeOf(Form):
    """A class itself: `type[of]`."""

    of: Term


@attrs.frozen
class Renamed(Form):
    """A `NewType`."""

    new: Any
    of: Term


@attrs.frozen
class Variable(Form):
    """A `TypeVar`, and what it may stand for."""

    var: Any
    bound: Term


Term: TypeAlias = Anything | Class | Tuple | Exact | Either | Arrow | TypeOf | Renamed | Variable
WholeT = TypeVar("WholeT", bound=Term)
CoarseT = TypeVar("CoarseT", bound=Term)

ANYTHING: Final = Anything()
NONE: Final = Class(NoneType)
ITERABLE: Final = Class(abc.Iterable)
NEVER: Final = Either(())


def bounded(term: WholeT, otherwise: CoarseT) -> WholeT | CoarseT:
    """A term, or what is known without its details if it is too large."""
    return term if term.weight <= LARGEST else otherwise


def generic(cls: type[Any], *args: Term) -> Class:
    """A class with arguments."""
    return bounded(Class(cls, args), Class(cls))


def row(items: Iterable[Term]) -> Tuple | Class:
    """A tuple of a known length."""
    return bounded(Tuple(tuple(items)), Class(tuple))


def either(members: Iterable[Term]) -> Term:
    """A union, flat and without repetition; of one member it is that one."""
    found: dict[Term, Term] = {}
    for each in [one for member in members for one in members_of(member)]:
        found[each] = each if isinstance(each, Exact) and each.known else found.get(each, each)
    flat = tuple(found.values())
    return flat[0] if len(flat) == 1 else bounded(Either(flat), ANYTHING)


def members_of(term: Term) -> tuple[Term, ...]:
    """The members of a union; any other term is its own."""
    return term.members if isinstance(term, Either) else (term,)


def each_of(term: Term, what: Callable[[Term], Term]) -> Term:
    """The union of something about each member."""
    return either([what(member) for member in members_of(term)])


def parts_of(term: Term) -> tuple[Term, ...]:
    """The terms directly inside a term."""
    match term:
        case Class(args=parts):
            return parts or ()
        case Tuple(items=parts) | Either(members=parts):
            return parts
        case Arrow(params=params, result=result):
            return (*(params or ()), result)
        case TypeOf(of=of) | Renamed(of=of):
            return (of,)
        case Anything() | Exact() | Variable():
            return ()
        case _:
            assert_never(term)


def variables_in(term: Term) -> Iterator[Any]:
    """The type variables in a term."""
    if isinstance(term, Variable):
        yield term.var
    for part in parts_of(term):
        yield from variables_in(part)


def replaced(term: Term, solved: Mapping[Any, Term]) -> Term:
    """A term with its type variables replaced."""
    match term:
        case Variable(var=var):
            return solved.get(var, term)
        case Class(cls=cls, args=args) if args:
            return generic(cls, *[replaced(arg, solved) for arg in args])
        case Tuple(items=items):
            return row(replaced(item, solved) for item in items)
        case Either(members=members):
            return either([replaced(member, solved) for member in members])
        case Arrow(params=params, result=result):
            taken = None if params is None else tuple([replaced(param, solved) for param in params])
            return bounded(Arrow(taken, replaced(result, solved), term.spare), Arrow(None, ANYTHING))
        case TypeOf(of=of):
            return TypeOf(replaced(of, solved))
        case _:
            return term
