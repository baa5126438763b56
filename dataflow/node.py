"""`Node[T]`: a value that has not been computed yet, and the placeholders for values that the caller gives.

A node is an op over other nodes, with the line that composed it. It is immutable and compares by identity.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Final,
    Generic,
    Literal,
    NoReturn,
    Protocol,
    TypeAlias,
    TypeVar,
    Unpack,
    overload,
)

import attrs

from dataflow.bodies import FlowBody, StepBody
from dataflow.callee import Callee, Function
from dataflow.drafts import draft_of
from dataflow.errors import CompositionError
from dataflow.events import Observer
from dataflow.hints import ON_NODE, ON_OUTPUT, refused
from dataflow.lookups import ON_NODES
from dataflow.names import is_wrapper
from dataflow.ops import Call as CallOp
from dataflow.ops import Input as InputOp
from dataflow.ops import Op, Operand, call_of
from dataflow.options import OptionChanges, Options, check_name
from dataflow.pipeline import Deployer, DeploySettings, Pipeline
from dataflow.place import Place, here, text
from dataflow.variables import ItemT, KeyT, ResultT, ValueT, ValueT_co

KeyT_contra = TypeVar("KeyT_contra", contravariant=True)
ItemT_co = TypeVar("ItemT_co", covariant=True)

MYPY: Final = False  # mypy takes a name of this name for true
clock = itertools.count(1)


class Above:
    """What stands above nodes leaves its functions here when it is imported, for the methods of nodes to call.

    Attributes:
        lift: an argument as a node or a literal (from `scan`).
        check: refuse a function that has captured nodes (from `scan`).
        deploy: a node as a pipeline (from `run`).
    """

    lift: Callable[[Any, Place], Any]
    check: Callable[[Callable[..., Any]], None]
    deploy: Callable[..., Pipeline[..., Any]]


above = Above()
LOCAL = Options(placement="driver")


class HasItems(Protocol[KeyT_contra, ItemT_co]):
    """What can be indexed."""

    def __getitem__(self, key: KeyT_contra, /) -> ItemT_co: ...


class Valued(Protocol[ItemT_co]):
    """A node, described by what it has: beside `Node[tuple[...]]` mypy overlooks a `Node[HasItems[...]]`."""

    @property
    def output(self) -> ItemT_co: ...


@attrs.frozen(eq=False, repr=False)
class Body:
    """A function from nodes to a node, traced: its parameters, and the node that it returned."""

    params: tuple[Node[Any], ...]
    result: Node[Any]

    @property
    def mark(self) -> int:
        """Nodes composed before this belong to the outside; a body that reads one captures it."""
        return self.params[0]._order


NodeOp: TypeAlias = Op[Body]


@attrs.frozen(eq=False, repr=False, weakref_slot=False)
class Node(Generic[ValueT_co]):
    """A value of type T that has not been computed yet.

    Steps take nodes where they take values and return nodes. A node is not its value: it has no truth, length or
    items, and cannot be computed with; each such use is an error that says what to write instead. So is an attribute
    of the value: what a node is made of has names with an underscore, which are the package's own.

    >>> from dataflow import const, run
    >>> pair = const((3, 4))
    >>> run(pair[0])
    3
    >>> run(pair.map(sum))
    7
    """

    _head: NodeOp | Callee
    _args: tuple[Operand, ...] | None
    _order: int
    _place: Place

    @property
    def _op(self) -> NodeOp:
        """What it does, over nodes."""
        return self._head if self._args is None else call_of(self._head, self._args)  # type: ignore[arg-type,return-value]  # which of the two it is

    @property
    def output(self) -> ValueT_co:
        """The node as its value's type, to pass inside a step call where a checker cannot see a node.

        Attributes and items of it may be passed too: `f(point.output.x, rows=[a.output, b.output])`.

        >>> from dataflow import const, run, step
        >>> @step
        ... def shout(text: str) -> str:
        ...     return text.upper()
        >>> run(shout(text=const({"name": "ada"}).output["name"]))
        'ADA'
        """
        lens: Any = Lens(self)
        return lens  # type: ignore[no-any-return]  # at run time a placeholder; statically the value it stands for

    # overloads: Node.__getitem__
    @overload
    def __getitem__(self: Node[tuple[ItemT, *tuple[Any, ...]]], key: Literal[0], /) -> Node[ItemT]: ...
    @overload
    def __getitem__(self: Node[tuple[Any, ItemT, *tuple[Any, ...]]], key: Literal[1], /) -> Node[ItemT]: ...
    @overload
    def __getitem__(self: Node[tuple[Any, Any, ItemT, *tuple[Any, ...]]], key: Literal[2], /) -> Node[ItemT]: ...
    @overload
    def __getitem__(self: Node[tuple[Any, Any, Any, ItemT, *tuple[Any, ...]]], key: Literal[3], /) -> Node[ItemT]: ...
    @overload
    def __getitem__(
        self: Node[tuple[Any, Any, Any, Any, ItemT, *tuple[Any, ...]]], key: Literal[4], /
    ) -> Node[ItemT]: ...
    @overload
    def __getitem__(
        self: Node[tuple[Any, Any, Any, Any, Any, ItemT, *tuple[Any, ...]]], key: Literal[5], /
    ) -> Node[ItemT]: ...
    @overload
    def __getitem__(self: Node[tuple[*tuple[Any, ...], ItemT]], key: Literal[-1], /) -> Node[ItemT]: ...
    @overload
    def __getitem__(self: Node[tuple[*tuple[Any, ...], ItemT, Any]], key: Literal[-2], /) -> Node[ItemT]: ...
    @overload
    def __getitem__(self: Valued[HasItems[slice, ItemT]], key: slice, /) -> Node[ItemT]: ...
    @overload
    def __getitem__(self: Valued[HasItems[KeyT, ItemT]], key: KeyT | Node[KeyT], /) -> Node[ItemT]: ...
    # end of overloads
    def __getitem__(self, key: Any, /) -> Any:
        return call(GETITEM, (self, key), here())

    @overload
    def map(self, fn: StepBody[Callable[[ValueT_co], ResultT]], /) -> Node[ResultT]: ...
    @overload
    def map(self, fn: FlowBody[Callable[[Node[ValueT_co]], Node[ResultT]]], /) -> Node[ResultT]: ...
    @overload
    def map(self, fn: Callable[[ValueT_co], Coroutine[Any, Any, ResultT]], /) -> Node[ResultT]: ...
    @overload
    def map(self, fn: Callable[[ValueT_co], ResultT], /) -> Node[ResultT]: ...
    def map(self, fn: Any, /) -> Any:
        """The node of `fn` applied to the value: `run(n.map(f)) == f(run(n))`.

        >>> from dataflow import const, run
        >>> run(const([3, 1, 2]).map(sorted))
        [1, 2, 3]
        """
        if not callable(fn):
            raise CompositionError(f"map() takes a function of the value, not {fn!r}")
        if is_wrapper(fn):  # a step or a flow: called on the node it makes the node
            wire: Callable[..., Node[ResultT]] = fn
            return wire(self)
        above.check(fn)
        return call(Function(fn, LOCAL), (self,), here())

    def __repr__(self) -> str:
        return f"<Node {name_of(self)!r} composed at {text(self._place)}>"

    # overloads: Node.deploy
    @overload
    def deploy(self, executor: Deployer | None = None) -> Pipeline[..., ValueT_co]: ...
    @overload
    def deploy(
        self,
        executor: Deployer | None = None,
        *,
        replicas: Mapping[str, int] | None = ...,
        options: Mapping[str, OptionChanges] | None = ...,
        max_in_flight: int = ...,
        observe: Sequence[Observer] = ...,
        passes: Sequence[Callable[[Any], Any]] = ...,
    ) -> Pipeline[..., ValueT_co]: ...
    # end of overloads
    def deploy(self, executor: Deployer | None = None, **settings: Unpack[DeploySettings]) -> Pipeline[..., ValueT_co]:
        """This node as a pipeline: the same as `dataflow.deploy(node, executor, ...)`.

        >>> from dataflow import INPUT
        >>> with INPUT.map(len).deploy() as pipeline:
        ...     pipeline.call("four")
        4
        """
        return above.deploy(self, executor, **settings)

    def __copy__(self) -> Node[ValueT_co]:
        return self

    def __deepcopy__(self, _: object) -> Node[ValueT_co]:
        return self

    if TYPE_CHECKING:
        __iter__: ClassVar[None]  # `for x in node`, `a, b = node` and `[*node]` are static errors

        if not MYPY:  # which sees `if node` by its check `truthy-bool`, but only where there is no __bool__

            def __bool__(self) -> None: ...  # a result that is no bool makes `if node` a static error

    else:

        def __getattr__(self, name: str) -> NoReturn:
            if name.startswith("__"):
                raise AttributeError(name)
            way = f"to compute the node, write {ON_NODES[name]}; " if name in ON_NODES else ""
            raise AttributeError(
                f"a Node has no attribute {name!r}; {way}to take it from the value, write node.output.{name} inside "
                f"a step call, or node.map(lambda value: value.{name}); a method of it, "
                f"node.map(lambda value: value.{name}())"
            )


@attrs.frozen(eq=False, repr=False, slots=True, getstate_setstate=False)
class Lens:
    """What `node.output` is at run time: a node, and the attributes and items to take from it."""

    _dataflow_node: Node[Any]
    _dataflow_path: tuple[tuple[bool, object], ...] = ()

    def __getattr__(self, name: str) -> Lens:
        if name.startswith("__"):
            raise AttributeError(name)
        return Lens(self._dataflow_node, (*self._dataflow_path, (True, name)))

    def __getitem__(self, key: object) -> Lens:
        return Lens(self._dataflow_node, (*self._dataflow_path, (False, key)))

    def __repr__(self) -> str:
        return f"{self._dataflow_node!r}.output{''.join(f'.{k}' if a else f'[{k!r}]' for a, k in self._dataflow_path)}"


def focus(lens: Lens) -> Node[Any]:
    """The node that a lens stands for."""
    node, place = lens._dataflow_node, here()
    for by_attribute, key in lens._dataflow_path:
        node = call(GETATTR if by_attribute else GETITEM, (node, key), place)
    return node


_Draft = draft_of(Node)


def node_of(head: NodeOp | Callee, args: tuple[Operand, ...] | None, order: int, place: Place) -> Node[Any]:
    """`Node(head, args, order, place)`, for what makes very many.

    Nearly all nodes are calls without keywords. Of these the head is what is called: an op of their own would be a
    third more objects, for Python's collector to look at again and again while a large graph is composed.
    """
    made: Any = _Draft()
    made._head, made._args, made._order, made._place, made.__class__ = head, args, order, place, Node
    return made  # type: ignore[no-any-return]  # it has become one


GETITEM: Final = Function(operator.getitem, LOCAL)
GETATTR: Final = Function(getattr, LOCAL)


def compose(op: NodeOp, place: Place) -> Node[Any]:
    """A new node; it counts as composed now."""
    return node_of(op, None, next(clock), place)


def call(callee: Function, args: tuple[object, ...], place: Place) -> Node[Any]:
    """A node that calls a function of our own or of `map`; arguments are as in a step's call."""
    operands = tuple([arg if type(arg) is Node else above.lift(arg, place) for arg in args])
    return node_of(callee, operands, next(clock), place)


def name_of(node: Node[Any]) -> str:
    """What to call a node in an error."""
    op = node._op
    match op:
        case CallOp(callee=callee):
            return callee.name
        case InputOp(name=name):
            return name
        case _:
            return type(op).__name__.lower()


In: TypeAlias = ValueT | Node[ValueT]
"""A flow's parameter: a value or a node of it."""


def Input(of: type[ValueT], name: str) -> Node[ValueT]:  # noqa: N802, ARG001  # reads as the type of a placeholder, like TypeVar
    """A placeholder for a value of type `of` that the caller gives by this name.

    Args:
        of: the type of the values; checked by type checkers, not at run time.
        name: what the caller calls it: 1 to 200 printable characters without '/'.

    Raises:
        OptionTypeError, OptionValueError: the name is not such a name.

    >>> from dataflow import deploy
    >>> n = Input(int, "n")
    >>> with deploy(n.map(abs)) as pipeline:
    ...     pipeline.call(n=-3)
    3
    """
    return compose(InputOp(check_name(name, "an Input's name")), here())


INPUT: Final[Node[Any]] = Node(InputOp("INPUT"), None, 0, None)
"""The untyped placeholder for the one argument of `pipeline.call(x)`.

>>> with INPUT.map(str.upper).deploy() as pipeline:
...     pipeline.call("hello")
'HELLO'
"""


# Not in the class bodies: type checkers must go on seeing that a Node has none of these.
for _cls, _hints in ((Node, ON_NODE), (Lens, ON_OUTPUT)):
    for _name, _hint in _hints.items():
        setattr(_cls, _name, refused(_hint))
