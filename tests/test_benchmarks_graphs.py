"""Every graph that is measured has the value that its formula says, on dataflow, by hand, and on each installed peer."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from benchmarks import hand
from benchmarks.dynamic import DYNAMIC
from benchmarks.graphs import TRIVIAL, chain
from benchmarks.numeric import NUMERIC
from benchmarks.peers.base import NAMES, Missing, Peer, load
from benchmarks.taskbench import PATTERNS, Grid, workload
from benchmarks.tasks import INPUT, Task, Workload, equals
from benchmarks.wiring import compiled, run_once, wired
from dataflow import Inline, Threads, deploy

GRAPHS: dict[str, Callable[[], Workload]] = {
    **{f"{name} of {size}": partial(made, size) for name, made in TRIVIAL.items() for size in (12, 57)},
    **NUMERIC,
    **{f"Task Bench {name}": partial(lambda name: workload(Grid(name, 6, 8), 64), name) for name in PATTERNS},
}
PEERS = [peer for peer in map(load, NAMES) if isinstance(peer, Peer)]

every_graph = pytest.mark.parametrize("graph", GRAPHS)


@every_graph
def test_dataflow_gives_the_value(graph: str) -> None:
    made = GRAPHS[graph]()
    made.check(run_once(made))
    made.check(run_once(made, Threads(2)))


@every_graph
def test_it_gives_the_value_compiled(graph: str) -> None:
    made = GRAPHS[graph]()
    with deploy(wired(made), Inline()) as pipeline:
        made.check(compiled(partial(pipeline.call, *made.inputs))())


@every_graph
def test_what_is_written_by_hand_gives_the_value(graph: str) -> None:
    made = GRAPHS[graph]()
    made.check(hand.straight(made)(made.start))
    made.check(hand.looped(made)(made.start))
    with ThreadPoolExecutor(2) as pool:
        made.check(hand.pooled(made, pool)(made.start))


@pytest.mark.filterwarnings("default")  # what peers warn of is theirs
@pytest.mark.parametrize("peer", PEERS, ids=operator.attrgetter("name"))
def test_peers_give_the_value(peer: Peer) -> None:
    for graph, make in GRAPHS.items():
        made = make()
        if made.size <= min(peer.largest, 80):
            run = peer.build(made, 2)
            made.check(run())
            try:
                made.check(run())
            except AssertionError as error:  # say which graph
                raise AssertionError(f"{peer.name}, {graph}, run again: {error}") from error


def test_there_is_a_file_for_each_peer_and_a_wrong_name_is_no_missing_peer() -> None:
    assert all(isinstance(load(name), Peer | Missing) for name in NAMES)
    with pytest.raises(ModuleNotFoundError):
        load("nosuch")


def test_a_peer_that_is_not_installed_is_missing_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def import_module(name: str) -> Any:
        raise ModuleNotFoundError("No module named 'tawazi'", name="tawazi")

    monkeypatch.setattr("importlib.import_module", import_module)
    assert load("tawazi") == Missing("tawazi", "tawazi")


@pytest.mark.parametrize("name", DYNAMIC)
def test_graphs_that_depend_on_values_give_what_loops_and_ifs_give(name: str) -> None:
    made = DYNAMIC[name]()
    assert made.hand(made.start) == made.expected
    for executor in (Inline(), Threads(2)):
        with deploy(made.node, executor) as pipeline:
            assert pipeline.call(made.start) == made.expected


@pytest.mark.parametrize("graph", ["chain of 12", "fft", "Task Bench spread"])
def test_a_wrong_value_is_refused(graph: str) -> None:
    made = GRAPHS[graph]()
    right = hand.looped(made)(made.start)
    wrong = right + 1 if isinstance(right, int) else (*right[1:], right[0])
    with pytest.raises(AssertionError):
        made.check(wrong)


def test_arguments_in_another_order_show() -> None:
    """Bodies tell their arguments apart, where they have several: else a system that swaps them would pass."""
    for graph in ("merge sort", "fft", "Task Bench stencil_1d"):
        made = GRAPHS[graph]()
        swapped = tuple(Task(task.fn, task.reads[::-1], task.literals) for task in made.tasks)
        value = hand.looped(Workload("swapped", swapped, made.check))(made.start)
        with pytest.raises(AssertionError):
            made.check(value)


@pytest.mark.parametrize(("steps", "width"), [*itertools.product((1, 2, 5, 9), (1, 2, 3, 8))])
def test_patterns_of_task_bench_as_its_paper_has_them(steps: int, width: int) -> None:
    def reads(pattern: str) -> dict[tuple[int, int], list[int]]:
        grid = Grid(pattern, steps, width)
        return {(t, p): grid.reads(t, p) for t in range(steps) for p in grid.points(t)}

    def among(t: int, wanted: set[int]) -> list[int]:
        return sorted(q for q in wanted if t and 0 <= q < width)

    places = list(itertools.product(range(steps), range(width)))
    assert reads("trivial") == {(t, p): [] for t, p in places}
    assert reads("no_comm") == {(t, p): among(t, {p}) for t, p in places}
    assert reads("stencil_1d") == {(t, p): among(t, {p - 1, p, p + 1}) for t, p in places}
    assert reads("all_to_all") == {(t, p): among(t, set(range(width))) for t, p in places}
    assert reads("nearest") == reads("stencil_1d")  # with a radix of 3
    periodic = {(t, p): among(t, {(p + k) % width for k in (-1, 0, 1)}) for t, p in places}
    assert reads("stencil_1d_periodic") == periodic
    assert all(set(found) <= {p - 1, p, p + 1} for (_, p), found in reads("random_nearest").items())
    assert all(found == [p // 2] for (t, p), found in reads("tree").items() if t)
    assert all(set(found) <= {p - 1, p} for (_, p), found in reads("dom").items())


PINNED = {
    "trivial": (256, 0x5E365E00B522D400),
    "no_comm": (256, 0x52D37F69B82FB60),
    "stencil_1d": (706, 0xEFF31EBAC20E02E4),
    "stencil_1d_periodic": (736, 0x784A6D0C16254940),
    "dom": (121, 0xF3C3E1A0755E04F8),
    "tree": (310, 0x226B1720A5F2B7DC),
    "fft": (632, 0x6565BDCFDDC66BA8),
    "all_to_all": (3856, 0xD34850D8A5BA3738),
    "nearest": (706, 0xEFF31EBAC20E02E4),
    "spread": (736, 0x4C00DE40FB3E1D90),
    "random_nearest": (366, 0xA10653D0CA38DC64),
}
"""Edges and values of grids of 16 x 16 that were compared with Task Bench's own definitions, point by point."""


@pytest.mark.parametrize("pattern", PATTERNS)
def test_patterns_stay_those_of_task_bench(pattern: str) -> None:
    made = workload(Grid(pattern, 16, 16))
    assert (sum(len(task.reads) for task in made.tasks), hand.looped(made)(made.start)) == PINNED[pattern]


def test_inputs_are_those_that_are_read() -> None:
    assert chain(2).inputs == (1,)
    assert NUMERIC["fft"]().inputs == ()
    assert Workload("none", (Task(int, ()),), equals(0)).inputs == ()
    assert INPUT < 0


def test_bare_threads_call_each_body_once() -> None:
    called: list[int] = []
    tasks = tuple(Task(called.append, (), (at,)) for at in range(7))
    hand.unscheduled(Workload("seven", tasks, equals(None)), 3)()
    assert sorted(called) == list(range(7))
