"""Terms as text: the way people write annotations."""

from __future__ import annotations

from types import NoneType
from typing import Any, assert_never

from dataflow.agreement.terms import (
    NONE,
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
)


def both(given: Term, wanted: Term) -> tuple[str, str]:
    """The texts of two terms; classes with their modules if the texts would be the same without."""
    short = shown(given), shown(wanted)
    return short if short[0] != short[1] else (shown(given, True), shown(wanted, True))


def shown(term: Term, full: bool = False) -> str:
    """The text of a term, classes with their modules if it is to be the full one.

    >>> from dataflow.agreement.terms import Class, Either
    >>> shown(Either((Class(list, (Class(int),)), Class(type(None)))))
    'list[int] | None'
    """
    match term:
        case Anything():
            return "Any"
        case Class(cls=cls, args=args) if cls is tuple and args:
            return f"tuple[{_all(args, full)}, ...]"  # of a known length it is another term
        case Class(cls=cls, args=args):
            return _name(cls, full) + (f"[{_all(args, full)}]" if args else "")
        case Tuple(items=items):
            return f"tuple[{_all(items, full) or '()'}]"
        case Exact(value=value, cls=cls):
            return f"Literal[{value if hasattr(cls, '__members__') else repr(value)}]"
        case Either(members=members):
            last = (NONE,) if NONE in members else ()
            return " | ".join([shown(each, full) for each in (*[m for m in members if m != NONE], *last)]) or "Never"
        case Arrow(params=params, result=result):
            return f"Callable[{'...' if params is None else f'[{_all(params, full)}]'}, {shown(result, full)}]"
        case TypeOf(of=of):
            return f"type[{shown(of, full)}]"
        case Renamed(new=named) | Variable(var=named):
            return str(named.__name__)
        case _:
            assert_never(term)


def _all(terms: tuple[Term, ...], full: bool) -> str:
    return ", ".join([shown(each, full) for each in terms])


def _name(cls: type[Any], full: bool) -> str:
    if cls is NoneType:
        return "None"
    return f"{cls.__module__}.{cls.__qualname__}" if full and cls.__module__ != "builtins" else cls.__name__
