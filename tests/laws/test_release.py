"""Law 10: a value is dropped after its last reader has run."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataflow import Node, cond, const, expand, fan_out, flow, fold, gather, iterate, recover, run, step
from dataflow.executors.base import Executor
from tests.laws.executors import COMPILED, MACHINE, each_executor, examples
from tests.patience import eventually

LENGTH = 1000
PATIENCE = 20.0


class Big:
    """Stands for an array; counts the living."""

    lock = threading.Lock()
    alive = most = 0

    def __init__(self) -> None:
        with Big.lock:
            Big.alive += 1
            Big.most = max(Big.most, Big.alive)

    def __del__(self) -> None:
        with Big.lock:
            Big.alive -= 1


@step
def make(x: Any) -> Big:
    return Big()


@step
def number(x: Any) -> int:
    return 1


def most_allowed(executor: Executor) -> int:
    """Three; a worker of a ThreadPoolExecutor lets go of a call, its argument and its result, only after it is done."""
    return 3 + 2 * getattr(getattr(executor, "pool", None), "_max_workers", 0)


def none_is_left() -> bool:
    """Whether all values go away without the help of the garbage collector, once workers have let go of them."""
    deadline = time.monotonic() + PATIENCE
    while Big.alive and time.monotonic() < deadline:
        time.sleep(0.001)
    return Big.alive == 0


@pytest.fixture(autouse=True)
def count_anew() -> Iterator[None]:
    gc.collect()
    gc.freeze()  # what there was before is not looked through each time
    Big.alive = Big.most = 0
    yield
    gc.unfreeze()
    gc.collect()


@each_executor
def test_a_chain(executor: Executor) -> None:
    """A chain of 1,000 values holds at most three, and none afterwards."""
    node: Node[Any] = make(0)
    for _ in range(LENGTH):
        node = make(node)
    run(number(node), executor=executor)
    assert Big.most <= most_allowed(executor)
    assert none_is_left()


lines = st.lists(st.lists(st.integers(0, 9), max_size=3), min_size=1, max_size=12)
"""For each node, how far back the nodes are that it reads."""


@step
def make_and_look(at: int, alive: list[tuple[int, int]], *read: Any) -> Big:
    made = Big()
    alive.append((at, Big.alive))
    return made


@pytest.mark.parametrize("inline", [MACHINE, COMPILED], ids=["machine", "function"])
@examples(100)
@given(reads=lines)
def test_inline_drops_each_value_after_its_last_reader(inline: Executor, reads: list[list[int]]) -> None:
    """When the k-th node runs, the values alive are its own, and those that it or a later node reads."""
    alive: list[tuple[int, int]] = []
    seen, nodes, readers = step(lambda: alive)(), list[Node[Any]](), dict[int, int]()
    for at, back in enumerate(reads):
        sources = {at - 1 - far for far in back if far < at}
        nodes.append(make_and_look(at, seen, *[nodes[source] for source in sources]))
        readers.update(dict.fromkeys(sources, at))
    run(number(gather([node for at, node in enumerate(nodes) if at not in readers])), executor=inline)
    last = [readers.get(at, len(reads)) for at in range(len(reads))]
    assert alive == [(at, 1 + sum(reader >= at for reader in last[:at])) for at in range(len(reads))]
    assert none_is_left()


@each_executor
@examples(15)
@given(reads=lines, flag=st.booleans())
def test_after_any_run_nothing_is_left(executor: Executor, reads: list[list[int]], flag: bool) -> None:
    """Whichever of branches, guards and bodies reads a value, it is dropped when the run is over."""
    nodes: list[Node[Any]] = [make(0)]
    for at, back in enumerate(reads):
        shared = [nodes[-1 - far % len(nodes)] for far in back] or [nodes[0]]
        kinds: list[Callable[[], Node[Any]]] = [
            lambda: make(shared),
            lambda: cond(const(flag), make(shared[0]), make(shared[-1])),
            lambda: recover(number(shared[0])["no number has items"], lambda error: make(shared[-1])),
            lambda: fan_out(lambda x: make([x, shared[0]]), shared)[0],
            lambda: iterate(lambda x: make([x, shared[0]]), shared[-1], limit=2),
            lambda: expand(shared[0], lambda x: make(const(x))),
        ]
        nodes.append(kinds[(at + sum(back)) % len(kinds)]())
    run(number(nodes[-1]), executor=executor)
    assert eventually(lambda: gc.collect() >= 0 and Big.alive == 0), "a caught error is a cycle with its traceback"


@each_executor
def test_the_rounds_of_a_loop(executor: Executor) -> None:
    """iterate and fold hold at most three states."""
    run(number(iterate(make, const(0), limit=LENGTH)), executor=executor)
    assert Big.most <= most_allowed(executor)
    run(number(fold(lambda done, x: make(done), range(LENGTH), 0)), executor=executor)
    assert Big.most <= most_allowed(executor)
    assert none_is_left()


@each_executor
def test_a_chain_in_a_branch_a_guard_a_body_and_a_growth(executor: Executor) -> None:
    """Inside combinators values are dropped as outside."""

    @flow
    def chain(x: Node[Any]) -> Node[Any]:
        for _ in range(100):
            x = make(x)
        return number(x)

    for node in (
        cond(const(True), chain(const(0)), const(1)),
        recover(chain(const(0)), lambda error: const(1)),
        fan_out(chain, [1]),
        expand(const(0), lambda x: chain(const(x))),
        chain(cond(const(True), make(0), const(1))),
        cond(const(True), cond(const(True), chain(make(0)), const(1)), const(1)),
    ):
        Big.most = 0
        run(node, executor=executor)
        assert Big.most <= most_allowed(executor)
        assert none_is_left()


@each_executor
def test_what_elements_made_on_the_way(executor: Executor) -> None:
    """The intermediate values of 300 elements live while their element is worked on, not until all are done."""
    run(fan_out(lambda x: number(make(make(x))), range(300)), executor=executor)
    assert Big.most <= 64
    assert none_is_left()


@each_executor
def test_a_chain_of_fan_outs_drops_the_lists_before(executor: Executor) -> None:
    """Of 20 fan-outs of 10 values one after the other, the lists of at most three live."""
    node: Node[Any] = const(range(10))
    for _ in range(20):
        node = fan_out(make, node)
    run(number(node), executor=executor)
    assert Big.most <= 27 + most_allowed(executor)
    assert none_is_left()


@each_executor
def test_a_value_lives_while_somebody_may_read_it(executor: Executor) -> None:
    """A value that is read early and late is there both times; branches and bodies may be the late reader."""
    kept = make(0)
    seen: list[int] = []

    @step
    def look(value: Any, after: Any = None) -> int:
        assert isinstance(value, Big)
        seen.append(Big.alive)
        return 1

    early = look(kept)
    late = [
        cond(const(True), look(kept, early), const(0)),
        fan_out(lambda x: look(kept, x), [early, early]),
        recover(look(kept, early), lambda error: const(0)),
        cond(const(True), fan_out(lambda x: cond(const(True), look(kept, x), const(0)), [early]), const(0)),
    ]
    run(gather(*late), executor=executor)
    assert len(seen) == 6
    assert none_is_left()


@each_executor
def test_after_an_error_nothing_is_held(executor: Executor) -> None:
    """Once the error is dropped, so is everything; the error itself holds no values of the run but its own step's."""

    @step
    def bad(x: Any) -> int:
        raise KeyError("bad")

    values = [make(at) for at in range(5)]
    with pytest.raises(KeyError):
        run(gather(*values, bad(0), bad(values[0])), executor=executor)
    assert eventually(lambda: gc.collect() >= 0 and Big.alive == 0), "threads of a pool may still be on their way out"


@step
def refuse(*values: Any) -> int:
    raise KeyError(len(values))


@step
def handle(error: Exception) -> int:
    gc.collect()  # an error that was caught is a cycle with its traceback, where it went through a pool
    return 1


@each_executor
def test_a_step_that_fails_was_a_reader_too(executor: Executor) -> None:
    """What steps read that failed, and were recovered from, is dropped as if they had not."""
    node: Node[Any] = const(0)
    for _ in range(50):
        node = recover(refuse(make(node)), handle)
    run(node, executor=executor)
    assert Big.most <= most_allowed(executor)
    assert eventually(lambda: gc.collect() >= 0 and none_is_left()), "a caught error is a cycle with its traceback"


@each_executor
def test_steps_that_do_not_run_for_an_error_were_readers_too(executor: Executor) -> None:
    """So is what would have been read by steps that never ran, as an argument of theirs had failed."""
    node: Node[Any] = const(0)
    for _ in range(50):
        big = make(node)
        node = recover(number([big, number([big, refuse(big)])]), handle)
    run(node, executor=executor)
    assert Big.most <= most_allowed(executor)
    assert eventually(lambda: gc.collect() >= 0 and none_is_left()), "a caught error is a cycle with its traceback"


@each_executor
def test_steps_that_are_not_wanted_any_more_were_readers_too(executor: Executor) -> None:
    """What was made in an attempt for steps after the one that failed is dropped with the attempt."""
    node: Node[Any] = const(0)
    for _ in range(50):
        node = recover(gather(refuse(node), number(make(node))), handle)
    run(node, executor=executor)
    assert Big.most <= most_allowed(executor) + 1
    assert eventually(lambda: gc.collect() >= 0 and none_is_left()), "a caught error is a cycle with its traceback"


@each_executor
def test_a_run_that_has_failed_drops_values_on_its_way_to_the_first_error(executor: Executor) -> None:
    """What comes before a failure goes on, and holds no more than it would without."""
    node: Node[Any] = make(0)
    for _ in range(LENGTH):
        node = make(node)
    with pytest.raises(KeyError):
        run(gather(number(node), refuse()), executor=executor)
    assert Big.most <= most_allowed(executor)
    assert eventually(lambda: gc.collect() >= 0 and none_is_left()), "threads of a pool may still be on their way out"


@each_executor
def test_each_run_of_a_stream_drops_values_on_its_way(executor: Executor) -> None:
    """As many runs as are in flight hold three each, in a stream that ends and in one that is left."""

    @flow
    def chain(x: Node[Any]) -> Node[Any]:
        for _ in range(20):
            x = make(x)
        return number(x)

    with chain.deploy(executor, max_in_flight=2) as pipeline:
        assert list(pipeline.stream(range(30))) == [1] * 30
        for _ in pipeline.stream(range(30)):
            break
        assert Big.most <= 2 * most_allowed(executor)
    assert none_is_left()


@each_executor
def test_a_pipeline_holds_no_values_between_calls(executor: Executor) -> None:
    """Neither inputs nor results stay in a pipeline."""

    @flow
    def through(x: Node[Any]) -> Node[Any]:
        return make(make(x))

    with through.deploy(executor) as pipeline:
        for _ in range(5):
            pipeline.call(Big())
            gc.collect()
            assert none_is_left()
        held = pipeline.submit(Big())
        held.result(PATIENCE)
        del held
        gc.collect()
        assert none_is_left()
