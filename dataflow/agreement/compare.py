"""Whether what is given is surely not what is wanted; the table of decisions is in the package's documentation."""

from __future__ import annotations

from typing import Any

from typing_extensions import is_typeddict

from dataflow.agreement.annotations import fields_of
from dataflow.agreement.classes import is_callable, may_be
from dataflow.agreement.equality import may_equal, values_of
from dataflow.agreement.generics import ITERABLES, MAPPINGS, as_class, entry_of, item_of, lineage, named_items
from dataflow.agreement.terms import (
    Anything,
    Arrow,
    Class,
    Either,
    Exact,
    Renamed,
    Term,
    Tuple,
    TypeOf,
    Variable,
    members_of,
)

Pairs = frozenset[tuple[Term, Term]]


def refuses(wanted: Term, given: Term, assumed: Pairs = frozenset()) -> bool:
    """Whether what is given is for certain not what is wanted.

    Args:
        wanted: the term of what takes the value.
        given: the term of the value.
        assumed: pairs that are being compared already, of types that contain themselves.

    >>> refuses(Class(float), Class(int)), refuses(Class(int), Class(float))
    (False, True)
    """
    if given == wanted or (wanted, given) in assumed:
        return False
    match given:
        case Anything() | Variable():
            return False
        case Either(members=members):
            return any(refuses(wanted, member, assumed) for member in members)
        case Class(cls=cls) if any(isinstance(each, Exact) for each in members_of(wanted)) and (
            values := values_of(cls)
        ):
            return any(refuses(wanted, value, assumed) for value in values)
    match wanted:
        case Anything() | Either(members=()):
            return False
        case Either(members=members):
            return all(refuses(member, given, assumed) for member in members)
        case Variable(bound=bound):
            return refuses(bound, given, assumed)
        case Renamed(of=of):
            return _other_name(wanted, given) if isinstance(given, Renamed) else refuses(of, given, assumed)
    if isinstance(given, Renamed):
        return refuses(wanted, given.of, assumed)
    match wanted:
        case Exact():
            return True
        case Tuple(items=items):
            return _tuple_refuses(items, given, assumed)
        case Arrow():
            return _arrow_refuses(wanted, given, assumed)
        case TypeOf(of=of):
            return refuses(of, given.of, assumed) if isinstance(given, TypeOf) else _is_no_class(given)
        case Class():
            return _class_refuses(wanted, given, assumed)


def _names_values(wanted: Term) -> bool:
    return any(isinstance(each, Exact) for each in members_of(wanted))


def _other_name(wanted: Renamed, given: Renamed) -> bool:
    """Two names agree if one is made of the other."""
    return wanted not in _names(given) and given not in _names(wanted)


def _names(term: Term) -> list[Term]:
    found: list[Term] = []
    while isinstance(term, Renamed):
        found.append(term)
        term = term.of
    return found


def _tuple_refuses(items: tuple[Term, ...], given: Term, assumed: Pairs) -> bool:
    known = given if not isinstance(given, Class) else named_items(given) or given
    if isinstance(known, Tuple):
        return len(known.items) != len(items) or any(map(refuses, items, known.items, [assumed] * len(items)))
    cls = as_class(known)
    if cls is None or not may_be(cls.cls, tuple):
        return True
    return cls.cls is tuple and any(refuses(item, item_of(cls), assumed) for item in items)


def _arrow_refuses(wanted: Arrow, given: Term, assumed: Pairs) -> bool:
    if isinstance(given, TypeOf):
        return False
    if not isinstance(given, Arrow):
        cls = as_class(given)
        return cls is not None and not is_callable(cls.cls)
    if refuses(wanted.result, given.result, assumed):
        return True
    if wanted.params is None or given.params is None:
        return False
    if given.spare is not None:
        return _is_called_otherwise(wanted.params, given.params, given.spare)
    return len(wanted.params) != len(given.params) or any(
        refuses(taken, passed, assumed) for taken, passed in zip(given.params, wanted.params, strict=True)
    )


def _is_called_otherwise(passed: tuple[Term, ...], takes: tuple[Term, ...], spare: int) -> bool:
    """Whether a function certainly cannot be called so: too many arguments, too few, or of other kinds of classes."""
    fits = len(takes) - spare <= len(passed) <= len(takes)
    return not fits or not all(map(may_equal, passed, takes))


def _is_no_class(given: Term) -> bool:
    cls = as_class(given)
    return cls is None or not may_be(cls.cls, type)


def _class_refuses(wanted: Class, given: Term, assumed: Pairs) -> bool:
    cls = as_class(given)
    if cls is None:  # a function
        return not is_callable(wanted.cls)
    if is_typeddict(wanted.cls):
        return _row_refuses(wanted, cls, assumed)
    return not may_be(cls.cls, wanted.cls) or (wanted.args is not None and _args_refuse(wanted, cls, assumed))


def _row_refuses(wanted: Class, given: Class, assumed: Pairs) -> bool:
    """A typed dict is wanted; any other dict may be one."""
    if not is_typeddict(given.cls):
        return not may_be(given.cls, dict)
    takes, has = fields_of(wanted.cls), fields_of(given.cls)
    if any(key not in has or key in _left_out(given.cls) for key in _required(wanted.cls)):
        return True
    pairs = assumed | {(wanted, given)}
    return any(refuses(term, has[key], pairs) for key, term in takes.items() if key in has)


def _required(cls: Any) -> list[str]:
    """The keys that must be there; NotRequired in a string is not seen by the class itself."""
    written = {key: getattr(each, "__forward_arg__", "") for key, each in cls.__annotations__.items()}
    return [key for key in cls.__required_keys__ if "NotRequired" not in written[key]]


def _left_out(cls: Any) -> list[str]:
    """The keys that may not be there; what a string says of that is not seen by the class itself."""
    written = {key: getattr(each, "__forward_arg__", "") for key, each in cls.__annotations__.items()}
    optional = [key for key in cls.__optional_keys__ if "Required" not in written[key]]
    return [*optional, *[key for key, text in written.items() if "NotRequired[" in text]]


def _args_refuse(wanted: Class, given: Class, assumed: Pairs) -> bool:
    args = wanted.args or ()
    if wanted.cls in MAPPINGS:
        entry = entry_of(given)
        return entry is not None and any(map(refuses, args, entry, [assumed] * 2))
    if wanted.cls in ITERABLES:
        return refuses(args[0], item_of(given), assumed)
    found = next((one.args for one in lineage(given) if one.cls is wanted.cls), None)
    if found is None or len(found) != len(args):
        return False
    parameters = getattr(wanted.cls, "__parameters__", ())
    parameters = parameters if len(parameters) == len(args) else (None,) * len(args)
    return any(
        _argument_refuses(parameter, taken, passed, assumed)
        for parameter, taken, passed in zip(parameters, args, found, strict=True)
    )


def _argument_refuses(parameter: Any, wanted: Term, given: Term, assumed: Pairs) -> bool:
    """By the variance of a type parameter; where it is not known, one must be the base of the other."""
    if getattr(parameter, "__covariant__", False):
        return refuses(wanted, given, assumed)
    if getattr(parameter, "__contravariant__", False):
        return refuses(given, wanted, assumed)
    return refuses(wanted, given, assumed) and refuses(given, wanted, assumed)
