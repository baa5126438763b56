"""Runs on several workers: no schedule changes the answer, and none hangs."""

from __future__ import annotations

import asyncio
import gc
import random
import threading
import time
import weakref
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import attrs
import pytest

from dataflow import (
    INPUT,
    Futures,
    Inline,
    Node,
    Retry,
    Threads,
    bind,
    cond,
    const,
    deploy,
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
from dataflow.errors import ClosedError, NestedRunError, StepTimeoutError
from dataflow.events import Event, StepStarted
from dataflow.executors.base import Executor
from dataflow.lower import lower
from dataflow.testing.reference import reference
from tests.patience import DEADLINE, Gate, closing, eventually, within

CONCURRENT = ("one thread", "threads", "pool")


@pytest.fixture
def executor(request: pytest.FixtureRequest) -> Iterator[Executor]:
    """An executor by name, with a pool of its own."""
    before.update(threading.enumerate())
    with pool_of(3) as pool:
        made: dict[str, Executor] = {
            "inline": Inline(),
            "one thread": Threads(1),
            "threads": Threads(4),
            "pool": Futures(pool),
        }
        yield made[request.param]
    before.clear()


before: set[threading.Thread] = set()
each = pytest.mark.parametrize("executor", ["inline", *CONCURRENT], indirect=True)
concurrent = pytest.mark.parametrize("executor", CONCURRENT, indirect=True)


@contextmanager
def pool_of(size: int) -> Iterator[ThreadPoolExecutor]:
    """A pool whose end does not wait for what hangs."""
    pool = ThreadPoolExecutor(size)
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


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


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPoolExecutor]:
    with pool_of(3) as made:
        yield made


@pytest.mark.parametrize("block", range(8))
def test_no_schedule_changes_the_answer(block: int, pool: ThreadPoolExecutor) -> None:
    """25 seeds a block: values and errors are as the definition says; what ran too, where nothing failed."""
    for seed in range(25 * block, 25 * block + 25):
        tape = Tape()
        expected = ended(lambda: reference(lower(composed(seed, tape))))
        wanted, failed, tape = Counter(tape.ran), tape.failed, Tape()
        assert ended(lambda: run(composed(seed, tape))) == expected, f"inline, seed {seed}"
        assert Counter(tape.ran) == wanted, f"inline, seed {seed}: what ran"
        for name, executor in (("one thread", Threads(1)), ("threads", Threads(4)), ("pool", Futures(pool))):
            tape = Tape(shuffle=f"{seed}{name}")
            node = composed(seed, tape)
            assert ended(lambda: value_of(node, executor)) == expected, f"{name}, seed {seed}"
            assert not wanted - Counter(tape.ran), f"{name}, seed {seed}: something did not run"
            in_vain = Counter(tape.ran) - wanted  # before it was known that something earlier fails
            assert failed or not in_vain, f"{name}, seed {seed}: more ran than the answer needs"


def test_the_random_graphs_reach_what_they_are_for() -> None:
    ends = Counter(ended(lambda: run(composed(seed, Tape())))[0] for seed in range(200))
    assert ends["value"] >= 50
    assert ends["Boom"] >= 10
    assert ends["Bang"] >= 10


# Failures.


@pytest.mark.parametrize("workers", [1, 4])
def test_the_error_of_a_fan_out_is_that_of_the_first_element_that_fails(workers: int) -> None:
    failing = 300
    begun: list[int] = []

    def work(x: int) -> int:
        begun.append(x)
        if x >= failing:
            raise Boom(x)
        time.sleep(random.Random(x).random() / 2000)  # earlier elements are slower
        return x

    with pytest.raises(Boom) as caught:
        value_of(fan_out(step(work), list(range(2000))), Threads(workers))
    assert caught.value.args == (failing,)
    assert set(begun) >= set(range(failing + 1))
    assert len(begun) <= failing + 1 + workers


@concurrent
def test_an_earlier_element_that_fails_later_is_the_error(executor: Executor) -> None:
    later = threading.Event()

    def work(x: int) -> int:
        if x == 0:
            later.wait(0.05 if executor == Threads(1) else DEADLINE)
            raise Boom("first")
        later.set()
        raise Bang("later")

    with pytest.raises(Boom):
        value_of(fan_out(step(work), [0, 1, 2]), executor)


@each
def test_work_goes_on_after_a_fan_out_that_was_recovered(executor: Executor) -> None:
    def frail(x: int) -> int:
        if x % 7 == 3:
            raise Boom(x)
        return x

    def failed(error: Boom) -> list[int]:
        return list(error.args)

    frail_step: Any = step(frail)
    handler: Any = step(failed)
    node: Any = recover(fan_out(frail_step, list(range(50))), handler)
    for _ in range(3):
        node = fan_out(lambda x: recover(fan_out(frail_step, [x, const(4)]), handler).map(sum), node)
        node = gather(node, node).map(lambda pair: [*pair[0], *pair[1], 10])
    assert value_of(node, executor) == run(node)


@each
def test_once_an_error_is_known_nothing_that_comes_later_starts(executor: Executor) -> None:
    known = threading.Event()
    ran: list[int] = []

    def later(at: int) -> None:
        ran.append(at)
        assert known.wait(DEADLINE)

    future = submit(gather(step(fail_early)(), *[step(later)(at) for at in range(200)]), executor=executor)
    future.add_done_callback(lambda _: known.set())
    assert isinstance(within(lambda: future.exception(DEADLINE)), Boom)
    assert eventually(lambda: idle(executor))
    assert len(ran) <= 3, "those that other workers had begun"


def fail_early(*_: object) -> None:
    """Raise."""
    raise Boom("early")


def idle(executor: Executor) -> bool:
    """Whether an executor works on nothing any more: its threads have ended, its pool's queue is empty."""
    if isinstance(executor, Futures):
        executor.pool.submit(int).result(DEADLINE)  # comes after all that is queued
    own = set(threading.enumerate()) - before
    return not [thread for thread in own if thread.name.startswith("dataflow")]


def noting(ran: list[str]) -> Any:
    """A step that writes its name down, and fails if it is called bad."""

    def noted(name: str, *_: object) -> str:
        ran.append(name)
        if name == "bad":
            raise Boom(name)
        return name

    return step(noted)


@each
def test_a_node_that_two_recovers_share_runs_once_also_if_it_fails(executor: Executor) -> None:
    ran: list[str] = []
    note = noting(ran)
    shared = note("after", note("bad", note("first")))
    handled = [recover(node, lambda error: note("handled", error)) for node in (shared, shared, note("more", shared))]
    assert value_of(gather(handled), executor) == ["handled"] * 3
    assert Counter(ran) == {"first": 1, "bad": 1, "handled": 3}


@each
def test_a_captured_node_that_fails_runs_once_for_all_elements(executor: Executor) -> None:
    ran: list[str] = []
    note = noting(ran)
    captured = note("after", note("bad", note("first")))
    node = fan_out(lambda x: recover(note("use", x, captured), lambda e: note("handled", e)), list(range(6)))
    assert value_of(node, executor) == ["handled"] * 6
    assert Counter(ran) == {"first": 1, "bad": 1, "handled": 6}


@each
def test_a_captured_node_that_several_elements_ask_for_runs_once(executor: Executor) -> None:
    ran: list[str] = []

    def slow(name: str) -> str:
        ran.append(name)
        time.sleep(0.002)  # so that others ask meanwhile
        return name

    odd, even = step(slow)("odd"), step(slow)("even")
    node = fan_out(lambda x: switch(x.map(lambda x: x % 2), {1: odd, 0: even}), list(range(40)))
    assert value_of(node, executor) == ["even", "odd"] * 20
    assert sorted(ran) == ["even", "odd"]


@concurrent
def test_an_op_that_was_put_off_by_a_failure_runs_when_another_branch_needs_it(executor: Executor) -> None:
    """What comes after a failed op in one region may be in another region, which is asked for later."""
    failed = threading.Event()

    def slow() -> int:
        failed.wait(0.05)
        return 1

    def fail() -> None:
        failed.set()
        raise Boom("early")

    def handle(_: object) -> bool:
        time.sleep(0.02)  # so that what was put off has been looked at
        return True

    base = step(slow)()
    bad = step(fail)()
    put_off = step(lambda x: x + 1)(base)
    guarded: Any = recover(gather(bad, put_off), step(handle))
    assert value_of(cond(guarded, step(lambda x: 10 * x)(put_off), const(0)), executor) == 20


# Retries and timeouts.


@each
def test_only_the_errors_of_a_retry_are_tried_again(executor: Executor) -> None:
    tries: Counter[str] = Counter()
    lock = threading.Lock()

    def work(name: str, *errors: type[Exception]) -> int:
        with lock:
            tries[name] += 1
            at = tries[name]
        if at <= len(errors):
            raise errors[at - 1](name)
        return at

    frail = step(retries=Retry(times=2, on=(Boom,)))(work)
    calls = [frail("twice", Boom, Boom), frail("other", Boom, Bang, Boom), frail("thrice", Boom, Boom, Boom)]
    value = value_of(gather([recover(call, lambda e: e.map(repr)) for call in calls]), executor)
    assert value == [3, "Bang('other')", "Boom('thrice')"]
    assert tries == {"twice": 3, "other": 2, "thrice": 3}


@each
def test_a_step_that_takes_too_long_is_an_error_for_its_run_alone(executor: Executor) -> None:
    release = threading.Event()

    def hang(x: int) -> int:
        if x < 0:
            release.wait(DEADLINE)
        return x

    with closing(deploy(step(timeout=0.05)(hang)(INPUT), executor)) as pipeline:
        late, good = pipeline.submit(-1), pipeline.submit(1)
        assert isinstance(late.exception(DEADLINE), StepTimeoutError)
        assert good.result(DEADLINE) == 1
    release.set()


# Cancelling, closing, dropping.


@concurrent
def test_cancelling_a_run_starts_nothing_more_in_it(executor: Executor) -> None:
    gate = Gate()
    ran: list[int] = []
    waiting = step(gate.wait)(0)
    later = [step(lambda at, _: ran.append(at))(at, waiting) for at in range(20)]
    beside = [step(gate.wait)(at) for at in range(1, 20)]
    future = submit(gather(waiting, *later, *beside), executor=executor)
    gate.arrived()
    assert future.cancel()
    assert future.cancelled()
    with pytest.raises(CancelledError):
        future.result(DEADLINE)
    gate.open.set()
    assert eventually(lambda: idle(executor))
    assert ran == []
    assert len(gate.ended) <= 4


@concurrent
def test_cancelling_one_run_leaves_the_others_alone(executor: Executor) -> None:
    gate = Gate()
    with closing(deploy(step(gate.wait)(INPUT).map(lambda x: x + 1), executor)) as pipeline:
        futures = [pipeline.submit(at) for at in range(8)]
        gate.arrived()
        assert [at for at in range(8) if at % 2 and futures[at].cancel()] == [1, 3, 5, 7]
        gate.open.set()
        assert [futures[at].result(DEADLINE) for at in range(0, 8, 2)] == [1, 3, 5, 7]


@concurrent
@pytest.mark.parametrize("end", ["cancel", "fail"])
def test_a_call_that_waits_for_a_replica_is_taken_up_though_those_before_it_are_dead(
    executor: Executor, end: str
) -> None:
    gate = Gate()

    class Server:
        def __call__(self, x: int) -> int:
            gate.wait(x)
            return x

    def fail(x: int) -> int:
        if x in (1, 2):
            raise Boom(x)
        return x

    served = bind(Server)(INPUT)
    node = served if end == "cancel" else gather(step(fail)(INPUT), served).map(lambda pair: pair[1])
    with closing(deploy(node, executor)) as pipeline:
        first = pipeline.submit(0)
        gate.arrived()
        dead = [pipeline.submit(1), pipeline.submit(2)]
        last = pipeline.submit(3)
        if end == "cancel":
            assert all(future.cancel() for future in dead)
        gate.open.set()
        assert first.result(DEADLINE) == 0
        assert last.result(DEADLINE) == 3


@concurrent
def test_closing_lets_the_runs_in_flight_end(executor: Executor) -> None:
    gate = Gate()
    pipeline = deploy(step(gate.wait)(INPUT), executor)
    futures = [pipeline.submit(at) for at in range(6)]
    gate.arrived()
    closing = threading.Thread(target=pipeline.close, daemon=True)
    closing.start()
    gate.open.set()
    closing.join(DEADLINE)
    assert not closing.is_alive()
    assert [future.result(0) for future in futures] == list(range(6))
    pipeline.close()
    with pytest.raises(ClosedError):
        pipeline.submit(1)
    assert eventually(lambda: idle(executor))


@concurrent
def test_a_deployment_that_is_closed_refuses_runs_instead_of_hanging(executor: Executor) -> None:
    """`submit` may come between the check that a pipeline is open and the end of its deployment."""
    pipeline: Any = deploy(INPUT.map(abs), executor)
    assert pipeline.call(-1) == 1
    pipeline._deployment.close()
    with pytest.raises(ClosedError):
        within(lambda: pipeline.submit(1).result(DEADLINE))


@concurrent
def test_a_run_that_is_being_submitted_while_its_deployment_closes_ends_or_is_refused(executor: Executor) -> None:
    deployment: Any = deploy(INPUT.map(abs), executor)._deployment

    class Closing(dict[str, int]):
        def __getitem__(self, name: str) -> int:
            deployment.close()
            return -1

    found = ended_with(lambda: within(lambda: deployment.submit(Closing()).result(DEADLINE)))
    assert found == 1 or isinstance(found, ClosedError)


@concurrent
def test_runs_that_race_with_a_close_end_or_are_refused(executor: Executor) -> None:
    for _ in range(20):
        pipeline: Any = deploy(INPUT.map(abs), executor)
        begun = threading.Semaphore(0)
        outcomes: list[Any] = []

        def call(pipeline: Any = pipeline, outcomes: list[Any] = outcomes, begun: threading.Semaphore = begun) -> None:
            begun.release()
            try:
                while True:
                    outcomes.append(pipeline.submit(-1).result(DEADLINE))
            except (ClosedError, TimeoutError) as error:
                outcomes.append(error)

        callers = [threading.Thread(target=call, daemon=True) for _ in range(3)]
        for caller in callers:
            caller.start()
            begun.acquire()
        within(pipeline.close)
        for caller in callers:
            caller.join(DEADLINE)
        assert [type(each) for each in outcomes if not isinstance(each, int)] == [ClosedError] * 3


@concurrent
@pytest.mark.parametrize("kind", ["plain", "async"])
def test_a_pipeline_may_be_closed_in_a_callback(executor: Executor, kind: str) -> None:
    gate = Gate()
    waiting: Any = step(gate.wait if kind == "plain" else gate.wait_async)
    pipeline = deploy(waiting(INPUT), executor)
    futures = [pipeline.submit(at) for at in range(5)]
    closed = threading.Event()

    def close(_: object) -> None:
        pipeline.close()
        closed.set()

    futures[0].add_done_callback(close)
    gate.open.set()
    assert [future.result(DEADLINE) for future in futures] == list(range(5))
    assert closed.wait(DEADLINE)


@concurrent
def test_dropping_the_last_reference_lets_the_run_in_flight_end(executor: Executor) -> None:
    gate = Gate()
    pipeline: Any = deploy(step(gate.wait)(INPUT).map(lambda x: [x]), executor)
    future, deployment = pipeline.submit(1), weakref.ref(pipeline._deployment)
    gate.arrived()
    del pipeline
    gc.collect()
    gate.open.set()
    assert future.result(DEADLINE) == [1]
    assert eventually(lambda: gc.collect() >= 0 and deployment() is None)
    assert eventually(lambda: idle(executor))


@concurrent
def test_a_callback_that_exits_stops_no_worker(executor: Executor) -> None:
    def leave(_: object) -> None:
        raise SystemExit(3)

    gate = Gate()
    with closing(deploy(step(gate.wait)(INPUT), executor)) as pipeline:
        first = pipeline.submit(0)
        first.add_done_callback(leave)
        gate.open.set()
        assert first.result(DEADLINE) == 0
        assert [pipeline.submit(at).result(DEADLINE) for at in range(10)] == list(range(10))


# Calls from inside.


@each
@pytest.mark.parametrize("kind", ["plain", "async"])
def test_a_step_that_runs_a_node_on_the_same_executor_hangs_nothing(executor: Executor, kind: str) -> None:
    """Where all workers may be waiting for a worker, the wait is refused."""

    def outer(x: int) -> int:
        return int(run(plus_one(x), executor=executor))

    async def outer_async(x: int) -> int:
        value: int = await submit(plus_one(x), executor=executor)
        return value

    plus_one: Any = step(lambda x: abs(x) + 1)
    nested: Any = step(outer if kind == "plain" else outer_async)
    error_or_value = ended_with(lambda: value_of(gather(*[nested(-at) for at in range(6)]), executor))
    assert error_or_value == (1, 2, 3, 4, 5, 6) or isinstance(error_or_value, NestedRunError)
    if not isinstance(executor, Futures):
        assert error_or_value == (1, 2, 3, 4, 5, 6)


def ended_with(work: Callable[[], Any]) -> Any:
    """The value of a call, or the error that refused it."""
    try:
        return work()
    except (NestedRunError, ClosedError) as error:
        return error


@each
@pytest.mark.parametrize("kind", ["function", "instance", "map", "async", "expand"])
def test_a_step_that_calls_the_pipeline_that_it_is_in_hangs_nothing(executor: Executor, kind: str) -> None:
    """Every worker then waits for a run that needs a worker: it must end, or be refused."""
    pipelines: list[Any] = []

    def factorial(n: int) -> int:
        return 1 if n == 0 else n * int(pipelines[0].call(n - 1))

    async def factorial_async(n: int) -> int:
        return 1 if n == 0 else n * int(await pipelines[0].submit(n - 1))

    class Factorial:
        def __call__(self, n: int) -> int:
            return factorial(n)

    nodes: dict[str, Any] = {
        "function": step(factorial)(INPUT),
        "instance": bind(Factorial)(INPUT),
        "map": INPUT.map(factorial),
        "async": step(factorial_async)(INPUT),
        "expand": expand(INPUT, lambda n: const(factorial(n))),
    }
    pipelines.append(deploy(nodes[kind], executor))
    found = ended_with(lambda: within(lambda: pipelines[0].submit(6).result(DEADLINE)))
    assert found == 720 or isinstance(found, NestedRunError)
    within(pipelines[0].close)


# Async steps.


@each
def test_async_steps_of_one_run_give_their_values(executor: Executor) -> None:
    async def later(x: int) -> int:
        await asyncio.sleep(0.001)
        return x + 1

    node = gather(*[step(later)(at) for at in range(40)], *[fan_out(step(later), [at, at]) for at in range(10)])
    assert value_of(node, executor) == (*range(1, 41), *([at + 1, at + 1] for at in range(10)))


def test_async_steps_on_threads_share_a_loop_and_need_no_worker_while_they_wait() -> None:
    met = asyncio.Event()
    loops: set[object] = set()
    inside: list[int] = []

    async def meet(x: int) -> int:
        loops.add(asyncio.get_running_loop())
        inside.append(x)
        if len(inside) == 10:
            met.set()
        await asyncio.wait_for(met.wait(), DEADLINE)
        return x

    assert value_of(gather(*[step(meet)(at) for at in range(10)]), Threads(1)) == tuple(range(10))
    assert len(loops) == 1


@each
def test_futures_are_awaited_inside_a_running_loop(executor: Executor) -> None:
    async def later(x: int) -> int:
        await asyncio.sleep(0)
        return x + 1

    async def main() -> list[int]:
        many = [submit(step(later)(at).map(abs), executor=executor) for at in range(20)]
        return list(await asyncio.wait_for(asyncio.gather(*many), DEADLINE))

    assert asyncio.run(main()) == list(range(1, 21))


@each
def test_an_error_is_awaited_as_itself(executor: Executor) -> None:
    async def fail() -> None:
        raise Boom("async")

    async def main() -> None:
        with pytest.raises(Boom):
            await asyncio.wait_for(submit(step(fail)(), executor=executor), DEADLINE)

    asyncio.run(main())


@concurrent
@pytest.mark.parametrize("kind", ["plain", "async"])
def test_cancelling_the_task_that_awaits_cancels_the_run(executor: Executor, kind: str) -> None:
    gate = Gate()
    ran: list[int] = []
    waiting: Any = step(gate.wait if kind == "plain" else gate.wait_async)

    async def main() -> None:
        record: Any = step(ran.append)
        future = submit(record(waiting(1)), executor=executor)

        async def awaiting() -> object:
            return await future

        task = asyncio.ensure_future(awaiting())
        await asyncio.sleep(0)  # let it begin
        while not gate.come.acquire(blocking=False):
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert future.cancelled()
        gate.open.set()

    asyncio.run(main())
    assert eventually(lambda: idle(executor))
    assert ran == []


@each
def test_an_async_step_may_await_another_run(executor: Executor) -> None:
    async def inner(x: int) -> int:
        await asyncio.sleep(0)
        return x + 1

    async def outer(x: int) -> int:
        value: int = await submit(step(inner)(x), executor=executor)
        return 10 * value

    found = ended_with(lambda: value_of(gather(step(outer)(1), step(outer)(2)), executor))
    assert found == (20, 30) or (isinstance(executor, Futures) and isinstance(found, NestedRunError))


# Observers.


@each
@pytest.mark.parametrize("kind", ["StepStarted", "StepFinished", "StepFailed"])
def test_an_observer_that_raises_fails_the_step_and_hangs_nothing(executor: Executor, kind: str) -> None:
    def observer(event: Event) -> None:
        if type(event).__name__ == kind:
            raise Bang(kind)

    def work(x: int) -> int:
        if x < 0:
            raise Boom(x)
        return x

    future = submit(step(work)(-1 if kind == "StepFailed" else 1), executor=executor, observe=[observer])
    assert isinstance(future.exception(DEADLINE), Bang)


def balanced(events: list[Event]) -> bool:
    """Whether as many calls of each step have ended as have started."""
    started = Counter(event.step for event in events if isinstance(event, StepStarted))
    return started == Counter(event.step for event in events if not isinstance(event, StepStarted))


@each
def test_each_call_that_started_is_told_to_have_ended(executor: Executor) -> None:
    seen = 0
    for seed in range(20):
        events: list[Event] = []
        node = composed(seed, Tape())
        ended(lambda: submit(node, executor=executor, observe=[events.append]).result(DEADLINE))  # noqa: B023
        assert eventually(lambda: balanced(events))  # noqa: B023
        seen += len(events)
    assert seen >= 100


@concurrent
def test_a_call_whose_run_was_cancelled_ends_for_observers_too(executor: Executor) -> None:
    gate = Gate()
    events: list[Event] = []
    future = submit(step(gate.wait)(1), executor=executor, observe=[events.append])
    gate.arrived()
    future.cancel()
    gate.open.set()
    assert eventually(lambda: balanced(events))
    assert len(events) == 2


@each
def test_the_steps_of_a_graph_that_grew_are_observed_too(executor: Executor) -> None:
    seen: list[str] = []

    def grown(x: int) -> int:
        return x

    node = expand(const(3), lambda x: step(grown)(x))
    assert submit(node, executor=executor, observe=[lambda event: seen.append(event.step)]).result(DEADLINE) == 3
    assert seen.count("grown") == 2


# Depth and width, without recursion.


def grow(k: int) -> Node[Any]:
    """A graph that grows so many times, one inside the other."""
    return const("end") if k == 0 else expand(const(k - 1), grow)


inc: Any = step(lambda x, *_: x + 1)


def grow_with_a_step(k: int) -> Node[Any]:
    """The same, and each graph uses a step of the outer ones."""
    return const("end") if k == 0 else expand(inc(k - 2), grow_with_a_step)


def chain(count: int) -> Any:
    """One step after the other."""
    node: Any = const(0)
    for _ in range(count):
        node = inc(node)
    return node


def switches(count: int, node: Any = 0) -> Any:
    """A switch in a case of a switch."""
    for _ in range(count):
        node = switch(const(1), {1: inc(node)}, default=const(-1))
    return node


def recovers(count: int) -> Any:
    """A recover of a recover."""
    node: Any = const(0)
    for _ in range(count):
        node = recover(inc(node), inc)
    return node


def failing_recovers(count: int) -> Any:
    """The innermost fails, and none handles it but the last."""
    node: Any = step(fail_early)()
    for _ in range(count):
        node = recover(inc(node), inc, on=Bang)
    return recover(node, lambda error: error.map(lambda e: e.args[0]))


def checked_switches(count: int) -> Any:
    """A recovered failure far inside: each later start is checked."""
    return switches(count, recover(step(fail_early)(), lambda error: error.map(lambda _: 0)))


SHAPES: list[Any] = [
    pytest.param(chain, 10_000, 10_000, id="chain"),
    pytest.param(lambda count: gather(*[inc(at) for at in range(count)]).map(len), 10_000, 10_000, id="gather"),
    pytest.param(lambda count: fan_out(inc, list(range(count))).map(len), 10_000, 10_000, id="fan-out"),
    pytest.param(lambda count: fan_out(lambda x: x, list(range(count))).map(len), 10_000, 10_000, id="identity"),
    pytest.param(switches, 800, 800, id="switches"),
    pytest.param(recovers, 800, 800, id="recovers"),
    pytest.param(failing_recovers, 800, "early", id="failing"),
    pytest.param(checked_switches, 800, 800, id="checked"),
    pytest.param(lambda count: expand(const(count), grow), 3000, "end", id="expands"),
    pytest.param(lambda count: expand(const(count), grow_with_a_step), 3000, "end", id="expands with steps"),
    pytest.param(lambda count: iterate(inc, 0, limit=count), 3000, 3000, id="rounds"),
]


@each
@pytest.mark.parametrize(("make", "count", "value"), SHAPES)
def test_depth_and_width_are_bounded_by_memory_alone(make: Any, count: int, value: object, executor: Executor) -> None:
    assert value_of(make(count), executor) == value


@pytest.mark.parametrize("make", [switches, recovers, failing_recovers], ids=["switches", "recovers", "failing"])
def test_regions_nest_three_thousand_deep(make: Any) -> None:
    for executor in (Inline(), Threads(2)):
        assert value_of(make(3000), executor) in (3000, "early")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("executor", [Inline(), Threads(2)], ids=["inline", "threads"])
def test_a_chain_of_a_hundred_thousand(executor: Executor) -> None:
    assert within(lambda: submit(chain(100_000), executor=executor).result(), 250) == 100_000


# State of class steps in graphs that grow.


class Counting:
    """How often it was called."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, *_: object) -> int:
        self.count += 1
        return self.count


GROWING: dict[str, Callable[[Any], Any]] = {
    "both inside": lambda counted: expand(const(1), lambda _: expand(counted(1), lambda _: counted(2))),
    "outside and two deep": lambda c: gather(c(1), expand(c(1), lambda _: expand(const(1), lambda _: c(2)))).map(max),
    "one deep and outside": lambda counted: expand(counted(1), lambda _: counted(2)),
}


@each
@pytest.mark.parametrize("make", GROWING.values(), ids=GROWING)
def test_a_class_step_keeps_its_instance_in_graphs_that_grow(executor: Executor, make: Any) -> None:
    counted, other = bind(Counting), bind(Counting)
    assert value_of(make(counted), executor) == reference(lower(make(other)))


@each
def test_a_constructor_may_run_a_graph_with_class_steps(executor: Executor) -> None:
    class Inner:
        def __call__(self, x: int) -> int:
            return x + 1

    class Outer:
        def __init__(self) -> None:
            self.offset = submit(bind(Inner)(4), executor=executor).result(DEADLINE)

        def __call__(self, x: int) -> int:
            return int(x + self.offset)

    assert value_of(bind(Outer)(1), executor) == 6
