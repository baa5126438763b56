"""What a generic step returns: its type variables, as far as the arguments tell what they stand for.

A variable stands at least for what is given where it is taken, so what is found is never too wide; where a narrower
type would be refused sooner, in what a returned function takes and in classes of unknown variance, it is `Anything`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dataflow.agreement.compare import refuses
from dataflow.agreement.generics import ITERABLES, MAPPINGS, as_class, entry_of, item_of
from dataflow.agreement.terms import (
    ANYTHING,
    Class,
    Either,
    Term,
    Tuple,
    TypeOf,
    Variable,
    either,
    generic,
    members_of,
    replaced,
    row,
    variables_in,
)

Found = dict[Any, list[Term]]


def solved(result: Term, given: Iterable[tuple[Term, Term]]) -> Term:
    """A result, for arguments each as (what is taken, what is given)."""
    if not any(variables_in(result)):
        return result
    found: Found = {}
    for wanted, term in given:
        _find(wanted, term, found)
    return _filled(result, {var: either(terms) for var, terms in found.items()})


def _find(wanted: Term, given: Term, found: Found) -> None:
    match wanted:
        case Variable(var=var):
            found.setdefault(var, []).append(given)
        case Tuple(items=items) if isinstance(given, Tuple) and len(items) == len(given.items):
            for item, part in zip(items, given.items, strict=True):
                _find(item, part, found)
        case Class(cls=cls, args=args) if args and cls in ITERABLES:
            _find(args[0], item_of(given), found)
        case Class(cls=cls, args=args) if args and cls in MAPPINGS:
            seen = as_class(given)
            for arg, part in zip(args, (seen and entry_of(seen)) or (), strict=False):
                _find(arg, part, found)
        case Either(members=members):
            _find_in_union(members, given, found)
        case TypeOf(of=of) if isinstance(given, TypeOf):
            _find(of, given.of, found)


def _find_in_union(members: tuple[Term, ...], given: Term, found: Found) -> None:
    """What the members without variables do not take must be for the one with variables."""
    open_ones = [member for member in members if any(variables_in(member))]
    fixed = [member for member in members if member not in open_ones]
    if len(open_ones) == 1:
        rest = [each for each in members_of(given) if all(refuses(member, each) for member in fixed)]
        _find(open_ones[0], either(rest), found)


def _filled(term: Term, known: Mapping[Any, Term]) -> Term:
    match term:
        case Variable(var=var):
            return known.get(var, ANYTHING)
        case Tuple(items=items):
            return row([_filled(item, known) for item in items])
        case Either(members=members):
            return either([_filled(member, known) for member in members])
        case Class(cls=cls, args=args) if args and (cls in ITERABLES or cls in MAPPINGS):
            return generic(cls, *[_filled(arg, known) for arg in args])
        case _:
            return replaced(term, dict.fromkeys(variables_in(term), ANYTHING))
