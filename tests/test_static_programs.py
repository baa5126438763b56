"""Whole programs are clean in every type checker, and a wire that is cut wrongly is an error in each.

`static/realistic/triage.py` mixes all kinds of steps. Each of the `CUTS` puts one wrong wire into it. What a checker
does not see is listed in `MISSED`, with the reason; what it sees after all must be taken off that list.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.checkers import CHECKERS, ROOT

STATIC: Final = ROOT / "tests" / "static"
PROGRAM: Final = STATIC / "realistic" / "triage.py"
EXAMPLES: Final = sorted(path for path in (ROOT / "examples").glob("*.py") if path.name != "digits.py")
"""All but the one on scikit-learn, which has no types: strict checkers name each line that it touches."""

CUTS: Final[dict[str, tuple[str, str]]] = {
    "a node of another type": ("words(text_of(message), shortest=2)", "words(message, shortest=2)"),
    "arguments swapped": ("model(found, vector) for model in", "model(vector, found) for model in"),
    "an argument missing": ("second_opinion(message, vector)", "second_opinion(message)"),
    "an argument too many": ("features(found, 0.5)", "features(found, 0.5, vector)"),
    "an unknown keyword": (
        'letters(by_sender(answers), sign="-- the team")',
        'letters(by_sender(answers), signed="-")',
    ),
    "a keyword left out": ('letters(by_sender(answers), sign="-- the team")', "letters(by_sender(answers))"),
    "a value of another type": ("sure(first, threshold)", 'sure(first, "0.6")'),
    "a step instead of its result": ("language(words(text_of(message)))", "language(words)"),
    "a constructor's argument": ("bind(SlowModel, bias=0.75)", 'bind(SlowModel, bias="high")'),
    "a constructor of a class step": ("max_concurrency=2)(Kind.OUTAGE,", 'max_concurrency=2)("outage",'),
    "a test that is no bool": ("cond(sure(first, threshold), first,", "cond(kind_of(first), first,"),
    "a predicate of another type": ("until=long_enough, limit=20", "until=sure, limit=20"),
    "a body of another type": ("fan_out(safely, lines)", "fan_out(classified, lines)"),
    "items that are none": ("fan_out(safely, lines)", "fan_out(safely, const(3))"),
    "an initial value of another type": ("fold(tally, answers, Summary(0, 0))", "fold(tally, answers, 0)"),
    "a handler of another error": (
        "recover(answered(parse(checked(line))), apology, on=UnreadableError)",
        "recover(answered(parse(checked(line))), apology, on=KeyError)",
    ),
    "a key of another type": (".case(Kind.OUTAGE, translator(const", '.case("outage", translator(const'),
    "a result of another type": (
        "def safely(line: In[str]) -> Node[Answer]:",
        "def safely(line: In[str]) -> Node[Message]:",
    ),
    "a flow's argument": ("answered(parse(checked(line)))", "answered(checked(line))"),
    "a run's argument": ("here = triage.run(LINES)", "here = triage.run(3)"),
    "a call's argument": ("pipeline.call(LINES)", "pipeline.call(LINES) + 1"),
    "a node used as a value": ("features(found, 0.5)", "features(found, len(found))"),
}
MISSED: Final[dict[str, dict[str, str]]] = {}
ALARMS: Final[dict[str, dict[str, str]]] = {
    "pyright": {"serve_on_ray.py": "what ray.serve.deployment returns has no types"},
    "zuban": {"cholesky.py": "it takes what numpy.linalg.solve returns for Any"},
}
"""Whole programs in which a checker has errors that are not about dataflow."""


def folder_with(tmp_path: Path, programs: dict[str, str]) -> Path:
    """A folder with programs, and the settings of the checkers."""
    for name in ("mypy_plugin.ini", "zuban.ini"):
        shutil.copy(STATIC / name, tmp_path / name)
    settings = json.loads((STATIC / "pyrightconfig.json").read_text())
    (tmp_path / "pyrightconfig.json").write_text(json.dumps({**settings, "extraPaths": [str(ROOT)]}))
    for name, text in programs.items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.timeout(180)
@pytest.mark.parametrize("checker", CHECKERS)
def test_whole_programs_are_clean_and_each_wire_that_is_cut_is_an_error(checker: str, tmp_path: Path) -> None:
    text = PROGRAM.read_text()
    names = {f"cut_{at:02}.py": cut for at, cut in enumerate(CUTS)}
    cut = {name: text.replace(*CUTS[what]) for name, what in names.items()}
    whole = {path.name: path.read_text() for path in [PROGRAM, *EXAMPLES]}
    folder = folder_with(tmp_path, cut | whole)
    errors = CHECKERS[checker](folder, [*cut, *whole])
    alarms = {line: why for line, why in errors.items() if line.file in whole}
    assert {line.file for line in alarms} == ALARMS.get(checker, {}).keys(), alarms
    seen = {line.file for line in errors}
    assert {names[name] for name in cut if name not in seen} == MISSED.get(checker, {}).keys()


@pytest.mark.parametrize("cut", CUTS)
def test_a_cut_changes_one_place(cut: str) -> None:
    right, wrong = CUTS[cut]
    assert PROGRAM.read_text().count(right) == 1
    assert right != wrong


def test_the_program_runs() -> None:
    done = subprocess.run([sys.executable, "-W", "error", str(PROGRAM)], cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
