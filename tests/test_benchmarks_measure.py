"""Timing in turn, METG of curves that are known, processes of their own, and what is told of the machine."""

from __future__ import annotations

import gc
import itertools
import math
from pathlib import Path

import pytest

from benchmarks import machine, processes
from benchmarks.machine import Clock, described, others, pinned
from benchmarks.measure import QUICK, Effort, agreeing, in_turn, repeated, undisturbed
from benchmarks.metg import Point, metg, point


def test_works_are_done_in_turn_and_every_other_round_in_reverse() -> None:
    done: list[str] = []
    works = [lambda: done.append("a"), lambda: done.append("b")]
    taken = in_turn(works, Effort(rounds=3, most=3, seconds=0.0))
    assert done == ["a", "b", "b", "a", "a", "b"]
    assert [len(each) for each in taken] == [3, 3]
    assert all(seconds >= 0 for each in taken for seconds in each)


def test_rounds_go_on_while_there_is_time_but_not_for_ever() -> None:
    assert len(in_turn([int], Effort(rounds=2, most=5, seconds=60.0))[0]) == 5
    assert len(in_turn([int], Effort(rounds=2, most=5, seconds=0.0))[0]) == 2


def test_the_collector_is_off_meanwhile_and_on_afterwards() -> None:
    with undisturbed():
        assert not gc.isenabled()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    with pytest.raises(ZeroDivisionError):
        in_turn([lambda: 1 // 0], QUICK)
    assert gc.isenabled()


def test_repeated_calls_so_often() -> None:
    assert repeated(itertools.count(1).__next__, 4)() == 4


def test_values_that_differ_are_refused() -> None:
    agreeing("one", [lambda: 1, lambda: 1])
    with pytest.raises(AssertionError, match="both: 2 is not 1"):
        agreeing("both", [lambda: 1, lambda: 2])


def test_a_check_sees_the_value_of_each() -> None:
    seen: list[object] = []
    agreeing("both", [lambda: 1, lambda: 2], seen.append)
    assert seen == [1, 2]


@pytest.mark.parametrize("overhead", [1.0, 20.0, 300.0])
def test_metg_of_a_fixed_overhead_is_twice_the_overhead(overhead: float) -> None:
    """A task of b takes b + overhead: half of the time is useful where b is the overhead."""
    bodies = [1.1**k for k in range(-40, 120)]
    points = [point(elapsed=(body + overhead) * 16 / 2, workers=2, tasks=16, body=body) for body in bodies]
    found = metg(points)
    assert found is not None
    assert math.isclose(found, 2 * overhead, rel_tol=0.01)
    assert metg(points[::-1]) == found


def test_metg_of_another_share() -> None:
    bodies = [1.1**k for k in range(100)]
    found = metg([point(body + 10.0, 1, 1, body) for body in bodies], share=0.9)
    assert found is not None
    assert math.isclose(found, 100.0, rel_tol=0.01)


def test_metg_where_nothing_is_efficient_or_all_is() -> None:
    assert metg([]) is None
    assert metg([Point(1.0, 0.1), Point(10.0, 0.4)]) is None
    assert metg([Point(1.0, 0.8), Point(10.0, 0.9)]) == 1.0


def test_metg_counts_the_last_crossing_coming_from_large_tasks() -> None:
    """A small task that was lucky does not make up for larger ones that were not efficient."""
    assert metg([Point(1.0, 0.9), Point(10.0, 0.0), Point(1000.0, 1.0)]) == pytest.approx(100.0)


def test_a_program_prints_json(monkeypatch: pytest.MonkeyPatch) -> None:
    assert processes.printed("benchmarks.programs.imported") == []
    with pytest.raises(RuntimeError, match="nosuch"):
        processes.printed("benchmarks.programs.nosuch")


@pytest.mark.parametrize("executor", ["Inline", "Threads"])
def test_programs_count_what_is_alive_and_how_long_it_takes(executor: str) -> None:
    chained = processes.printed("benchmarks.programs.alive", "chain", executor, 10)
    assert 2 <= chained <= 3
    reduced = processes.printed("benchmarks.programs.alive", "reduce", executor, 10)
    assert 1 <= reduced <= 4
    found = processes.printed("benchmarks.programs.scale", executor, 50)
    assert found["seconds"] > 0
    assert found["peak"] >= 0


def test_a_process_takes_time(tmp_path: Path) -> None:
    assert processes.seconds("pass", tmp_path) > 0


def test_a_machine_is_described() -> None:
    found = described(["numpy", "nosuch"])
    assert found["packages"].startswith("numpy ")
    assert "nosuch" not in found["packages"]
    assert int(found["cores"]) >= 1
    assert found["python"]
    assert found["dataflow"].startswith("0.")


def test_what_others_did_is_the_rest_of_the_work() -> None:
    begun, ended = Clock(100.0, 10.0, 5.0), Clock(120.0, 22.0, 13.0)  # 12 s worked in 20 s, 8 s of them ours
    assert others([(begun, ended)])["others"].startswith("other processes took 20% of the machine: it was busy")
    assert "it was quiet" in others([(begun, Clock(120.0, 18.0, 13.0))])["others"]
    assert others([(None, None)]) == {"others": "not known"}
    assert others([]) == {"others": "not known"}


def test_the_clock_runs() -> None:
    found = machine.clock()
    assert found is None or found.whole >= found.worked >= 0


def test_blas_has_one_thread() -> None:
    found = pinned({"PATH": "here", "OMP_NUM_THREADS": "8"})
    assert found["OMP_NUM_THREADS"] == found["OPENBLAS_NUM_THREADS"] == "1"
    assert found["PATH"] == "here"
