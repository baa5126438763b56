"""A node is not its value, does not change, and says what to write instead."""

from __future__ import annotations

import asyncio
import copy
import functools
import operator
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from dataflow import INPUT, Input, bind, const, deploy, run, step
from dataflow.errors import CompositionError, OptionTypeError, OptionValueError
from dataflow.node import Node, compose, focus
from dataflow.ops import Call, Const
from dataflow.place import here


class Point:
    def __init__(self, x: int, y: int) -> None:
        self.x, self.y = x, y


class Adder:
    def __init__(self, amount: int) -> None:
        self.amount = amount

    def __call__(self, x: int) -> int:
        return x + self.amount


@step
def double(x: int) -> int:
    return 2 * x


def test_a_node_is_composed_after_the_nodes_before_it() -> None:
    first, second = const(1), const(2)
    assert first._order < second._order < compose(Const(3), here())._order


def test_nodes_are_compared_by_identity() -> None:
    one, other = const(1), const(1)
    assert one == one
    assert one != other
    assert len({one, other}) == 2
    assert one in [other, one]


@pytest.mark.parametrize("name", ["op", "order", "place", "anything"])
def test_nodes_do_not_change(name: str) -> None:
    node = const(1)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(node, name, None)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        delattr(node, name)


def test_copies_of_a_node_are_the_node() -> None:
    node = const([1])
    assert copy.copy(node) is node
    assert copy.deepcopy(node) is node
    assert copy.deepcopy({"x": [node]})["x"][0] is node


def test_a_placeholder_survives_copying() -> None:
    """`INPUT` is one object: a copy of a structure that holds it must go on meaning the same input."""
    assert copy.deepcopy([INPUT])[0] is INPUT


UNARY: dict[str, Callable[[Any], object]] = {
    "bool": bool,
    "not": operator.not_,
    "iter": iter,
    "star": lambda n: [*n],
    "unpack": lambda n: dict(**n),
    "reversed": lambda n: list(reversed(n)),
    "len": len,
    "int": int,
    "float": float,
    "complex": complex,
    "index": operator.index,
    "range": range,
    "format": lambda n: f"{n}",
    "format spec": lambda n: f"{n:>3}",
    "neg": operator.neg,
    "pos": operator.pos,
    "invert": operator.invert,
    "abs": abs,
    "round": round,
    "in": lambda n: 1 in n,
    "setitem": lambda n: operator.setitem(n, 0, 1),
    "delitem": lambda n: operator.delitem(n, 0),
    "sum": lambda n: sum([n]),
    "sorted": lambda n: sorted([n, n]),
}
BINARY = [
    *(operator.add, operator.sub, operator.mul, operator.matmul, operator.truediv, operator.floordiv, operator.mod),
    *(operator.pow, operator.and_, operator.or_, operator.xor, operator.lshift, operator.rshift, divmod),
    *(operator.lt, operator.le, operator.gt, operator.ge, operator.iadd, operator.imul),
]


@pytest.mark.parametrize("use", UNARY)
def test_a_use_as_a_value_is_refused(use: str) -> None:
    with pytest.raises(TypeError):
        UNARY[use](const([1]))


@pytest.mark.parametrize("use", [name for name in UNARY if name not in ("unpack",)])
@pytest.mark.parametrize("thing", [const(1), const(1).output], ids=["node", "lens"])
def test_the_refusal_names_the_node_and_its_line(use: str, thing: Any) -> None:
    with pytest.raises(CompositionError, match=r"<Node 'const' composed at .*test_node\.py:\d+>.* has no value until"):
        UNARY[use](thing)


@pytest.mark.parametrize("op", BINARY, ids=lambda op: op.__name__)
@pytest.mark.parametrize("thing", [const(1), const(1).output], ids=["node", "lens"])
def test_operators_are_refused_on_both_sides(op: Callable[[Any, Any], Any], thing: Any) -> None:
    with pytest.raises(CompositionError, match="compute with it in a step"):
        op(thing, 2)
    with pytest.raises(CompositionError, match="compute with it in a step"):
        op(2, thing)


def test_with_and_await_are_refused_with_the_way_out() -> None:
    node: Any = const(1)
    with pytest.raises(CompositionError, match=r"node\.deploy\(\)"):
        with node:
            pass

    async def wait() -> None:
        await node

    with pytest.raises(CompositionError, match=r"await submit\(node\)"):
        asyncio.run(wait())


def test_a_node_cannot_be_called() -> None:
    node: Any = const(len)
    with pytest.raises(TypeError, match="not callable"):
        node(1)


@pytest.mark.parametrize("name", ["typo", "_private", "shape", "op", "order", "place", "args", "name", "value"])
def test_an_unknown_attribute_names_the_lens(name: str) -> None:
    with pytest.raises(AttributeError, match=rf"no attribute '{name}'.*node\.output\.{name}"):
        getattr(const(1), name)


def test_a_method_of_the_value_is_named_with_the_way_out_at_once() -> None:
    node: Any = const({"a": 1})
    with pytest.raises(AttributeError, match=r"a method of it, node\.map\(lambda value: value\.keys\(\)\)"):
        node.keys()
    assert run(node.map(lambda value: value.keys())) == {"a"}


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("run", r"run\(node\)"),
        ("result", r"run\(node\)"),
        ("submit", r"submit\(node\)"),
        ("call", r"node\.deploy\(\)\.call\(\.\.\.\)"),
        ("on", r"run\(node, executor=\.\.\.\)"),
    ],
)
def test_what_computes_a_node_is_told_to_those_who_look_for_it(name: str, way: str) -> None:
    with pytest.raises(
        AttributeError, match=rf"no attribute '{name}'; to compute the node, write {way}; .*node\.output\.{name}"
    ):
        getattr(const(1), name)


def test_unknown_special_attributes_are_simply_missing() -> None:
    """numpy and other libraries probe for these."""
    assert not hasattr(const(1), "__array__")
    assert not hasattr(const(1).output, "__array__")
    assert not callable(const(1))


def test_getitem_takes_an_item_of_the_value() -> None:
    assert run(const({"k": [5, 6]})["k"][1]) == 6


def test_getitem_takes_a_node_or_a_lens_as_the_key() -> None:
    table = const({"a": 1, "b": 2})
    key: Any = const({"name": "b"})
    assert run(table[const("a")]) == 1
    assert run(table[key.output["name"]]) == 2


def test_a_missing_item_is_the_values_own_error() -> None:
    with pytest.raises(KeyError):
        run(const({"a": 1})["b"])
    with pytest.raises(IndexError):
        run(const((1,)).map(list)[3])


def test_slices_are_keys_too() -> None:
    node: Any = const([1, 2, 3])
    assert run(node[1:]) == [2, 3]


def test_map_applies_a_plain_function() -> None:
    assert run(const([3, 1]).map(sorted)) == [1, 3]
    assert run(const(3).map(lambda x: x + 1)) == 4


def test_map_keeps_a_decorated_function() -> None:
    """Functions with `__wrapped__` are called as they are, not as what they wrap."""

    def plain(x: int) -> int:
        return x

    @functools.wraps(plain)
    def tenfold(x: int) -> int:
        return 10 * plain(x)

    assert run(const(2).map(tenfold)) == tenfold(2) == 20


def test_map_of_a_step_is_the_step_on_the_node() -> None:
    any_step: Any = double
    assert run(const(2).map(any_step)) == run(double(2)) == 4


def test_map_of_a_class_step_calls_an_instance() -> None:
    adder: Any = bind(Adder, 2)
    assert run(const(5).map(adder)) == 7


def test_map_refuses_what_cannot_be_called() -> None:
    wrong: Any = 3
    with pytest.raises(CompositionError, match=r"map\(\) takes a function of the value, not 3"):
        const(1).map(wrong)


def test_a_lens_takes_attributes_and_items_of_the_value() -> None:
    point: Any = const(Point(3, 4))
    table: Any = const({"p": [Point(1, 2)]})
    identity: Any = step(lambda *args, **kwargs: (args, kwargs))
    assert run(identity(point.output.x, y=point.output.y)) == ((3,), {"y": 4})
    assert run(identity(table.output["p"][0].y)) == ((2,), {})
    assert run(identity([point.output.x, {"y": point.output.y}])) == (([3, {"y": 4}],), {})


def test_a_lens_is_the_node_for_the_combinators() -> None:
    whole: Any = const(4).output
    assert run(whole) == 4
    assert run(focus(whole)) == 4


def test_an_output_is_not_compared_while_it_has_no_value() -> None:
    """Python would compare the two objects, and a cond() over that would take its second branch in silence."""
    one = const(1)
    for compare in (operator.eq, operator.ne):
        with pytest.raises(CompositionError, match="compute with it in a step"):
            compare(one.output, 1)
        with pytest.raises(CompositionError, match="compute with it in a step"):
            compare(1, one.output)
    assert run(step(sorted)({one.output, const(2).output})) == [1, 2]


def test_a_lens_shows_its_path_and_does_not_change() -> None:
    lens: Any = const(1).output
    assert repr(lens.a["k"].b).endswith(".output.a['k'].b")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        lens.a = 3


def test_const_of_a_node_is_the_node() -> None:
    node = const(1)
    assert const(node) is node
    assert run(const(const([1]).output[0])) == 1


def test_const_refuses_a_container_of_nodes() -> None:
    with pytest.raises(CompositionError, match=r"for several nodes write gather\(\)"):
        const([const(1)])  # type: ignore[misc]  # the plugin refuses it, too


@pytest.mark.parametrize("value", [None, 0, "", False, (), [], float("inf")])
def test_const_of_a_falsy_value_is_that_value(value: object) -> None:
    assert run(const(value)) == value
    assert type(run(const(value))) is type(value)


def test_inputs_are_placeholders_by_name() -> None:
    total: Any = step(lambda a, b: a - b)
    with deploy(total(Input(int, "big"), Input(int, "small"))) as pipeline:
        assert pipeline.call(small=1, big=5) == 4
        assert pipeline.call(5, 1) == 4


@pytest.mark.parametrize(("name", "kind"), [("", OptionValueError), ("a/b", OptionValueError), (3, OptionTypeError)])
def test_an_input_needs_a_proper_name(name: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind, match="an Input's name"):
        Input(int, name)


def test_the_untyped_placeholder_is_the_one_argument() -> None:
    with INPUT.map(abs).deploy() as pipeline:
        assert pipeline.call(-3) == 3


def test_a_node_names_itself_by_its_step() -> None:
    assert repr(double(1)).startswith("<Node 'double' composed at ")
    assert isinstance(double(1)._op, Call)
    assert isinstance(double(1), Node)
