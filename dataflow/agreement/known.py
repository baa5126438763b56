"""What is known of a value in a graph: its term, where it comes from, and what it was put together from."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterator, Sequence
from types import FunctionType, MethodType
from typing import Final, TypeAlias

import attrs

from dataflow.agreement.compare import refuses
from dataflow.agreement.generics import ITERABLES, MAPPINGS, element_of
from dataflow.agreement.terms import NONE, Class, Term, Tuple, either, generic, members_of, row
from dataflow.agreement.values import term_of
from dataflow.callee import label_of
from dataflow.place import Place, text
from dataflow.shapes import Collection, Shape, Table

Look: TypeAlias = Callable[[object], "Known"]
"""What is known of an operand."""
LONGEST_PATH: Final = 5
LIST_OF: Final = "the list of"
short: Final = reprlib.Repr()
short.maxstring = short.maxother = 60


@attrs.frozen(eq=False)
class Known:
    """A value.

    Args:
        term: its type, as far as it is known.
        name: what to call it in an error; made only when there is one.
        path: which part of that it is, from the inside: "item 0 of".
        literal: whether it stands in the graph as a value.
        cases: the values of which it is one.
        parts: the values that it is a container of.
    """

    term: Term
    name: Callable[[], str]
    path: tuple[str, ...] = ()
    literal: bool = False
    cases: tuple[Known, ...] = ()
    parts: tuple[Known, ...] = ()

    def __str__(self) -> str:
        return " ".join([*self.path, self.name()])

    def part(self, which: str, term: Term) -> Known:
        """A value that is taken from this one."""
        path = (which, *self.path) if len(self.path) < LONGEST_PATH else ("a part of",)
        return Known(term, self.name, path, self.literal)

    def case(self) -> Known:
        """The first value of which it is one."""
        return self.cases[0].case() if self.cases else self

    def begun(self) -> Known:
        """Without the None of a value that stands in the graph: a loop begins with it, and its body asks for that."""
        members = [each for each in members_of(self.term) if each != NONE]
        return attrs.evolve(self, term=either(members)) if self.literal else self

    def item(self, key: object) -> Known:
        """`value[key]`; of a key that is not known, `int` says that it is some number, and `...` nothing."""
        known = isinstance(self.term, Tuple) and len(self.parts) == len(self.term.items)
        if known and type(key) is int and -len(self.parts) <= key < len(self.parts):
            return self.parts[key]
        if self.path[:1] == (LIST_OF,):  # a fold takes its items one by one
            return attrs.evolve(self, path=self.path[1:]).part("an item of", element_of(self.term, key))
        return self.part(_which(key), element_of(self.term, key))


def _which(key: object) -> str:
    if isinstance(key, slice):
        return "a slice of"
    return "an item of" if key is int or key is ... else f"item {short.repr(key)} of"


def literal(value: object) -> Known:
    """A value that stands in the graph."""
    return Known(term_of(value), lambda: _called(value), literal=True)


def _called(value: object) -> str:
    plain = isinstance(value, FunctionType | MethodType)
    return f"the function {label_of(value)!r}" if plain else f"the value {short.repr(value)}"


def one_of(what: str, place: Place, cases: Sequence[Known]) -> Known:
    """One of several values, by what decides."""
    return Known(either([case.term for case in cases]), at(what, place), cases=tuple(cases))


def built(shape: Shape, place: Place, parts: tuple[Known, ...]) -> Known:
    """A container of values."""
    terms = [part.term for part in parts]
    match shape:
        case Collection(kind=kind):
            term: Term = row(terms) if kind is tuple else generic(kind, either(terms))
        case Table():
            term = generic(dict, either(terms[::2]), either(terms[1::2]))
        case _:
            term = Class(shape.cls)
    return Known(term, at(f"the {shape.name} composed", place), parts=parts)


def at(what: str, place: Place) -> Callable[[], str]:
    """A name with the line to which it belongs."""
    return lambda: f"{what} at {text(place)}"


def culprit(given: Known, wanted: Term) -> tuple[Known, Term]:
    """Of a value that is refused the case or the part that is refused, and what is wanted in its place."""
    while True:
        found = next((each for each in _within(given, wanted) if refuses(each[1], each[0].term)), None)
        if found is None:
            return given, wanted
        given, wanted = found


def _within(given: Known, wanted: Term) -> Iterator[tuple[Known, Term]]:
    yield from ((case, wanted) for case in given.cases)
    match wanted:
        case Tuple(items=items) if len(items) == len(given.parts) and isinstance(given.term, Tuple):
            yield from zip(given.parts, items, strict=True)
        case Class(cls=cls, args=args) if args and isinstance(given.term, Class) and given.term.args:
            if cls in MAPPINGS and given.term.cls is dict:
                yield from zip(given.parts, list(args) * (len(given.parts) // 2), strict=True)
            elif cls in ITERABLES and given.term.cls is not dict:
                yield from ((part, args[0]) for part in given.parts)
