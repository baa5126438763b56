"""Runs on several workers: no schedule changes the answer, and none hangs."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import attrs
import pytest

from dataflow import (
    Futures,
    Inline,
    Node,
    Threads,
    const,
    expand,
    fan_out,
    gather,
    iterate,
    recover,
    run,
    step,
    submit,
    switch,
)
from dataflow.executors.base import Executor
from dataflow.lower import lower
from dataflow.testing.reference import reference
from tests.patience import DEADLINE, within

POOL = ThreadPoolExecutor(3)
CONCURRENT: dict[str, Executor] = {"one thread": Threads(1), "threads": Threads(4), "pool": Futures(POOL)}
ALL: dict[str, Executor] = {"inline": Inline(), **CONCURRENT}
each = pytest.mark.parametrize("executor", ALL.values(), ids=ALL)
concurrent = pytest.mark.parametrize("executor", CONCURRENT.values(), ids=CONCURRENT)
parallel = pytest.mark.parametrize("executor", [Threads(4), CONCURRENT["pool"]], ids=["threads", "pool"])


def value_of(node: Any, executor: Executor) -> Any:
    """The value of a node; fails instead of hanging."""
    return within(lambda: submit(node, executor=executor).result(DEADLINE))


# Random graphs: fan-outs in switches in fan-outs, with recovers, loops, growth, and failures at several places.


class Boom(ValueError):
    """One error."""


class Bang(KeyError):
    """Another."""


@attrs.define
class Tape:
    """What ran, whether any of it failed, and how long each call takes: a seed for the delays, or none."""

    ran: list[tuple[object, ...]] = attrs.field(factory=list)
    failed: bool = False
    shuffle: str = ""

    def note(self, *call: object) -> None:
        self.ran.append(call)
        delay = random.Random(f"{self.shuffle}{call}").random() if self.shuffle else 1
        if delay < 0.4:
            time.sleep(delay / 1000)  # only to shuffle the order of what happens


def digit(*parts: object) -> int:
    """A digit of any values, the same in each process."""
    return random.Random(repr(parts)).randrange(10)


class Composer:
    """Composes one random graph; its steps write down on a tape what they do."""

    def __init__(self, seed: object, tape: Tape) -> None:
        self.random, self.tape, self.names, self.seed = random.Random(str(seed)), tape, 0, seed

    def named(self, kind: str, *args: Any) -> Any:
        """A call of a new step."""
        self.names += 1
        name, tape = f"{self.seed}.{self.names}", self.tape

        def work(*xs: Any) -> int:
            tape.note(name, *xs)
            return digit(name, xs)

        def frail(*xs: Any) -> int:
            tape.note(name, *xs)
            if digit(name, xs) % 3 == 0:
                tape.failed = True
                raise (Boom, Bang)[digit(xs) % 2](name, *xs)
            return digit(name, xs)

        def span(x: int) -> list[int]:
            tape.note(name, x)
            return [x + at for at in range(digit(name, x) % 4)]

        def caught(error: Exception) -> int:
            tape.note(name, *error.args)
            return digit(name, error.args)

        kinds: dict[str, Callable[..., Any]] = {"work": work, "frail": frail, "span": span, "caught": caught}
        return step(kinds[kind])(*args)

    def lines(self, scope: list[Any], depth: int, most: int) -> Any:
        """Some lines, and the last of them or a call of several."""
        scope = list(scope)
        for _ in range(self.random.randint(1, most)):
            scope.append(self.line(scope, depth))
        return scope[-1] if self.random.random() < 0.5 else self.named("work", *self.random.sample(scope, 3))

    def line(self, scope: list[Any], depth: int) -> Any:
        """A random node."""
        pick = self.random.choice
        kinds: list[tuple[int, Callable[[], Any]]] = [
            (6, lambda: self.named(pick(["work", "work", "frail"]), *self.random.sample(scope, 2))),
            (4, lambda: self.switch(scope, depth)),
            (4, lambda: self.recover(scope, depth)),
            (4, lambda: self.fan_out(scope, depth)),
            (1, lambda: iterate(lambda x: self.lines([x, *scope], depth - 1, 2), pick(scope), limit=2)),
            (1, lambda: self.expand(scope, depth)),
            (1, lambda: gather(*self.random.sample(scope, 3)).map(sum)),
        ]
        weights, makers = zip(*kinds, strict=True)
        return (makers[0] if depth <= 0 else self.random.choices(makers, weights)[0])()

    def either(self, scope: list[Any], depth: int, most: int) -> Any:
        """A node that is there already, or new lines."""
        return self.random.choice(scope) if self.random.random() < 0.35 else self.lines(scope, depth - 1, most)

    def switch(self, scope: list[Any], depth: int) -> Any:
        cases = {key: self.either(scope, depth, 2) for key in range(4)}
        return switch(self.random.choice(scope), cases, default=self.either(scope, depth, 2))

    def recover(self, scope: list[Any], depth: int) -> Any:
        def handler(error: Any) -> Any:
            seen = self.named("caught", error)
            return seen if self.random.random() < 0.5 else self.lines([seen, *scope], depth - 1, 2)

        return recover(self.either(scope, depth, 3), handler, on=self.random.choice([Boom, Bang, Exception]))

    def fan_out(self, scope: list[Any], depth: int) -> Any:
        items = self.named("span", self.random.choice(scope))
        return fan_out(lambda x: self.lines([x, *scope], depth - 1, 3), items).map(sum)

    def expand(self, scope: list[Any], depth: int) -> Any:
        seed, tape = f"{self.seed}.{self.random.random()}", self.tape
        known = tuple(self.random.sample(scope, 2))

        def grow(value: int, known: Any = known) -> Any:
            return Composer(f"{seed}.{value}", tape).lines([const(value), *known], depth - 1, 2)

        return expand(self.random.choice(scope), grow)


def composed(seed: int, tape: Tape) -> Node[Any]:
    """The random graph of a seed."""
    node: Node[Any] = Composer(seed, tape).lines([const(1), const(2), const(5)], 3, 6)
    return node


def ended(work: Callable[[], Any]) -> tuple[str, str]:
    """How a call ends."""
    try:
        return "value", repr(work())
    except (Boom, Bang) as error:
        return type(error).__name__, repr(error.args)


@pytest.mark.parametrize("block", range(8))
def test_no_schedule_changes_the_answer(block: int) -> None:
    """25 seeds a block: values, errors, and what ran are as the definition says; nothing runs twice."""
    for seed in range(25 * block, 25 * block + 25):
        tape = Tape()
        expected = ended(lambda: reference(lower(composed(seed, tape))))
        wanted, tape = Counter(tape.ran), Tape()
        assert ended(lambda: run(composed(seed, tape))) == expected, f"inline, seed {seed}"
        assert Counter(tape.ran) == wanted, f"inline, seed {seed}: what ran"
        for name, executor in CONCURRENT.items():
            tape = Tape(shuffle=f"{seed}{name}")
            node = composed(seed, tape)
            assert ended(lambda: value_of(node, executor)) == expected, f"{name}, seed {seed}"
            assert not wanted - Counter(tape.ran), f"{name}, seed {seed}: something did not run"
            extra = Counter(tape.ran) - wanted
            assert not [call for call in extra if call in wanted], f"{name}, seed {seed}: something ran twice"


def test_the_random_graphs_reach_what_they_are_for() -> None:
    ends = Counter(ended(lambda: run(composed(seed, Tape())))[0] for seed in range(200))
    assert ends["value"] >= 50
    assert ends["Boom"] >= 10
    assert ends["Bang"] >= 10


# Failures.


@pytest.mark.parametrize("workers", [1, 4])
def test_the_error_of_a_fan_out_is_that_of_the_first_failing_element(workers: int) -> None:
    failing, begun = 300, []

    def work(x: int) -> int:
        begun.append(x)
        if x < failing:
            time.sleep(random.Random(x).random() / 2000)  # only to shuffle
            return x
        raise Boom(x)

    with pytest.raises(Boom) as caught:
        value_of(fan_out(step(work), list(range(2000))), Threads(workers))
    assert caught.value.args == (failing,)
    assert set(begun) >= set(range(failing + 1))
    assert len(begun) <= failing + 1 + workers
