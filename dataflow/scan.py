"""Find the nodes in an argument, wherever they hide.

A container that holds nodes becomes a node itself, which puts the container together from the nodes' values; so a
call only ever reads nodes and literals. Walks are iterative: an argument may be nested as deep as memory allows.
Lists, dicts and sets without nodes are copied, so that a later change of them does not change the graph.
"""

from __future__ import annotations

import dataclasses
import functools
import gc
import inspect
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Collection as Collected
from typing import Any

import attrs

from dataflow.callee import label_of
from dataflow.errors import CompositionError
from dataflow.names import is_wrapper
from dataflow.node import Lens, Node, above, compose, focus
from dataflow.ops import Build
from dataflow.place import Place
from dataflow.shapes import DICT, FROZENSET, LIST, SET, TUPLE, Collection, Named, Record, Shape, Table

ATOMS: frozenset[type] = frozenset({int, float, str, bool, bytes, complex, type(None), range, type, type(...)})
SHAPES: dict[type, Collection | Table] = {list: LIST, tuple: TUPLE, set: SET, frozenset: FROZENSET, dict: DICT}
MUTABLE = (LIST, SET, DICT)
SEARCHED = "list, tuple, named tuple, dict, set, frozenset, dataclass and attrs class"

LEVELS, DEEPER = 4, 200

uncalled: list[type[Any]] = []
"""The classes whose instances stand for a call that was not made: steps and flows, which stand above this module."""


def operand(value: Any, place: Place, who: Callable[[], str]) -> Any:
    """The argument as a node, if it is or holds one, else as the literal that it is.

    Args:
        value: the argument.
        place: the user's line.
        who: says which argument of which step this is, for errors.

    Raises:
        CompositionError: a step stands where its result was meant, or a node hides where it cannot be found.
    """
    kind = type(value)
    if kind in ATOMS or kind is Node:
        return value
    if kind is Lens:
        return focus(value)
    if kind in SHAPES and ATOMS.issuperset(map(type, _flat(value))):
        return kind(value)
    if shape_of(value) is None:
        return _leaf(value, who)
    return _Walk(place, who).walk(value)


def nodes_in(value: object) -> list[Node[Any]]:
    """The nodes that can be seen in an object: what it refers to, and a little of what that refers to.

    Attributes, items, closures, defaults, the arguments of a partial, what an iterator reads. All of the first level
    is looked at, and a bounded part of what is below: a literal may be a model of a million parts.
    """
    found: dict[Node[Any], None] = {}
    level, budget = [value], DEEPER
    for _ in range(LEVELS):
        below = [thing for parent in level for thing in _referred(parent)]
        for thing in below:
            node = thing._dataflow_node if isinstance(thing, Lens) else thing
            if isinstance(node, Node):
                found[node] = None
        level = [thing for thing in below if type(thing) not in ATOMS and not isinstance(thing, Node | Lens)][:budget]
        budget -= len(level)
    return list(found)


def nodes_read_by(fn: Any) -> list[Node[Any]]:
    """The nodes that can be seen in a function, and those among the globals that its code names."""
    found = dict.fromkeys(nodes_in(fn))
    if isinstance(fn, types.FunctionType):
        scope = fn.__globals__
        for name in _names(fn.__code__):
            found.update(dict.fromkeys(_nodes_of(scope.get(name))))
    return list(found)


def _names(code: types.CodeType) -> Iterator[str]:
    """The global names in code, and in the lambdas and comprehensions inside it."""
    stack = [code]
    while stack:
        code = stack.pop()
        yield from code.co_names
        stack += [inner for inner in code.co_consts if isinstance(inner, types.CodeType)]


def _nodes_of(value: object) -> Iterator[Node[Any]]:
    if isinstance(value, Node):
        yield value
    elif type(value) in SHAPES:
        yield from (item for item in _flat(value) if isinstance(item, Node))


def shape_of(value: Any) -> Shape | None:
    """The shape of a container that may hold nodes, or None."""
    kind = type(value)
    if kind in SHAPES:
        return SHAPES[kind]
    if isinstance(value, (type, *uncalled)):
        return None
    if isinstance(value, tuple) and hasattr(kind, "_fields") and hasattr(kind, "_make"):
        return Named(kind)
    if dataclasses.is_dataclass(kind):
        return Record(kind, tuple(field.name for field in dataclasses.fields(kind) if field.init))
    if attrs.has(kind) and kind not in (Node, Lens):
        return Record(kind, tuple(field.alias or field.name for field in attrs.fields(kind) if field.init))
    return None


def parts_of(value: Any, shape: Shape) -> Iterator[Any]:
    """What a container holds, in the order in which its shape takes it."""
    match shape:
        case Table():
            return (part for pair in value.items() for part in pair)
        case Record(cls=cls):
            every = attrs.fields(cls) if attrs.has(cls) else dataclasses.fields(cls)
            return (getattr(value, field.name, None) for field in every if field.init)
        case Collection() if shape in (SET, FROZENSET):
            return iter(sorted(value, key=_latest))
        case Collection() | Named():
            return iter(value)


def _latest(member: Any) -> int:
    """When the last node in a member of a set was composed: members in this order make the same graph each time."""
    latest, waiting = 0, [member]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Node | Lens):
            latest = max(latest, part._order if isinstance(part, Node) else part._dataflow_node._order)
        elif isinstance(part, tuple | frozenset):
            waiting += part
    return latest


class _Walk:
    """One walk through a nested argument, children before parents, each shared container once."""

    def __init__(self, place: Place, who: Callable[[], str]) -> None:
        self.place, self.who = place, who
        self.done: dict[int, Any] = {}
        self.open: set[int] = set()

    def walk(self, root: Any) -> Any:
        stack: list[tuple[Any, Shape, Iterator[Any], list[Any]]] = [self._enter(root)]
        while True:
            value, shape, rest, parts = stack[-1]
            for part in rest:
                child = self.done.get(id(part), self)
                if child is self and shape_of(part) is not None:
                    stack.append(self._enter(part))
                    break
                parts.append(self._leaf(part) if child is self else child)
            else:
                stack.pop()
                self.open.discard(id(value))
                made = self.done[id(value)] = self._made(value, shape, parts)
                if not stack:
                    return made
                stack[-1][3].append(made)

    def _enter(self, value: Any) -> tuple[Any, Shape, Iterator[Any], list[Any]]:
        shape = shape_of(value)
        assert shape is not None
        if id(value) in self.open:
            raise CompositionError(f"{self.who()} got a {shape.name} that contains itself")
        self.open.add(id(value))
        return value, shape, parts_of(value, shape), []

    def _leaf(self, value: Any) -> Any:
        if type(value) is Lens:
            return focus(value)
        return value if type(value) in ATOMS or type(value) is Node else _leaf(value, self.who)

    def _made(self, value: Any, shape: Shape, parts: list[Any]) -> Any:
        holds_nodes = any(type(part) is Node for part in parts)
        if isinstance(shape, Record):
            self._check_record(value, shape, holds_nodes)
        if holds_nodes:
            return compose(Build(shape, tuple(parts)), self.place)
        if isinstance(shape, Record):
            return value
        unchanged = all(new is old for new, old in zip(parts, parts_of(value, shape), strict=True))
        return value if unchanged and shape not in MUTABLE else shape.build(*parts)

    def _check_record(self, value: Any, shape: Record, holds_nodes: bool) -> None:
        every = attrs.fields(shape.cls) if attrs.has(shape.cls) else dataclasses.fields(shape.cls)
        if any(type(getattr(value, field.name, None)) is Node for field in every if not field.init):
            raise CompositionError(
                f"{self.who()} hides a node in a field of {shape.name} that its __init__ does not take"
            )
        if holds_nodes and not _rebuildable(shape):
            raise CompositionError(
                f"{self.who()} got a node inside a {shape.name}, which cannot be made again from its fields; "
                f"construct it in a step that takes the node"
            )


def _leaf(value: Any, who: Callable[[], str]) -> Any:
    if is_wrapper(value):
        raise CompositionError(f"{who()} got {value!r} itself, not what it returns; call it: {value.__name__}(...)")
    if hasattr(type(value), "__next__"):
        raise CompositionError(
            f"{who()} got a {type(value).__name__}, which can be read only once, and so in one run only; "
            f"pass a list, or make it in the step"
        )
    if nodes_in(value):
        raise CompositionError(
            f"{who()} hides a node inside a {type(value).__name__}, where it would be passed on unevaluated; "
            f"nodes are found in {SEARCHED}. {_way(value)}"
        )
    return value


def _way(value: object) -> str:
    """How to pass the nodes in a container that is none of those that are searched; a class may say it itself."""
    said: str | None = getattr(type(value), "way_for_dataflow", None)
    if said is not None:
        return said
    if isinstance(value, Mapping):
        return "Pass a dict of it: dict(...)"
    return "Pass a list of it: list(...)" if isinstance(value, Collected) else "Pass the node as an argument of its own"


def _flat(container: Any) -> Iterable[Any]:
    return (part for pair in container.items() for part in pair) if type(container) is dict else container


def _referred(value: object) -> Iterable[object]:
    """What an object refers to. Of a function only what it captured, not its module; nothing of classes and modules."""
    if isinstance(value, type | types.ModuleType | types.BuiltinFunctionType | types.CodeType | types.FrameType):
        return ()
    if isinstance(value, types.FunctionType):
        cells = (cell.cell_contents for cell in value.__closure__ or () if _filled(cell))
        return (*cells, *(value.__defaults__ or ()), *(value.__kwdefaults__ or {}).values())
    if isinstance(value, types.GeneratorType | types.CoroutineType):
        return tuple(inspect.getgeneratorlocals(value).values()) if isinstance(value, types.GeneratorType) else ()
    return gc.get_referents(value)


def _filled(cell: types.CellType) -> bool:
    try:
        cell.cell_contents  # noqa: B018  # the read itself is the test
    except ValueError:
        return False
    return True


def _rebuildable(shape: Record) -> bool:
    """Whether the constructor takes just the fields: not so with an own __init__, or with init-only variables."""
    return set(inspect.signature(shape.cls).parameters) == set(shape.fields)


def refuse_captured(fn: Callable[..., Any]) -> None:
    """Refuse a function that would find a node, and not its value, in its closure, defaults or bound arguments.

    Raises:
        CompositionError: there is one.
    """
    for value in _kept_by(fn):
        for node in _nodes_of(value._dataflow_node if isinstance(value, Lens) else value):
            raise CompositionError(
                f"{label_of(fn)!r} reads {node!r} from outside, where it would get the node and not its value; "
                f"make it an argument"
            )


def _kept_by(fn: Any) -> Iterable[object]:
    if isinstance(fn, functools.partial):
        return (*fn.args, *fn.keywords.values())
    return _referred(fn) if isinstance(fn, types.FunctionType) else ()


above.lift = lambda value, place: operand(value, place, lambda: "an argument")
above.check = refuse_captured
