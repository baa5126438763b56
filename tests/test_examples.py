"""Every example runs and prints what it should, on every change."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from dataflow import Inline, Threads
from dataflow.executors.base import Executor
from dataflow.progress import Progress

EXAMPLES = Path(__file__).parent.parent / "examples"

PRINTED = {
    "echo": """\
hello
['one', 'two', 'three']
""",
    "chain": """\
FUNCTION!!!
FUNCTION!
FUNCTION!
""",
    "class_step": """\
deploying
learning 4 words
calling
graph
pipeline
step
zebra
""",
    "ensemble": """\
English
German
French
{'clean': 3, 'Likeness': 6, 'combine': 3}
""",
    "routing": """\
refund 12.50 at once
ask a manager: 990.0
ask an accountant: could not convert string to float: 'unknown'
ask a technician: it is broken
thank you
""",
    "map_reduce": """\
9 a
5 is
3 there
2 value
2 flow
""",
    "loop": """\
1.414214
12.000000
iterate did not end within its limit of 5 rounds; raise the limit=
""",
    "growing": """\
67
294
""",
    "cholesky": """\
21 tiles, as numpy has them
""",
}


@pytest.mark.parametrize("name", PRINTED)
def test_example_prints(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
    assert capsys.readouterr().out == PRINTED[name]


def test_every_example_is_run() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.py")} == {
        *PRINTED,
        "digits",
        "serve_on_ray",
    }  # the last in tests/ray


@pytest.fixture
def digits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The main job as a module; what it writes goes to a temporary folder."""
    pytest.importorskip("sklearn")
    monkeypatch.chdir(tmp_path)
    return runpy.run_path(str(EXAMPLES / "digits.py"))


def test_the_main_job(digits: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    digits["main"](["--executor", "inline", "--rounds", "1"])
    printed = capsys.readouterr().out

    assert printed.startswith("graph(images) -> ")
    assert re.findall(r"right by (.+)", printed) == ["linear", "bayes", "tree", "the ensemble"]
    *models, together = (float(percent) for percent in re.findall(r"([\d.]+)%  right by", printed))
    assert together > max(models) > 90
    one_voice, asked = (int(number) for number in re.findall(r"(\d+)  images (?:read|given)", printed))
    assert one_voice + asked == len(digits["IMAGES"]) - digits["HALF"]
    assert one_voice > asked > 0
    assert re.findall(r"images/s, the same answers: (.+)", printed) == ["by hand", "Inline()"]


def test_the_main_job_is_drawn(digits: dict[str, Any]) -> None:
    drawing = digits["drawn"]().read_text()
    assert drawing.startswith("flowchart")
    for name in ("preprocess", "linear", "bayes", "tree", "SecondOpinion"):
        assert name in drawing


@pytest.mark.parametrize("executor", [Inline(), Threads(2), Threads(8)], ids=repr)
def test_the_main_job_gives_what_is_written_out_by_hand(digits: dict[str, Any], executor: Executor) -> None:
    images = list(digits["IMAGES"][-150:])
    calls = Progress("SecondOpinion")
    readings = digits["read_all"].on(executor, observe=[calls]).run(images)
    assert readings == digits["by_hand"]()(images)
    assert [reading.asked for reading in readings] == [len(set(reading.votes)) > 1 for reading in readings]
    assert calls.counts == {"SecondOpinion": sum(reading.asked for reading in readings)}


def test_the_main_job_runs_on_all_executors_unless_told_otherwise(digits: dict[str, Any]) -> None:
    assert digits["options"]([]) == ([Inline(), Threads(2), Threads(8)], 3)
    assert digits["options"](["--executor", "threads", "--rounds", "5"]) == ([Threads(2), Threads(8)], 5)
