"""Nodes are found wherever they hide in an argument, or the argument is refused."""

from __future__ import annotations

import collections
import dataclasses
import functools
import itertools
import sys
import types
from collections.abc import Callable
from typing import Any, NamedTuple

import attrs
import pytest

from dataflow import const, flow, match, run, step
from dataflow.errors import CompositionError
from dataflow.node import Node
from dataflow.place import here
from dataflow.scan import nodes_in, nodes_read_by, operand, shape_of
from dataflow.shapes import DICT, LIST, Named, Record


class Pair(NamedTuple):
    left: Any
    right: Any = 0


@dataclasses.dataclass
class Point:
    x: Any
    y: Any = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Fixed:
    x: Any


@dataclasses.dataclass
class Late:
    x: Any
    y: Any = dataclasses.field(default=None, init=False)


@dataclasses.dataclass
class Initial:
    x: Any
    seed: dataclasses.InitVar[Any] = 0


@dataclasses.dataclass
class OwnInit:
    x: Any

    def __init__(self, whatever: Any) -> None:
        self.x = whatever


@dataclasses.dataclass
class KeywordOnly:
    x: Any = dataclasses.field(kw_only=True)


@attrs.define
class Mutable:
    x: Any
    _hidden: Any = 0


@attrs.frozen
class Frozen:
    x: Any


@attrs.define
class AttrsLate:
    x: Any
    y: Any = attrs.field(default=None, init=False)


@attrs.define
class AttrsOwnInit:
    x: Any

    def __init__(self, whatever: Any) -> None:
        self.__attrs_init__(whatever)  # type: ignore[attr-defined]  # attrs makes it


class Box:
    def __init__(self, value: Any) -> None:
        self.value = value

    def get(self) -> Any:
        return self.value


class Slotted:
    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class MyList(list[Any]):
    pass


identity: Any = step(lambda x: x)


def who() -> str:
    return "argument 'x' of step 'f'"


def found(value: Any) -> Any:
    return operand(value, here(), who)


SEARCHED: dict[str, Callable[[Any], Any]] = {
    "node": lambda n: n,
    "list": lambda n: [1, n],
    "tuple": lambda n: (n, 1),
    "set": lambda n: {n, "a"},
    "frozenset": lambda n: frozenset({n}),
    "dict value": lambda n: {"a": n},
    "dict key": lambda n: {n: "a"},
    "named tuple": lambda n: Pair(n),
    "dataclass": lambda n: Point(1, n),
    "frozen slotted dataclass": Fixed,
    "dataclass by keyword": lambda n: KeywordOnly(x=n),
    "attrs class": lambda n: Mutable(1, n),
    "frozen attrs class": Frozen,
    "nested": lambda n: [{"a": (Pair([n]), {"b": Point({n})})}],
}


@pytest.mark.parametrize("name", SEARCHED)
def test_nodes_are_found_in(name: str) -> None:
    """The argument is what it would be with the node's value in the node's place."""
    assert run(identity(SEARCHED[name](const(7)))) == SEARCHED[name](7)
    assert type(run(identity(SEARCHED[name](const(7))))) is type(SEARCHED[name](7))


@pytest.mark.parametrize("name", [name for name in SEARCHED if name not in ("node", "set", "frozenset", "dict key")])
def test_a_lens_is_found_like_a_node(name: str) -> None:
    assert run(identity(SEARCHED[name](const([7]).output[0]))) == SEARCHED[name](7)


def closing_over(value: Any) -> Callable[[], Any]:
    return lambda: value


REFUSED: dict[str, Callable[[Any], Any]] = {
    "attribute": Box,
    "attribute's list": lambda n: Box([n]),
    "attribute's dict": lambda n: Box({"a": n}),
    "slot": Slotted,
    "subclass of list": lambda n: MyList([n]),
    "deque": lambda n: collections.deque([n]),
    "ordered dict": lambda n: collections.OrderedDict(a=n),
    "default dict": lambda n: collections.defaultdict(list, a=n),
    "user list": lambda n: collections.UserList([n]),
    "namespace": lambda n: types.SimpleNamespace(a=n),
    "mapping proxy": lambda n: types.MappingProxyType({"a": n}),
    "closure": lambda n: lambda: n,
    "closure's list": lambda n: closing_over([n]),
    "default": lambda n: lambda x=n: x,
    "keyword default": lambda n: lambda *, x=n: x,
    "partial": lambda n: functools.partial(max, n),
    "partial's keyword": lambda n: functools.partial(sorted, key=n),
    "partial's list": lambda n: functools.partial(max, [n]),
    "bound method": lambda n: Box(n).get,
    "slice": lambda n: slice(0, n),
    "dict view": lambda n: {"a": n}.values(),
    "iterator": lambda n: iter([n]),
    "map": lambda n: map(str, [n]),
    "repeat": itertools.repeat,
    "generator expression": lambda n: (x for x in [n]),
    "exception": ValueError,
    "field that __init__ does not take": lambda n: with_y(Late(1), n),
    "attrs field that __init__ does not take": lambda n: with_y(AttrsLate(1), n),
    "dataclass with an init-only variable": Initial,
    "dataclass with an __init__ of its own": OwnInit,
    "attrs class with an __init__ of its own": AttrsOwnInit,
}


def with_y(value: Any, node: Any) -> Any:
    value.y = node
    return value


@pytest.mark.parametrize("name", REFUSED)
def test_a_node_is_refused_in(name: str) -> None:
    with pytest.raises(CompositionError, match="argument 'x' of step"):
        identity(REFUSED[name](const(7)))


@pytest.mark.parametrize("name", ["attribute", "closure", "deque", "partial"])
def test_so_it_is_deep_inside_a_container_that_is_searched(name: str) -> None:
    with pytest.raises(CompositionError, match="nodes are found in list, tuple, named tuple, dict"):
        identity([{"a": (REFUSED[name](const(7)), 1)}])


@pytest.mark.parametrize("name", ["closure", "default", "partial", "partial's keyword", "attribute", "closure's list"])
def test_nodes_in_sees_them(name: str) -> None:
    node = const(7)
    assert nodes_in(REFUSED[name](node)) == [node]


def test_objects_without_nodes_are_passed_on_as_they_are() -> None:
    things = [Box(1), MyList([1]), Point([1]), Frozen([1]), lambda: 0, functools.partial(max, 1), len, int, sys]
    for thing in things:
        assert found(thing) is thing
        assert run(identity(thing)) is thing


def test_an_object_next_to_a_node_is_passed_on_as_it_is() -> None:
    box = Box(1)
    assert run(identity([const(1), box]))[1] is box


@pytest.mark.parametrize("value", [[1, [2]], {"a": {1: [2]}}, {1, 2}, (1, [2]), [], {}, ()])
def test_literals_mean_themselves(value: object) -> None:
    assert run(identity(value)) == value


def test_a_literal_that_is_changed_later_does_not_change_the_graph() -> None:
    flat, nested, table = [1], [[1]], {"a": [1]}
    nodes = [identity(flat), identity(nested), identity(table)]
    flat.append(2)
    nested[0].append(2)
    table["a"].append(2)
    assert [run(node) for node in nodes] == [[1], [[1]], {"a": [1]}]


def test_one_container_in_two_places_stays_one() -> None:
    shared = [const(1)]
    first, second = run(identity([shared, shared]))
    assert first is second
    plain = [1]
    first, second = run(identity([plain, plain]))
    assert first is second


def test_equal_containers_in_two_places_stay_two() -> None:
    first, second = run(identity([[const(1)], [const(1)]]))
    assert first == second
    assert first is not second


@pytest.mark.parametrize("make", [lambda: [1], lambda: [const(1)]])
def test_a_container_that_contains_itself_is_refused(make: Callable[[], list[Any]]) -> None:
    loop = make()
    loop.append({"again": loop})
    with pytest.raises(CompositionError, match="a list that contains itself"):
        identity(loop)


def test_containers_made_on_the_fly_are_not_mixed_up() -> None:
    """A field may be a property that makes a new list at each read: their ids are used again."""

    @dataclasses.dataclass(init=False)
    class Fresh:
        a: Any
        b: Any
        c: Any

        def __init__(self) -> None: ...

    for at, name in enumerate("abc"):
        setattr(Fresh, name, property(functools.partial(lambda at, self: [[at]], at)))

    @dataclasses.dataclass
    class Holder:
        value: Any

    holder = Holder([Fresh(), Fresh()])
    assert found(holder) is holder


@pytest.mark.parametrize("depth", [10, 100_000])
def test_nesting_has_no_limit(depth: int) -> None:
    nested: Any = const(7)
    for _ in range(depth):
        nested = [nested]
    node = found(nested)
    for _ in range(depth):
        node = node._op.parts[0]
    assert run(node) == 7


def test_a_ladder_of_shared_containers_is_walked_once_per_container() -> None:
    ladder: Any = [const(7)]
    for _ in range(40):
        ladder = [ladder, ladder]
    seen: set[Node[Any]] = set()
    waiting = [found(ladder)]
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += [part for part in getattr(node._op, "parts", ()) if isinstance(part, Node)]
    assert len(seen) == 42


def test_steps_and_flows_that_were_not_called_are_refused_with_the_call_to_write() -> None:
    @step
    def score(x: int) -> int:
        return x

    @step
    class Model:
        def __call__(self, x: int) -> int:
            return x

    @flow
    def wiring() -> Node[int]:
        return const(1)

    for thing in (score, Model, wiring, score.options(retries=1), score >> score):
        for argument in (thing, [thing], {"a": (thing,)}):
            with pytest.raises(
                CompositionError, match=r"argument 'x' of step 'f' got .* itself, not what it returns; call it"
            ):
                found(argument)
    with pytest.raises(CompositionError, match=r"got step 'score' itself.*score\(\.\.\.\)"):
        found(score)


def test_shapes_are_told_by_type() -> None:
    assert shape_of([1]) == LIST
    assert shape_of({}) == DICT
    assert shape_of(Pair(1)) == Named(Pair)
    assert shape_of(Point(1)) == Record(Point, ("x", "y"))
    assert shape_of(Mutable(1)) == Record(Mutable, ("x", "hidden"))
    assert shape_of(MyList()) is None
    assert shape_of(Point) is None
    assert shape_of("abc") is None


outside = const(1)
several = [const(2), const(3)]


def test_nodes_read_by_a_function_are_those_of_its_closure_defaults_and_globals() -> None:
    local = const(4)
    assert nodes_read_by(lambda: local) == [local]
    assert nodes_read_by(lambda x=local: x) == [local]
    assert nodes_read_by(lambda: outside) == [outside]
    assert nodes_read_by(lambda: several) == several
    assert nodes_read_by(lambda: [closing_over(lambda: outside) for _ in range(3)]) == [outside]
    assert nodes_read_by(functools.partial(max, local)) == [local]
    assert nodes_read_by(lambda: missing_global) == []  # type: ignore[name-defined]  # noqa: F821  # that is the case
    assert nodes_read_by(len) == []


def test_a_cell_that_is_not_filled_yet_is_no_node() -> None:
    def reader() -> object:
        return later

    assert nodes_in(reader) == []
    later = const(1)
    assert nodes_in(reader) == [later]


@pytest.mark.parametrize(
    ("hide", "way"),
    [
        (lambda node: {"a": node}.values(), r"Pass a list of it: list\(\.\.\.\)"),
        (lambda node: collections.deque([node]), r"Pass a list of it: list\(\.\.\.\)"),
        (lambda node: collections.OrderedDict(a=node), r"Pass a dict of it: dict\(\.\.\.\)"),
        (lambda node: lambda: node, "Pass the node as an argument of its own"),
        (lambda node: match(node).case(1, node), r"End the match: \.default\(node\) or \.exhaustive\(\)"),
    ],
)
def test_how_to_pass_what_another_container_hides_is_told(hide: Callable[[Any], Any], way: str) -> None:
    with pytest.raises(CompositionError, match=rf"hides a node inside a .*\. {way}$"):
        identity(hide(const(1)))
