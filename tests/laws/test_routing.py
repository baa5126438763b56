"""Law 6: what a switch chooses."""

from __future__ import annotations

import enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataflow import Node, cond, const, fan_out, flow, fold, gather, iterate, match, recover, run, step, switch
from dataflow.errors import CompositionError, NoMatchError, SwitchKeyError, SwitchKeysError
from dataflow.executors.base import Executor
from dataflow.lower import lower
from dataflow.testing.outcome import outcome
from dataflow.testing.program import Program
from dataflow.testing.reference import reference
from dataflow.testing.steps import fail, mix, parity, two
from dataflow.testing.strategies import programs
from tests.laws.executors import ended, everywhere, examples

FALSY: list[Any] = [None, 0, 0.0, "", b"", False, [], (), {}, set()]
keys = st.one_of(st.integers(0, 3), st.booleans(), st.none(), st.sampled_from(["", "a"]), st.just((1, 2)))


@step
def same(x: Any) -> Any:
    return x


@everywhere
@examples(60)
@given(program=programs(), key=keys)
def test_a_switch_over_a_known_selector_is_that_branch(executor: Executor, program: Program, key: Any) -> None:
    """switch(const(k), {k: n, ...}) = n, whatever the others would do; so are match, cond and the default."""
    values = [const(value) for value in program.values]
    branch = program.flow(*values)
    other = fail(0, "Abort")
    wanted = ended(program)
    for node in (
        switch(const(key), {"no": other, key: branch, "neither": other}),
        switch(const("else"), {key: other}, default=branch),
        match(const(key)).case("no", other).case(key, branch).default(other),
        match(const("else")).case(key, other).default(branch),
        cond(const(key), branch, other) if key else cond(const(key), other, branch),
    ):
        assert outcome(lambda: run(node, executor=executor)) == wanted


@everywhere
@examples(60)
@given(program=programs(), flag=st.booleans())
def test_hoisting_a_shared_node_changes_nothing(executor: Executor, program: Program, flag: bool) -> None:
    """cond(t, f(s), g(s)) = (s, cond(t, f(s), g(s)))[1] = f(s) or g(s), for every program s, also inside of bodies."""
    shared = program.flow(*map(const, program.values))
    inside = cond(const(flag), two(shared), parity(shared))
    wanted = outcome(lambda: reference(lower(two(shared) if flag else parity(shared))))
    assert outcome(lambda: run(inside, executor=executor)) == wanted
    assert outcome(lambda: run(gather(shared, inside)[1], executor=executor)) == wanted
    body = fan_out(lambda x: gather(shared, cond(x, two(shared), parity(shared)))[1], [flag])
    assert outcome(lambda: run(body[0], executor=executor)) == wanted


@everywhere
@examples(30)
@given(flag=st.booleans(), other=st.booleans())
def test_a_step_of_a_switch_is_a_switch_of_steps(executor: Executor, flag: bool, other: bool) -> None:
    """f(cond(t, a, b)) = cond(t, f(a), f(b)), and a cond of conds is a switch over both tests."""
    t, u = const(flag), const(other)
    one, four = const(1), [const(n) for n in range(4)]
    assert run(mix(cond(t, one, const(2))), executor=executor) == run(cond(t, mix(one), mix(2)), executor=executor)
    nested = cond(t, cond(u, four[0], four[1]), cond(u, four[2], four[3]))
    flat = switch(gather(t, u), dict(zip([(True, True), (True, False), (False, True), (False, False)], four)))
    assert run(nested, executor=executor) == run(flat, executor=executor)


class Colour(enum.Enum):
    RED = 1


@everywhere
def test_keys_compare_by_equality_and_hash(executor: Executor) -> None:
    """A key is chosen as a dict would: 1, 1.0 and True are one key; 1 and "1" are two."""
    cases = {
        1: const("one"),
        "1": const("text"),
        (1, "a"): const("tuple"),
        Colour.RED: const("red"),
        None: const("none"),
    }
    for selector in (1, 1.0, True, "1", (1, "a"), (True, "a"), Colour.RED, None):
        assert run(switch(const(selector), cases), executor=executor) == run(cases[selector])


@everywhere
@pytest.mark.parametrize("value", FALSY, ids=repr)
def test_falsy_values_are_values(executor: Executor, value: Any) -> None:
    """None, 0, "" and the like pass through every combinator as the values that they are."""
    node = same(const(value))

    @flow
    def through(x: Node[Any], y: Any = value) -> Node[Any]:
        return gather(x, same(y))

    for way in (
        cond(const(True), node, const(1)),
        switch(const(0), {0: node}),
        switch(const("else"), {"other": const(1)}, default=node),
        recover(fail(1, "ValueError"), lambda error: node),
        recover(node, lambda error: const(1)),
        iterate(same, node, limit=2),
        iterate(same, node, until=lambda x: True, limit=2),
        fold(lambda done, item: done, [1, 2], node),
        fold(lambda done, item: item, [1, node], 1),
        fan_out(same, [node])[0],
        fan_out(lambda item: node, [1])[0],
        gather([node])[0],
        gather({"key": node})["key"],
        node.map(lambda x: x),
        through(node)[0],
        through(node)[1],
    ):
        got = run(way, executor=executor)
        assert got == value
        assert type(got) is type(value)
    with through.deploy(executor) as pipeline:
        assert pipeline.call(value) == pipeline.call(x=value, y=value) == (value, value)
    assert run(cond(node, const("true"), const("false")), executor=executor) == "false"


@everywhere
@pytest.mark.parametrize("value", [None, 0, "", False])
def test_falsy_values_are_keys(executor: Executor, value: Any) -> None:
    """A selector may be None, 0, "" or False."""
    assert run(switch(same(value), {value: const("this"), 7: const("other")}), executor=executor) == "this"


@everywhere
def test_no_match_names_the_value_and_the_keys(executor: Executor) -> None:
    """switch(const(v), cases) without v and without default is a NoMatchError with v and the keys."""
    with pytest.raises(NoMatchError) as caught:
        run(switch(same("c"), {"a": const(1), 2: const(2)}), executor=executor)
    assert (caught.value.value, caught.value.keys) == ("c", ("a", 2))
    assert "'c'" in str(caught.value)
    assert "'a', 2" in str(caught.value)
    assert isinstance(caught.value, LookupError)


@everywhere
def test_a_selector_without_a_hash_is_an_error(executor: Executor) -> None:
    """A list or dict can be no key, even if there is a default."""
    for value in ([1], {"k": 1}, ([],)):
        with pytest.raises(SwitchKeyError) as caught:
            run(switch(same(value), {"a": const(1)}, default=const(2)), executor=executor)
        assert caught.value.value == value


def test_keys_that_cannot_be_told_apart_are_refused() -> None:
    """Two equal keys, a key that equals nothing, or one without a hash are errors at composition."""
    with pytest.raises(SwitchKeysError):
        match(const(1)).case(1, const(1)).case(True, const(2))
    with pytest.raises(SwitchKeysError):
        switch(const(1), {float("nan"): const(1)})
    with pytest.raises(CompositionError):
        match(const(1)).case([], const(1))  # type: ignore[arg-type]  # what is refused


@everywhere
def test_nan_matches_no_key(executor: Executor) -> None:
    """NaN equals nothing: a switch over it takes the default."""
    nan = float("nan")
    assert run(switch(same(nan), {1.0: const(1)}, default=const(2)), executor=executor) == 2


@everywhere
def test_an_error_of_the_selector_is_the_switch_s(executor: Executor) -> None:
    """switch(n, ...) raises what n raises, and no branch runs."""
    with pytest.raises(KeyError):
        run(switch(fail(1, "KeyError"), {1: fail(1, "ValueError")}, default=fail(2, "ValueError")), executor=executor)
