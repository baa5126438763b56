"""What all executors share: which results are values, which case a selector chooses, what a fan-out works on."""

from __future__ import annotations

import io
import math
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from dataflow import bind, const, flow, step
from dataflow.errors import FanOutError, LimitError, NoMatchError, StepResultError, SwitchKeyError
from dataflow.executors.base import PENDING, PLAIN_TYPES, checked, chosen, items_of, literal, over_limit
from dataflow.ir.graph import Graph
from dataflow.ops import ABSENT, Const, Loop, Ref, Switch


class Adder:
    def __call__(self, x: int) -> int:
        return x


async def coroutine() -> None:
    """Never awaited."""


async def async_iterator() -> AsyncIterator[int]:
    yield 1


def switch_on(*keys: object, default: object = ABSENT) -> Switch:
    return Switch(Ref(0), tuple((key, f"case {key!r}") for key in keys), default)


@pytest.mark.parametrize("value", [1, "a", None, {1}, range(3), object(), Adder(), ValueError("x"), int, len, ...])
def test_any_value_is_a_result_and_its_type_is_remembered(value: object) -> None:
    plain: set[type] = set()
    assert checked(value, plain, "f") is value
    assert plain == {type(value)}
    assert checked(value, plain, "f") is value


@pytest.mark.parametrize(
    "value",
    [const(1), const([1]).output, step(len), step(Adder), bind(Adder), flow(lambda: const(1)), step(retries=1)],
    ids=["node", "lens", "step", "class step", "bound", "flow", "maker"],
)
def test_what_stands_for_a_value_is_no_result(value: Any) -> None:
    plain: set[type] = set()
    with pytest.raises(StepResultError, match="step 'f' returned .* not a value"):
        checked(value, plain, "f")
    assert plain == set()


@pytest.mark.parametrize("value", [[], [1], (), (1, 2), {}, {"k": 1}], ids=repr)
def test_a_container_is_looked_into_each_time(value: Any) -> None:
    plain: set[type] = set()
    assert checked(value, plain, "f") is value
    assert plain == set()


@pytest.mark.parametrize("value", [[const(1)], (const(1), 2), {"k": const(1)}], ids=["list", "tuple", "dict"])
def test_a_container_of_nodes_is_no_result(value: Any) -> None:
    with pytest.raises(StepResultError, match="of nodes, not of values"):
        checked(value, set(PLAIN_TYPES), "f")


@pytest.mark.parametrize(
    "value",
    [iter([1]), (x for x in [1]), map(abs, [1]), zip([1]), io.StringIO("a"), async_iterator(), enumerate([1])],
    ids=["iterator", "generator", "map", "zip", "file", "async generator", "enumerate"],
)
def test_what_can_be_read_only_once_is_no_result(value: Any) -> None:
    with pytest.raises(StepResultError, match="step 'f' returned a .* read only once"):
        checked(value, set(), "f")


def test_a_coroutine_is_no_result() -> None:
    made = coroutine()
    with pytest.raises(StepResultError, match="coroutine"):
        checked(made, set(), "f")
    made.close()


def test_subclasses_are_checked_though_their_base_was_remembered() -> None:
    class Reader(list[int]):
        def __next__(self) -> int:
            return 1

    with pytest.raises(StepResultError):
        checked(Reader(), set(PLAIN_TYPES), "f")


@pytest.mark.parametrize("key", [None, 0, "", False, (), 1, "a", (1, "b"), 2.5])
def test_a_case_is_chosen_by_equality(key: object) -> None:
    assert chosen(switch_on("other", key), key) == f"case {key!r}"


def test_equal_keys_of_different_types_are_the_same_key() -> None:
    assert chosen(switch_on(1), True) == "case 1"
    assert chosen(switch_on(1), 1.0) == "case 1"


def test_equality_without_equal_hash_does_not_choose() -> None:
    class Sly:
        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 1 << 40

    assert chosen(switch_on("a", default="default"), Sly()) == "default"


def test_the_default_is_for_every_other_value_and_may_be_none() -> None:
    assert chosen(switch_on("a", default=None), "b") is None
    assert chosen(switch_on("a", default="d"), math.nan) == "d"


def test_no_case_is_an_error_that_says_what_there_was() -> None:
    with pytest.raises(NoMatchError, match="no case of a switch for ''; its keys are 'a', 2") as caught:
        chosen(switch_on("a", 2), "")
    assert (caught.value.value, caught.value.keys) == ("", ("a", 2))


def test_a_value_without_hash_cannot_choose_not_even_the_default() -> None:
    with pytest.raises(SwitchKeyError, match="no hash") as caught:
        chosen(switch_on("a", default="d"), [1])
    assert caught.value.value == [1]


def test_a_fan_out_works_on_anything_that_can_be_iterated_over() -> None:
    assert items_of("ab") == ["a", "b"]
    assert items_of({"k": 1}) == ["k"]
    assert items_of(iter([1, 2])) == [1, 2]
    items = [1]
    assert items_of(items) is not items


def test_what_cannot_be_iterated_over_is_an_error() -> None:
    with pytest.raises(FanOutError, match="cannot fan out over 3"):
        items_of(3)


def test_an_error_while_iterating_is_raised_as_itself() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise TypeError("from inside")

    with pytest.raises(TypeError, match="from inside") as caught:
        items_of(broken())
    assert not isinstance(caught.value, FanOutError)


def test_the_error_of_a_loop_says_its_limit() -> None:
    loop: Loop[Graph] = Loop(Graph((Const(1),), 0), Ref(0), 7, False)
    error = over_limit(loop)
    assert isinstance(error, LimitError)
    assert error.limit == 7
    assert "7 rounds" in str(error)


def test_only_a_ref_is_no_literal() -> None:
    assert literal(1)
    assert literal(None)
    assert not literal(Ref(0))


def test_pending_reads_well() -> None:
    assert repr(PENDING) == "PENDING"
