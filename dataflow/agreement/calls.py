"""What is known of the value of a call; on the way, each argument is compared with its parameter."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, TypeAlias

import attrs

from dataflow.agreement.callables import Ends, ends_of, ends_of_callee, ends_of_constructor
from dataflow.agreement.generics import attribute_of, item_of
from dataflow.agreement.items import is_unpacked_into, lacks_attribute, lacks_item
from dataflow.agreement.known import LIST_OF, Known, Look, literal
from dataflow.agreement.solve import solved
from dataflow.agreement.terms import ITERABLE, Class, Exact, Term, Tuple, generic, row
from dataflow.agreement.wires import Wires
from dataflow.callee import Callee, Function, Instance, label_of
from dataflow.combinators.gather import exactly
from dataflow.combinators.repeat import LIST
from dataflow.node import LOCAL
from dataflow.ops import Call, Ref
from dataflow.place import Place, text
from dataflow.step_type import Step


class Calls:
    """Gives the wires of calls to `wires`; the ends of each callee are read once."""

    def __init__(self, wires: Wires) -> None:
        self.wires = wires
        self._ends: dict[int, Ends] = {}

    def result(self, op: Call, place: Place, look: Look) -> Known:
        """What is known of a call's value."""
        callee = op.callee
        rule = None if op.kwargs or not isinstance(callee, Function) else RULES.get(id(callee.fn))
        if rule is not None and (known := rule(op.args, look)) is not None:
            self._taken_from(op, place, look)
            ours = callee.options is LOCAL or rule is _exactly  # not a step that somebody wrote
            return known if ours else attrs.evolve(known, name=partial(_named, callee), path=())
        if id(callee) not in self._ends:
            self._ends[id(callee)] = ends_of_callee(callee)
            self._constructed(callee, place)
        given: dict[int | str, Known] = {at: look(operand) for at, operand in enumerate(op.args)}
        given.update((name, look(operand)) for name, operand in op.kwargs)
        return self._wired(self._ends[id(callee)], _named(callee), given, place)

    def _constructed(self, callee: Callee, place: Place) -> None:
        """Compare the arguments of a class step's constructor."""
        if isinstance(callee, Instance):
            given: dict[int | str, Known] = {at: literal(value) for at, value in enumerate(callee.args)}
            given.update((name, literal(value)) for name, value in callee.kwargs)
            self._wired(ends_of_constructor(callee.cls), f"the constructor of {callee.name!r}", given, place)

    def _taken_from(self, op: Call, place: Place, look: Look) -> None:
        """Compare what is taken from a value with what it certainly has not."""
        taken, whole = op.callee.plain(), look(op.args[0])
        source = whole.begun()
        if taken is operator.getitem:
            self.wires.lacks(source, lacks_item(source.term, look(op.args[1]).term), place)
        elif taken is getattr:
            self.wires.lacks(source, lacks_attribute(source.term, str(op.args[1])), place)
        elif taken is exactly:
            self.wires.wire(source, ITERABLE, lambda: "unpack takes", place)
            self.wires.lacks(source, is_unpacked_into(source.term, int(str(op.args[1]))), place)
        elif taken is list:
            who = "fold" if op.callee is LIST else _named(op.callee)
            self.wires.wire(whole, ITERABLE, lambda: f"{who} takes", place)

    def grown(self, grow: Any, source: Known, place: Place) -> Known:
        """What is known of the value of an expand."""
        ends = ends_of_callee(grow.callee) if isinstance(grow, Step) else ends_of(getattr(grow, "function", grow))
        return self._wired(ends, f"the function {label_of(grow)!r} of expand", {0: source}, place)

    def _wired(self, ends: Ends, who: str, given: Mapping[int | str, Known], place: Place) -> Known:
        def named(parameter: str = "") -> str:
            where = who if ends.place is None else f"{who} ({text(ends.place)})"
            return f"argument {parameter!r} of {where} takes" if parameter else where

        pairs: list[tuple[Term, Term]] = []
        names = [at for at in given if isinstance(at, str)]
        for at, parameter, wanted in ends.taken(len(given) - len(names), names):
            self.wires.wire(given[at], wanted, partial(named, parameter), place)
            pairs.append((wanted, given[at].term))
        return Known(solved(ends.result, pairs), named)


def _named(callee: Callee) -> str:
    return f"{'function' if callee.options is LOCAL else 'step'} {callee.name!r}"


Operands: TypeAlias = tuple[object, ...]


def _getitem(args: Operands, look: Look) -> Known | None:
    if len(args) != 2:
        return None
    return look(args[0]).item(_key(look(args[1]).term) if isinstance(args[1], Ref) else args[1])


def _key(term: Term) -> object:
    """A key of which only the term is known."""
    if isinstance(term, Exact):
        return term.value
    return int if term == Class(int) else ...


def _add(args: Operands, look: Look) -> Known | None:
    """Numbers, as a fold counts its rounds."""
    numbers = all(_key(look(arg).term) is int or type(_key(look(arg).term)) is int for arg in args)
    return Known(Class(int), lambda: "a sum") if numbers else None


def _getattr(args: Operands, look: Look) -> Known | None:
    if len(args) != 2 or not isinstance(args[1], str):
        return None
    source, name = look(args[0]), args[1]
    return source.part(f"attribute {name!r} of", attribute_of(source.term, name))


def _list(args: Operands, look: Look) -> Known | None:
    if len(args) != 1:
        return None
    source = look(args[0])
    return source.part(LIST_OF, generic(list, item_of(source.term)))


def _exactly(args: Operands, look: Look) -> Known | None:
    """The items of an unpack: as many as are asked for, or an error."""
    source, count = look(args[0]), args[1]
    if not isinstance(count, int):
        return None
    same = isinstance(source.term, Tuple) and len(source.term.items) == count
    return source if same else Known(row([item_of(source.term)] * count), source.name, source.path)


def _of_class(cls: type[Any], what: str) -> Callable[[Operands, Look], Known | None]:
    return lambda args, look: Known(Class(cls), lambda: f"{what} of {look(args[0])}") if args else None


RULES: Final[dict[int, Callable[[Operands, Look], Known | None]]] = {
    id(operator.getitem): _getitem,
    id(getattr): _getattr,
    id(operator.add): _add,
    id(list): _list,
    id(exactly): _exactly,
    id(len): _of_class(int, "the length"),
    id(operator.truth): _of_class(bool, "the truth"),
}
"""Functions that are called on nodes and have no annotations."""
