"""Lists and dicts that are written out and spread, `f(*[a, 1], **{"b": b})`: the same call with each item by itself.

mypy joins the items of what is spread, a node and a value to `object`.
"""

from __future__ import annotations

from collections.abc import Iterable

from mypy.nodes import (
    ARG_NAMED,
    ARG_POS,
    ARG_STAR,
    ARG_STAR2,
    ArgKind,
    CallExpr,
    DictExpr,
    Expression,
    ListExpr,
    StarExpr,
    StrExpr,
    TupleExpr,
)

Given = tuple[Expression, ArgKind, str | None]


def is_spread(kinds: Iterable[Iterable[ArgKind]]) -> bool:
    """Whether something is spread, so that it is not known what each parameter gets."""
    return any(kind.is_star() for each in kinds for kind in each)


def apart(call: CallExpr) -> CallExpr:
    """The call with what is spread written by itself; the call itself, if nothing is."""
    given = [*zip(call.args, call.arg_kinds, call.arg_names, strict=True)]
    found = [part for each in given for part in _parts(each)]
    if found == given:
        return call
    new = CallExpr(
        call.callee, [each for each, _, _ in found], [kind for _, kind, _ in found], [n for _, _, n in found]
    )
    new.set_line(call)
    return new


def _parts(given: Given) -> Iterable[Given]:
    """What an argument is made of; itself, unless it is spread and each of its keys is known."""
    match given:
        case (ListExpr(items=items) | TupleExpr(items=items), kind, _) if kind == ARG_STAR:
            return [part for item in items for part in _parts(_item(item))]
        case (DictExpr(items=pairs), kind, _) if kind == ARG_STAR2 and all(map(_is_known, pairs)):
            return [part for pair in pairs for part in _parts(_named(pair))]
        case _:
            return [given]


def _item(item: Expression) -> Given:
    return (item.expr, ARG_STAR, None) if isinstance(item, StarExpr) else (item, ARG_POS, None)


def _is_known(pair: tuple[Expression | None, Expression]) -> bool:
    """Whether it is known what a pair of a dict is the argument of; one without a key is spread in its turn."""
    return pair[0] is None or isinstance(pair[0], StrExpr)


def _named(pair: tuple[Expression | None, Expression]) -> Given:
    key, value = pair
    return (value, ARG_NAMED, key.value) if isinstance(key, StrExpr) else (value, ARG_STAR2, None)
