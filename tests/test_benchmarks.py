"""`python -m benchmarks`: all of it at least once, small; what it writes, reads and refuses."""

from __future__ import annotations

import doctest
import importlib
import importlib.util
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

import benchmarks
from benchmarks.__main__ import main
from benchmarks.goals import GOALS
from benchmarks.machine import ROOT
from benchmarks.measure import QUICK
from benchmarks.peers.base import NAMES, Missing
from benchmarks.record import Results, Row, from_json, to_json
from benchmarks.suite import ELSEWHERE, TOPICS, ran
from benchmarks.topics import inline, metg, peers, threads
from benchmarks.topics.base import Found, LeftOut, Settings
from dataflow import Input

HERE = [topic for topic in TOPICS if topic not in ELSEWHERE]


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what `--quick` writes."""
    folder = tmp_path_factory.mktemp("quick")
    files = [f"--{kind}={folder / name}" for kind, name in (("out", "r.json"), ("plot", "r.svg"), ("page", "r.md"))]
    assert main([*HERE, "--quick", *files]) == 0
    return folder


@pytest.mark.timeout(300)
@pytest.mark.filterwarnings("default")  # what peers warn of is theirs
def test_quick_measures_every_goal_and_ends_with_0(quick: Path) -> None:
    found = from_json((quick / "r.json").read_text())
    elsewhere = {"P6", "P7", "P8", "P9"}  # on Ray
    assert {row.goal for row in found.rows if row.goal} == set(GOALS) - elsewhere
    assert {row.topic for row in found.rows} == set(HERE)
    assert len({row.key for row in found.rows}) == len(found.rows)
    assert all(min(row.judged) >= 0 for row in found.rows)
    assert {curve.plot for curve in found.curves} >= {peers.PLOT, "composed and run once", "efficiency, stencil_1d"}


@pytest.mark.timeout(300)
def test_quick_writes_a_page_with_its_plot(quick: Path) -> None:
    assert "](r.svg)" in (quick / "r.md").read_text()
    assert (quick / "r.svg").read_text().startswith("<?xml")


@pytest.mark.timeout(300)
def test_results_are_shown_again_and_compared(quick: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written = quick / "r.json"
    assert main([f"--read={written}", f"--compare={written}"]) == 0
    shown = capsys.readouterr().out
    assert "pipeline.call of 4 steps" in shown
    assert "slower" not in shown


@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed")
@pytest.mark.timeout(300)
def test_quick_on_ray(tmp_path: Path) -> None:
    """In a process of its own: it starts a Ray, and other tests have one."""
    command = [sys.executable, "-m", "benchmarks", "ray", "--quick", f"--out={tmp_path / 'r.json'}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = from_json((tmp_path / "r.json").read_text())
    assert {row.goal for row in found.rows} == {"P6", "P7", "P8"}
    assert all(row.reference for row in found.rows)


def test_what_got_slower_is_named_and_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    steady = tuple(1 + k / 1000 for k in range(9))
    old = Results("", {}, (), (Row("inline", "chain", steady, steady, "by hand"),))
    new = attrs.evolve(old, rows=(attrs.evolve(old.rows[0], ours=tuple(2 * each for each in steady)),))
    for name, results in (("old", old), ("new", new)):
        (tmp_path / name).write_text(to_json(results))
    assert main([f"--read={tmp_path / 'new'}", f"--compare={tmp_path / 'old'}"]) == 1
    assert "slower  x 2.00  chain" in capsys.readouterr().out
    assert main([f"--read={tmp_path / 'old'}", f"--compare={tmp_path / 'new'}"]) == 0


@pytest.mark.parametrize("given", [["nosuch"], ["inline", "--peers=nosuch"]])
def test_unknown_names_are_refused(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(given)
    assert "'nosuch'" in capsys.readouterr().err


def test_there_is_a_topic_for_each_name() -> None:
    for name in TOPICS:
        assert importlib.util.find_spec(f"benchmarks.topics.{name}") is not None
    for name in NAMES:
        assert importlib.util.find_spec(f"benchmarks.peers.{name}") is not None


class _Topic:
    """A topic that yields what it is made with, then fails."""

    def __init__(self, *found: Found) -> None:
        self.found = found

    def measure(self, settings: Settings) -> Iterator[Found]:
        yield from self.found
        raise ZeroDivisionError("oh")


def test_a_topic_that_fails_keeps_what_it_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = Row("inline", "chain", (1.0,))
    monkeypatch.setattr("importlib.import_module", lambda name: _Topic(kept))
    found = ran(["inline"], Settings(QUICK), "")
    assert found.rows == (kept,)
    assert found.left_out == ("topic inline failed: ZeroDivisionError: oh",)
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert main(["inline", "--quick"]) == 1


def test_a_topic_whose_package_is_missing_is_left_out_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def import_module(name: str) -> Any:
        raise ModuleNotFoundError("No module named 'ray'", name="ray")

    monkeypatch.setattr("importlib.import_module", import_module)
    assert ran(["ray"], Settings(QUICK), "").left_out == ("topic ray: ray is not installed",)


def test_peers_that_are_missing_are_left_out_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (inline, metg, peers):
        monkeypatch.setattr(module, "load", lambda name: Missing(name, "gone"))
    found = list(peers.measure(Settings(QUICK, ("dask",))))
    assert found == [LeftOut("peer dask: gone is not installed")]
    assert list(inline.once(Settings(QUICK))) == [LeftOut("P2: dask is not installed")]
    assert LeftOut("P5 against dask: dask is not installed") in list(metg.measure(Settings(QUICK)))


def test_a_wrong_answer_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "wired", lambda workload: Input(int, "start").map(lambda x: x - 1))
    with pytest.raises(AssertionError):
        next(threads.measure(Settings(QUICK)))


def test_its_doctests_run() -> None:
    tried = 0
    for module in pkgutil.walk_packages(benchmarks.__path__, "benchmarks."):
        if ".peers." in module.name or ".topics." in module.name or module.name.endswith(("__main__", "cluster")):
            continue
        found = doctest.testmod(importlib.import_module(module.name))
        assert not found.failed, module.name
        tried += found.attempted
    assert tried + doctest.testmod(threads).attempted > 8
