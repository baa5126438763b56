"""How much is asked of Ray, counted: few tasks, and no value in the driver that it need not know."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dataflow import INPUT, Batch, Node, Ray, Retry, bind, cond, const, deploy, fan_out, gather, run, step, switch
from dataflow.errors import ClosedError
from dataflow.testing.witness import Witness
from tests.ray import steps
from tests.ray.conftest import CPUS
from tests.ray.counting import Counts, counted
from tests.ray.steps import PLACEMENTS, placed

MB = 1_000_000


def asked(node: Node[Any], executor: Ray | None = None) -> tuple[Any, Counts]:
    """The value of a node, and what it took."""
    executor = executor or Ray()
    with counted() as counts:
        return run(node, executor=executor), counts


def test_a_chain_of_100_functions_is_two_tasks_at_most() -> None:
    value, counts = asked(steps.chain(steps.one, 100, const(0)))
    assert value == 100
    assert 1 <= counts.tasks <= 2
    assert counts.calls == 0


def test_a_fan_out_over_10_000_trivial_elements_is_a_few_tasks() -> None:
    """The fewest of three: a machine that is busy may take a range for an expensive one."""
    found = []
    for _ in range(3):
        value, counts = asked(fan_out(steps.one, const(list(range(10_000)))))
        assert value == list(range(1, 10_001))
        found.append(counts.tasks)
    assert 1 <= min(found) <= 4 * CPUS


def test_fuse_false_sends_each_call_by_itself() -> None:
    _, counts = asked(steps.chain(steps.one, 20, const(0)), Ray(fuse=False))
    assert counts.tasks == 20
    value, counts = asked(fan_out(steps.one, const(list(range(30)))), Ray(fuse=False))
    assert value == list(range(1, 31))
    assert counts.tasks == 30


@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("fuse", [True, False])
def test_arrays_do_not_pass_through_the_driver(placement: str, fuse: bool) -> None:
    """Seven arrays of 10 MB in chains, containers, cases and fan-outs: not a tenth of one is seen here."""
    made, twice, plus, first = (placed(s, placement) for s in (steps.array, steps.twice, steps.plus, steps.first))
    xs = made(10, 1)
    both = plus(twice(xs), twice(xs))
    chosen = cond(steps.same(True), both, made(10, 7))
    listed = steps.picked(gather(chosen, xs), 0)
    each = fan_out(lambda ys: first(twice(ys)), gather([listed, xs]))
    with deploy(gather(first(listed), each), Ray(fuse=fuse)) as pipeline, counted() as counts:
        assert pipeline.call() == (4, [8, 2])
    assert 0 < counts.through < 100_000


def test_a_large_literal_is_put_once() -> None:
    """Whoever reads it, in whichever call, and in the body of a fan-out."""
    large = np.ones(MB // 10)
    reads = [placed(steps.total, placement)(large, INPUT) for placement in PLACEMENTS for _ in range(4)]
    elements = fan_out(lambda x: steps.total(large, x), const([1, 2, 3]))
    with counted() as counts:
        with deploy(gather(gather(reads), elements), Ray()) as pipeline:
            for k in range(5):
                sums, _ = pipeline.call(k)
                assert sums == [MB // 10 + k] * 8
        assert counts.sent < 2.5 * large.nbytes


def test_a_large_argument_is_put_once() -> None:
    large = np.ones(2 * MB // 8)
    made = [placed(steps.total, placement)(INPUT, k) for placement in PLACEMENTS for k in range(4)]
    with deploy(gather(made), Ray(fuse=False)) as pipeline, counted() as counts:
        assert pipeline.call(large) == [MB // 4 + k for _ in PLACEMENTS for k in range(4)]
    assert counts.sent < 1.5 * large.nbytes


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_arrays_are_read_where_they_lie(placement: str) -> None:
    """In shared memory, which nobody may write to."""
    made = placed(steps.array, "actor")(10, 3)
    writeable, file = run(placed(steps.where, placement)(made), executor=Ray())
    assert not writeable
    assert "plasma" in file or "/dev/shm" in file
    value = run(made, executor=Ray())
    assert steps.where.fn(value) == (False, file)


def test_branches_run_at_the_same_time(tmp_path: Any) -> None:
    """Whatever is put together, what could run beside it is not."""
    path = str(tmp_path / "witness")
    source = steps.one(0)
    left = steps.same(steps.meet(path, "left", "right", source))
    right = steps.same(steps.meet(path, "right", "left", source))
    assert run(gather(left, right), executor=Ray()) == (True, True)


def test_expensive_elements_spread() -> None:
    """Elements that take long are worked on by every CPU, though nothing was known of them at first."""
    body = step(lambda x: (steps.slow.fn(0.3, x), steps.process.fn())[1])
    found = run(fan_out(body, const(list(range(8)))), executor=Ray())
    counts = sorted(found.count(pid) for pid in set(found))
    assert len(counts) == CPUS
    assert counts[0] >= 2


def test_what_waits_for_a_replica_travels_together() -> None:
    """200 calls that are submitted at once are far fewer on the wire, each with its own answer."""
    with deploy(bind(steps.Adder, 1)(INPUT), Ray(), max_in_flight=200) as pipeline:
        pipeline.call(0)
        with counted() as counts:
            futures = [pipeline.submit(x) for x in range(200)]
            assert [future.result() for future in futures] == list(range(1, 201))
    assert counts.calls <= 100


def test_large_values_of_calls_that_travel_together_are_told_apart() -> None:
    with deploy(placed(steps.block, "actor")(INPUT), Ray(), max_in_flight=60) as pipeline:
        assert pipeline.call(7)[0] == 7
        with counted() as counts:
            futures = [pipeline.submit(fill) for fill in range(60)]
            assert [int(future.result()[-1]) for future in futures] == list(range(60))
    assert counts.calls < 60


def test_no_more_travel_together_than_batch_says() -> None:
    with deploy(bind(steps.Adder, 1).options(batch=Batch(size=1))(INPUT), Ray(), max_in_flight=50) as pipeline:
        pipeline.call(0)
        with counted() as counts:
            futures = [pipeline.submit(x) for x in range(50)]
            assert [future.result() for future in futures] == list(range(1, 51))
    assert counts.calls == 50


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_calls_wait_for_others_if_batch_says_so(placement: str) -> None:
    """Those of one round are sent as one. It is tried again, since on a busy machine they may be taken for expensive."""
    adder = placed(steps.one, placement, batch=Batch(size=8, wait=0.2))
    found = set()
    with deploy(adder(INPUT), Ray(), max_in_flight=8) as pipeline:
        for _ in range(20):
            with counted() as counts:
                futures = [pipeline.submit(x) for x in range(8)]
                assert [future.result() for future in futures] == list(range(1, 9))
            found.add(counts.calls + counts.tasks)
            if 1 in found:
                break
    assert 1 in found


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_a_call_for_which_no_others_come_is_made(placement: str) -> None:
    adder = placed(steps.one, placement, batch=Batch(size=8, wait=0.1))
    with deploy(placed(steps.one, "actor")(adder(INPUT)), Ray()) as pipeline:
        assert [pipeline.submit(x).result(60) for x in range(3)] == [2, 3, 4]


def test_calls_that_wait_for_others_can_be_cancelled_and_closed() -> None:
    """Nobody waits for what nobody wants."""
    adder = placed(steps.one, "actor", batch=Batch(size=8, wait=3600))
    pipeline = deploy(adder(INPUT), Ray(), max_in_flight=8)
    assert pipeline.submit(0).result(60) == 1  # of which nobody knows yet that it is cheap
    future = pipeline.submit(1)
    assert future.cancel()
    pipeline.close()
    with pytest.raises(ClosedError):
        pipeline.submit(2)


def test_a_fused_step_that_fails_is_named_itself(tmp_path: Any) -> None:
    path = str(tmp_path / "witness")
    node = steps.mark(path, "after", steps.fails(steps.mark(path, "before")))
    with counted() as counts, pytest.raises(LookupError) as caught:
        run(node, executor=Ray())
    assert counts.tasks == 1
    (where,) = caught.value.__notes__
    assert where.startswith("in fails, composed at ")
    assert Witness(path).marks() == ["before"]


def test_a_fused_step_is_retried_itself(tmp_path: Any) -> None:
    """Not the steps before it, in the same task."""
    path = str(tmp_path / "witness")
    flaky = steps.flaky.options(retries=Retry(2, on=(LookupError,)))
    node = steps.mark(path, "after", flaky(path, 2, steps.mark(path, "before")))
    value, counts = asked(node)
    assert value == "after"
    assert counts.tasks == 1
    assert Witness(path).marks() == ["before", "try", "try", "try", "after"]


def test_a_switch_in_a_fan_out_stays_on_the_worker() -> None:
    """The elements' routes are decided where they are."""
    routed = fan_out(
        lambda x: switch(steps.parity(x), {"even": steps.double(x), "odd": steps.one(x)}), const(list(range(1000)))
    )
    value, counts = asked(routed)
    assert value == [2 * x if x % 2 == 0 else x + 1 for x in range(1000)]
    assert counts.tasks <= 8 * CPUS
