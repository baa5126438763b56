"""Routing: only the chosen branch is evaluated."""

from __future__ import annotations

import enum
import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from dataflow import INPUT, cond, const, deploy, fan_out, match, run, step, switch
from dataflow.errors import CompositionError, NoMatchError, SwitchKeyError, SwitchKeysError

loose: Any = switch
"""For selectors of any type: a checker wants to know that of the keys."""


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Log:
    """Steps that say that they ran."""

    def __init__(self) -> None:
        self.ran: list[Any] = []

    def __call__(self, name: Any, *needs: Any) -> Any:
        def run_it(*values: Any) -> Any:
            self.ran.append(name)
            return name

        noted: Any = step(run_it)
        return noted(*needs)


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.mark.parametrize(
    ("test", "taken"), [(True, "yes"), (False, "no"), (1, "yes"), ([], "no"), ("x", "yes"), (None, "no")]
)
def test_cond_takes_one_branch_by_truth(log: Log, test: Any, taken: str) -> None:
    assert run(cond(const(test), log("yes"), log("no"))) == taken
    assert log.ran == [taken]


def test_switch_takes_the_case_of_the_key(log: Log) -> None:
    assert run(switch(log("b"), {"a": log("A"), "b": log("B"), "c": log("C")})) == "B"
    assert log.ran == ["b", "B"]


@pytest.mark.parametrize("key", [None, 0, "", False, (), frozenset(), Colour.RED, b"x", 1.5, (1, "a")])
def test_any_hashable_value_may_be_a_key(key: Any) -> None:
    assert run(switch(const(key), {key: const("taken")}, default=const("other"))) == "taken"


def test_keys_are_compared_by_equality_and_hash() -> None:
    for value in (1.0, True, 1 + 0j):
        same: Any = value
        assert run(loose(const(same), {1: const("one")})) == "one"


def test_the_default_is_for_any_other_value(log: Log) -> None:
    assert run(switch(const(9), {1: log("A")}, default=log("other"))) == "other"
    assert log.ran == ["other"]


def test_a_default_of_none_is_a_default() -> None:
    assert run(loose(const(9), {1: const("A")}, default=None)) is None


def test_no_match_and_no_default_names_the_value_and_the_keys() -> None:
    with pytest.raises(NoMatchError, match=r"'z'.*'a', 'b'") as caught:
        run(switch(const("z"), {"a": const(1), "b": const(2)}))
    assert (caught.value.value, caught.value.keys) == ("z", ("a", "b"))
    assert "switch" in caught.value.__notes__[0]


def test_a_value_without_hash_is_a_switch_key_error() -> None:
    unhashable: Any = [1]
    with pytest.raises(SwitchKeyError, match=r"\[1\]") as caught:
        run(loose(const(unhashable), {"a": const(1)}, default=const(2)))
    assert caught.value.value == [1]


def test_branches_may_be_plain_values_and_containers_of_nodes() -> None:
    cases: Any = {1: "plain", 2: [const(5)]}
    assert run(switch(const(1), cases)) == "plain"
    assert run(switch(const(2), cases)) == [5]
    assert run(cond(const(False), const(1), cases)) == {1: "plain", 2: [5]}


def test_the_selector_may_be_a_plain_value_or_a_lens() -> None:
    plain: Any = 2
    assert run(switch(plain, {1: const("A"), 2: const("B")})) == "B"
    assert run(switch(const({"k": 1}).output["k"], {1: const("A")})) == "A"


def test_what_branches_share_runs_once_and_only_if_needed(log: Log) -> None:
    shared = log("shared")
    first, second = log("first", shared), log("second", shared)
    assert run(switch(const(2), {1: first, 2: second, 3: log("third")})) == "second"
    assert log.ran == ["shared", "second"]
    log.ran.clear()
    assert run(switch(const(3), {1: first, 2: second, 3: log("third")})) == "third"
    assert log.ran == ["third"]


def test_what_a_branch_shares_with_the_rest_runs_once(log: Log) -> None:
    shared = log("shared")
    assert run(cond(const(True), log("then", shared), const(0)), shared) == ("then", "shared")
    assert sorted(log.ran) == ["shared", "then"]


def test_a_branch_may_be_the_selector_itself() -> None:
    n = const(3)
    assert run(switch(n, {3: n})) == 3


def test_one_node_may_be_several_branches(log: Log) -> None:
    node = log("both")
    assert run(cond(const(False), node, node)) == "both"
    assert log.ran == ["both"]


def test_routes_nest(log: Log) -> None:
    inner = switch(log("k"), {"k": log("in"), "x": log("never")})
    assert run(cond(const(True), cond(const(False), log("no"), inner), log("never too"))) == "in"
    assert log.ran == ["k", "in"]


def test_a_failed_selector_takes_no_branch(log: Log) -> None:
    def fail(_: Any) -> Any:
        raise OSError("no key")

    with pytest.raises(OSError, match="no key"):
        run(loose(const(1).map(fail), {1: log("A")}, default=log("B")))
    assert log.ran == []


def test_inside_a_fan_out_each_item_takes_its_own(log: Log) -> None:
    def route(x: Any) -> Any:
        return cond(x, const("yes"), const("no"))

    assert run(fan_out(route, [True, False, True])) == ["yes", "no", "yes"]


# What is refused


@pytest.mark.parametrize("cases", [{}, MappingProxyType({})])
def test_a_switch_needs_a_case(cases: Mapping[Any, Any]) -> None:
    with pytest.raises(CompositionError, match="at least one case"):
        switch(const(1), cases)


@pytest.mark.parametrize("cases", [[("a", 1)], None, 3])
def test_a_switch_takes_a_mapping(cases: Any) -> None:
    with pytest.raises(CompositionError, match=r"switch\(\) takes a mapping"):
        switch(const(1), cases)


def test_any_mapping_will_do() -> None:
    assert run(switch(const(1), MappingProxyType({1: const("A")}))) == "A"


@pytest.mark.parametrize("nan", [float("nan"), complex("nan")])
def test_a_key_that_equals_nothing_is_refused(nan: Any) -> None:
    with pytest.raises(SwitchKeysError, match=r"nan.* equals nothing"):
        switch(const(1), {nan: const(1)})
    with pytest.raises(SwitchKeysError, match=r"nan.* equals nothing"):
        match(const(1)).case(nan, const(1))


def test_a_node_as_a_key_is_refused() -> None:
    node: Any = const(1)
    with pytest.raises(CompositionError, match="the keys of a switch are values"):
        switch(const(1), {node: const(2)})
    lens: Any = const(1).output
    with pytest.raises(CompositionError, match="the keys of a switch are values"):
        switch(const(1), {lens: const(2)})


def test_a_key_without_hash_is_refused_by_match() -> None:
    wrong: Any = [1]
    with pytest.raises(CompositionError, match=r"\[1\] of a switch has no hash"):
        match(const(1)).case(wrong, const(1))


@pytest.mark.parametrize(("first", "second"), [(1, 1), (1, True), (1, 1.0), (0, False), ("a", "a")])
def test_equal_keys_are_refused_and_both_are_named(first: Any, second: Any) -> None:
    with pytest.raises(SwitchKeysError, match="two cases have equal keys") as caught:
        match(const(1)).case(first, const(1)).case(second, const(2))
    assert repr(first) in str(caught.value)
    assert repr(second) in str(caught.value)


def test_a_step_as_a_branch_is_refused() -> None:
    wrong: Any = step(len)
    with pytest.raises(CompositionError, match=r"case 1 of a switch got step 'len' itself"):
        switch(const(1), {1: wrong})
    with pytest.raises(CompositionError, match=r"the default of a switch got step"):
        switch(const(1), {1: const(1)}, default=wrong)
    with pytest.raises(CompositionError, match=r"the test of cond\(\) got step"):
        cond(wrong, const(1), const(2))


# match


def test_match_is_a_switch_written_case_by_case(log: Log) -> None:
    node = match(const("b")).case("a", log("A")).case("b", log("B")).default(log("C"))
    assert run(node) == "B"
    assert log.ran == ["B"]
    assert run(match(const("z")).case("a", const(1)).default(const("other"))) == "other"


def test_a_match_that_is_extended_twice_gives_two_matches() -> None:
    start = match(const(2)).case(1, const("one"))
    assert run(start.case(2, const("two")).default(const("?"))) == "two"
    assert run(start.case(2, const("zwei")).default(const("?"))) == "zwei"
    assert run(start.default(const("?"))) == "?"


def test_a_match_without_its_default_is_refused_as_an_argument() -> None:
    """It is not a node yet."""
    loose: Any = step(lambda x: x)
    with pytest.raises(CompositionError):
        loose(match(const(1)).case(1, const(2)))
    with pytest.raises(CompositionError):
        loose(match(const(1)))


def test_an_exhaustive_match_is_a_switch_without_a_default() -> None:
    wired = match(INPUT).case("a", const(1)).case("b", const(2)).exhaustive()
    with deploy(wired) as pipeline:
        assert [pipeline.call("a"), pipeline.call("b")] == [1, 2]
        with pytest.raises(NoMatchError) as caught:
            pipeline.call("c")
    assert (caught.value.value, caught.value.keys) == ("c", ("a", "b"))


@pytest.mark.parametrize(
    ("test", "words"),
    [
        (bool, r"is a function, bool, and is true whatever it returns.*node\.map\(bool\)"),
        (lambda: True, r"is a function, lambda value: \.\.\., and.*node\.map\(lambda value: \.\.\.\)"),
        (functools.partial(max, 1), "is a function, partial, and is true"),
    ],
)
def test_a_function_is_no_test(test: Any, words: str) -> None:
    with pytest.raises(CompositionError, match=rf"the test of cond\(\) {words}"):
        cond(test, const(1), const(2))
