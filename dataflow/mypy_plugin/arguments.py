"""The arguments of a call that is being checked, as seen by a signature."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mypy.argmap import map_actuals_to_formals
from mypy.nodes import (
    ARG_NAMED,
    ARG_POS,
    ARG_STAR,
    ARG_STAR2,
    ArgKind,
    BytesExpr,
    CallExpr,
    ConditionalExpr,
    Expression,
    FloatExpr,
    IntExpr,
    LambdaExpr,
    RefExpr,
    StrExpr,
)
from mypy.plugin import CheckerPluginInterface
from mypy.subtypes import is_subtype
from mypy.types import CallableType, TupleType, Type, TypeVarTupleType, UnpackType, get_proper_type

from dataflow.mypy_plugin.lifting import holds_nodes, may_give_nodes
from dataflow.mypy_plugin.remembered import type_of
from dataflow.mypy_plugin.values import DISPLAYS, written

PLAIN: Final = (BytesExpr, FloatExpr, IntExpr, LambdaExpr, StrExpr)


class Arguments:
    """The arguments of one call; their types are inferred only if they are asked for."""

    def __init__(self, call: CallExpr, api: CheckerPluginInterface) -> None:
        self.expressions: list[Expression] = call.args
        self.kinds: list[ArgKind] = call.arg_kinds
        self.names: list[str | None] = call.arg_names
        self.api = api
        self._types: list[Type] | None = None

    def types(self) -> list[Type]:
        """The type of each argument by itself."""
        if self._types is None:
            self._types = [self._type(expression) for expression in self.expressions]
        return self._types

    def _type(self, expression: Expression) -> Type:
        return type_of(expression, self.api)

    def by_parameter(self, signature: CallableType) -> list[list[int]]:
        """For each parameter, which arguments it takes."""
        return map_actuals_to_formals(
            self.kinds, self.names, signature.arg_kinds, signature.arg_names, lambda at: self.types()[at]
        )

    def spread(self, signature: CallableType) -> CallableType:
        """The signature with a parameter for each argument that `*args` takes, so that each is seen by itself."""
        kinds = signature.arg_kinds
        if ARG_STAR not in kinds or not all(kind in (ARG_POS, ARG_NAMED) for kind in self.kinds):
            return signature
        at = kinds.index(ARG_STAR)
        each = get_proper_type(signature.arg_types[at])
        if isinstance(each, UnpackType | TypeVarTupleType):
            return _written_out(signature, at, each)  # of a number of its own
        extra = len(self.by_parameter(signature)[at])
        if not extra:
            return signature
        return signature.copy_modified(
            arg_types=[*signature.arg_types[:at], *[signature.arg_types[at]] * extra, *signature.arg_types[at:]],
            arg_kinds=[*[ARG_POS] * (at + extra), *kinds[at:]],
            arg_names=[*signature.arg_names[:at], *[None] * extra, *signature.arg_names[at:]],
        )

    def displayed(self, signature: CallableType) -> list[list[Expression]]:
        """For each parameter its arguments, if all are written out: `[a, b]`, `{k: a}`, `[f(x) for x in xs]`."""
        return self._which(signature, lambda each: isinstance(each, DISPLAYS))

    def chosen(self, signature: CallableType) -> list[list[Expression]]:
        """For each parameter its arguments, if all are one thing or the other, some of them written out."""
        return self._which(signature, _is_choice)

    def holding(self, signature: CallableType) -> list[list[Type]]:
        """For each parameter the types of its arguments, if all are containers of nodes that are not written out."""
        found = self._all(signature, lambda at: self.may_hold(self.expressions[at]) and holds_nodes(self.types()[at]))
        return [[self.types()[at] for at in each] for each in found]

    def may_hold(self, expression: Expression) -> bool:
        """Whether to ask for the type: that of a call has mypy check the call again, and calls are nested deeply."""
        if isinstance(expression, (*DISPLAYS, *PLAIN)):
            return False
        if isinstance(expression, ConditionalExpr):
            return any(map(self._may_be_held, (expression.if_expr, expression.else_expr)))
        if not isinstance(expression, CallExpr) or not isinstance(expression.callee, RefExpr):
            return True
        return may_give_nodes(type_of(expression.callee, self.api))

    def _may_be_held(self, branch: Expression) -> bool:
        """Whether a branch may hold nodes; one that is written out may, if one of its items is more than a literal."""
        if isinstance(branch, DISPLAYS):
            return not written(branch) or not all(isinstance(item, PLAIN) for item in written(branch))
        return self.may_hold(branch)

    def _which(self, signature: CallableType, test: Callable[[Expression], bool]) -> list[list[Expression]]:
        """For each parameter its arguments, if each is written as one, and the test is true of all of them."""
        found = self._all(signature, lambda at: test(self.expressions[at]))
        return [[self.expressions[at] for at in each] for each in found]

    def _all(self, signature: CallableType, test: Callable[[int], bool]) -> list[list[int]]:
        """For each parameter its arguments, if each is written as one, and the test is true of all of them."""
        found = {at for at, kind in enumerate(self.kinds) if kind not in (ARG_STAR, ARG_STAR2) and test(at)}
        if not found:
            return [[]] * len(signature.arg_types)
        return [taken if found.issuperset(taken) else [] for taken in self.by_parameter(signature)]

    def fit(self, signature: CallableType) -> bool:
        """Whether a call of the signature may be right; it is not, if its type variables have no solution."""
        taken = self.by_parameter(signature)
        if sum(map(len, taken)) != len(self.expressions) or not all(map(self._passes, signature.arg_kinds, taken)):
            return False
        return not signature.variables and all(
            is_subtype(self.types()[at], parameter)
            for parameter, each in zip(signature.arg_types, taken, strict=True)
            for at in each
            if self.kinds[at] not in (ARG_STAR, ARG_STAR2)
        )

    def _passes(self, kind: ArgKind, taken: list[int]) -> bool:
        """Whether a parameter of a kind may take these arguments, whatever their types."""
        if kind.is_star():
            return True
        if not taken:
            return kind.is_optional()
        by_place = self.kinds[taken[0]] == ARG_POS
        return not (by_place and kind.is_named()) and (len(taken) == 1 or self._is_spread(taken))

    def _is_spread(self, taken: list[int]) -> bool:
        return any(self.kinds[at] in (ARG_STAR, ARG_STAR2) for at in taken)


def _is_choice(expression: Expression) -> bool:
    """Whether it is `one if test else other`, with a container that is written out."""
    if not isinstance(expression, ConditionalExpr):
        return False
    branches = (expression.if_expr, expression.else_expr)
    return any(isinstance(each, DISPLAYS) or _is_choice(each) for each in branches)


def _written_out(signature: CallableType, at: int, star: UnpackType | TypeVarTupleType) -> CallableType:
    """`*args: *tuple[A, B]` as a parameter by place for each; the signature itself, if their number is not known."""
    whole = get_proper_type(star.type) if isinstance(star, UnpackType) else None
    if not isinstance(whole, TupleType) or any(isinstance(item, UnpackType) for item in whole.items):
        return signature
    return signature.copy_modified(
        arg_types=[*signature.arg_types[:at], *whole.items, *signature.arg_types[at + 1 :]],
        arg_kinds=[*[ARG_POS] * (at + len(whole.items)), *signature.arg_kinds[at + 1 :]],
        arg_names=[*signature.arg_names[:at], *[None] * len(whole.items), *signature.arg_names[at + 1 :]],
    )
