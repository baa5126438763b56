"""Choose between nodes by a value that is known only at run time; what is not chosen is not evaluated."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final, Generic, Never, TypeAlias, TypeVar, overload

from dataflow.callee import Function, label_of
from dataflow.errors import CompositionError, SwitchKeysError
from dataflow.names import is_wrapper
from dataflow.node import LOCAL, In, Lens, Node, call, compose
from dataflow.ops import ABSENT, Switch
from dataflow.ops import Const as ConstOp
from dataflow.place import Place, here
from dataflow.scan import operand
from dataflow.variables import ItemT, KeyT, ResultT_co

CaseT = TypeVar("CaseT")
DefaultT = TypeVar("DefaultT")

ByKey: TypeAlias = Mapping[KeyT, ItemT] | Callable[[KeyT], Never]
"""The cases of a switch. No function is meant: mypy looks at what may be one last, and so takes the type of the keys
from the selector, of which the keys may be a part: `switch(text_or_none, {None: node}, default=other)`."""

TRUTH: Final = Function(operator.truth, LOCAL)


@overload
def cond(test: Node[bool], then: Node[CaseT], orelse: Node[DefaultT], /) -> Node[CaseT | DefaultT]: ...
@overload
def cond(test: Node[bool], then: Node[CaseT], orelse: In[DefaultT], /) -> Node[CaseT | DefaultT]: ...
@overload
def cond(test: Node[bool], then: In[CaseT], orelse: Node[DefaultT], /) -> Node[CaseT | DefaultT]: ...
@overload
def cond(test: Node[bool], then: In[CaseT], orelse: In[DefaultT], /) -> Node[CaseT | DefaultT]: ...
def cond(test: Node[bool], then: Any, orelse: Any, /) -> Node[Any]:
    """`then` if the test's value is true, else `orelse`; the other is not evaluated.

    Args:
        test: a node of a truth value; of a flow's `In[bool]`, `const(x)` is one.
        then: the node to take if it is true.
        orelse: the node to take if it is not.

    Raises:
        CompositionError: the test is a function, which is always true.

    >>> from dataflow import const, run
    >>> run(cond(const(True), const("yes"), const("no")))
    'yes'
    """
    place = here()
    truth = call(TRUTH, (_test(test, place),), place)
    return _switch(truth, {True: then, False: orelse}, ABSENT, place)


# overloads: switch
@overload
def switch(selector: Node[KeyT], cases: ByKey[KeyT, Node[CaseT]], /) -> Node[CaseT]: ...
@overload
def switch(
    selector: Node[KeyT], cases: ByKey[KeyT, Node[CaseT]], /, *, default: Node[DefaultT]
) -> Node[CaseT | DefaultT]: ...
@overload
def switch(
    selector: Node[KeyT], cases: ByKey[KeyT, Node[CaseT]], /, *, default: In[DefaultT]
) -> Node[CaseT | DefaultT]: ...
@overload
def switch(selector: Node[KeyT], cases: ByKey[KeyT, In[CaseT]], /) -> Node[CaseT]: ...
@overload
def switch(
    selector: Node[KeyT], cases: ByKey[KeyT, In[CaseT]], /, *, default: Node[DefaultT]
) -> Node[CaseT | DefaultT]: ...
@overload
def switch(
    selector: Node[KeyT], cases: ByKey[KeyT, In[CaseT]], /, *, default: In[DefaultT]
) -> Node[CaseT | DefaultT]: ...
@overload
def switch(selector: In[KeyT], cases: ByKey[KeyT, Node[CaseT]], /) -> Node[CaseT]: ...
@overload
def switch(
    selector: In[KeyT], cases: ByKey[KeyT, Node[CaseT]], /, *, default: Node[DefaultT]
) -> Node[CaseT | DefaultT]: ...
@overload
def switch(
    selector: In[KeyT], cases: ByKey[KeyT, Node[CaseT]], /, *, default: In[DefaultT]
) -> Node[CaseT | DefaultT]: ...
@overload
def switch(selector: In[KeyT], cases: ByKey[KeyT, In[CaseT]], /) -> Node[CaseT]: ...
@overload
def switch(
    selector: In[KeyT], cases: ByKey[KeyT, In[CaseT]], /, *, default: Node[DefaultT]
) -> Node[CaseT | DefaultT]: ...
@overload
def switch(
    selector: In[KeyT], cases: ByKey[KeyT, In[CaseT]], /, *, default: In[DefaultT]
) -> Node[CaseT | DefaultT]: ...
# end of overloads
def switch(selector: Any, cases: Any, /, *, default: Any = ABSENT) -> Node[Any]:
    """The case whose key equals the selector's value, compared by `==` and hash; no other is evaluated.

    Args:
        selector: a node of a key.
        cases: a node for each key.
        default: the node for any other value; without it, another value is a `NoMatchError` at run time.

    Raises:
        CompositionError: there are no cases.
        SwitchKeysError: a key is NaN, which equals nothing.

    >>> from dataflow import const, run
    >>> run(switch(const("b"), {"a": const(1), "b": const(2)}))
    2
    """
    if not isinstance(cases, Mapping):
        raise CompositionError(f"switch() takes a mapping from keys to nodes, not {cases!r}")
    return _switch(selector, cases, default, here())


@overload
def match(selector: Node[KeyT], /) -> Matching[KeyT]: ...
@overload
def match(selector: In[KeyT], /) -> Matching[KeyT]: ...
def match(selector: Any, /) -> Matching[Any]:
    """A switch written case by case, whose type is the union of its cases: `match(n).case(k, a)....default(b)`.

    >>> from dataflow import const, run
    >>> run(match(const(3)).case(1, const("one")).default(const("many")))
    'many'
    """
    return Matching(selector, ())


class Matching(Generic[KeyT]):
    """A match without cases yet."""

    way_for_dataflow: ClassVar[str] = "Add a case: .case(key, node), and then .default(node) or .exhaustive()"

    def __init__(self, selector: Any, cases: tuple[tuple[Any, Node[Any]], ...]) -> None:
        self._selector, self._cases = selector, cases

    @overload
    def case(self, key: KeyT, node: Node[CaseT], /) -> Cases[KeyT, CaseT]: ...
    @overload
    def case(self, key: KeyT, node: In[CaseT], /) -> Cases[KeyT, CaseT]: ...
    def case(self, key: KeyT, node: Any, /) -> Cases[KeyT, Any]:
        """Add a case.

        Raises:
            SwitchKeysError: the key equals that of an earlier case, or is NaN.
            CompositionError: the key has no hash.
        """
        return Cases(self._selector, _with_case((), key, node))


class Cases(Generic[KeyT, ResultT_co]):
    """A match with at least one case."""

    way_for_dataflow: ClassVar[str] = "End the match: .default(node) or .exhaustive()"

    def __init__(self, selector: Any, cases: tuple[tuple[Any, Node[Any]], ...]) -> None:
        self._selector, self._cases = selector, cases

    @overload
    def case(self, key: KeyT, node: Node[CaseT], /) -> Cases[KeyT, ResultT_co | CaseT]: ...
    @overload
    def case(self, key: KeyT, node: In[CaseT], /) -> Cases[KeyT, ResultT_co | CaseT]: ...
    def case(self, key: KeyT, node: Any, /) -> Cases[KeyT, Any]:
        """Add a case; see `Matching.case`."""
        return Cases(self._selector, _with_case(self._cases, key, node))

    @overload
    def default(self, node: Node[CaseT], /) -> Node[ResultT_co | CaseT]: ...
    @overload
    def default(self, node: In[CaseT], /) -> Node[ResultT_co | CaseT]: ...
    def default(self, node: Any, /) -> Node[Any]:
        """The whole match as a node; `node` is for every other value."""
        return _switch(self._selector, dict(self._cases), node, here())

    def exhaustive(self) -> Node[ResultT_co]:
        """The whole match as a node, without a default: every value has a case.

        Where the selector is a Literal or an Enum, mypy's plugin checks that; a value without a case is a
        `NoMatchError` at run time.

        >>> from dataflow import const, run
        >>> run(match(const(True)).case(True, const("yes")).case(False, const("no")).exhaustive())
        'yes'
        """
        return _switch(self._selector, dict(self._cases), ABSENT, here())


def _with_case(
    cases: tuple[tuple[Any, Node[Any]], ...], key: Any, node: Node[Any]
) -> tuple[tuple[Any, Node[Any]], ...]:
    _check_key(key)
    for other, _ in cases:
        if other == key and hash(other) == hash(key):
            raise SwitchKeysError(f"two cases have equal keys: {other!r} and {key!r}")
    return (*cases, (key, node))


def _switch(selector: Any, cases: Mapping[Any, Any], default: Any, place: Place) -> Node[Any]:
    if not cases:
        raise CompositionError("a switch needs at least one case")
    for key in cases:
        _check_key(key)
    chosen = tuple((key, _branch(node, f"case {key!r} of a switch", place)) for key, node in cases.items())
    other = ABSENT if default is ABSENT else _branch(default, "the default of a switch", place)
    return compose(Switch(_operand(selector, "the selector of a switch", place), chosen, other), place)


def _check_key(key: Any) -> None:
    if isinstance(key, Node | Lens):
        raise CompositionError(f"the keys of a switch are values, not nodes like {key!r}")
    try:
        hash(key)
    except TypeError:
        raise CompositionError(
            f"the key {key!r} of a switch has no hash; use a str, a number, an Enum or a tuple"
        ) from None
    if key != key:  # noqa: PLR0124  # only NaN and its like
        raise SwitchKeysError(f"the key {key!r} of a switch equals nothing, not even itself; use the default for it")


def _test(value: Any, place: Place) -> Any:
    """The test of a cond. A function is true whatever it would return, so its call was meant."""
    if callable(value) and not isinstance(value, Lens) and not is_wrapper(value):
        name = label_of(value).replace("<lambda>", "lambda value: ...")
        raise CompositionError(
            f"the test of cond() is a function, {name}, and is true whatever it returns; "
            f"call it on a node: node.map({name})"
        )
    return _operand(value, "the test of cond()", place)


def _operand(value: Any, what: str, place: Place) -> Any:
    return operand(value, place, lambda: what)


def _branch(value: Any, what: str, place: Place) -> Node[Any]:
    found = _operand(value, what, place)
    return found if isinstance(found, Node) else compose(ConstOp(found), place)
