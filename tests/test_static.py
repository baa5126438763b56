"""Type checkers accept what is right and refuse what is wrong, line by line.

Each line of `static/good_*.py` and `static/bad_*.py` that ends in `# ok: case` must have no error, and each that ends
in `# err: case` must have one. What a checker cannot see is listed in `static/known.json`, with the reason and what to
write instead; what it sees after all must be taken off that list. The list is also the table of `docs/typing.md`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest

from tests.checkers import CHECKERS, ROOT, Line, Tagged, misjudged, mypy_of, mypy_with_plugin, tagged
from tests.golden.samples import golden

FOLDER: Final = Path(__file__).parent / "static"
FILES: Final = sorted(FOLDER.glob("good_*.py")) + sorted(FOLDER.glob("bad_*.py"))
NAMES: Final = ["vocabulary.py", *[file.name for file in FILES]]
KNOWN: Final[list[dict[str, Any]]] = json.loads((FOLDER / "known.json").read_text())
TAGS: Final[dict[Line, Tagged]] = {
    line: tag for file in FILES for line, tag in tagged(file.name, file.read_text()).items()
}


@pytest.mark.timeout(180)
@pytest.mark.parametrize("checker", CHECKERS)
def test_a_checker_judges_each_line_as_it_says(checker: str) -> None:
    known = {code for entry in KNOWN for code, checkers in entry["lines"].items() if checker in checkers}
    found = misjudged(TAGS, CHECKERS[checker](FOLDER, NAMES))
    new = {code: why for code, why in found.items() if code not in known}
    assert not new, "\n".join(new.values())
    gone = sorted(known - found.keys())
    assert not gone, f"{checker} sees these after all, take them off known.json: {gone}"


@pytest.mark.timeout(180)
def test_the_plugin_judges_the_same_with_a_warm_cache_and_with_none(tmp_path: Path) -> None:
    fresh = mypy_of(sys.executable, FOLDER, NAMES, config="mypy_plugin.ini", cache=tmp_path)
    warm = mypy_of(sys.executable, FOLDER, NAMES, config="mypy_plugin.ini", cache=tmp_path)
    none = mypy_of(sys.executable, FOLDER, NAMES, config="mypy_plugin.ini", cache=Path(os.devnull))
    assert misjudged(TAGS, fresh) == {}
    assert fresh == warm == none


@pytest.mark.timeout(180)
def test_the_plugin_works_on_the_oldest_mypy_too(tmp_path: Path) -> None:
    python = ROOT / ".venv" / "oldest" / "bin" / "python"
    if not python.exists():
        pytest.skip("`make unit` installs it")
    errors = mypy_of(str(python), FOLDER, NAMES, config="mypy_plugin.ini", cache=tmp_path)
    assert misjudged(TAGS, errors) == {}


def test_with_the_plugin_nothing_is_known_to_fail() -> None:
    assert not [entry for entry in KNOWN for checkers in entry["lines"].values() if "mypy with the plugin" in checkers]


def test_there_are_many_lines_of_each_kind() -> None:
    count = Counter(tag.wrong for tag in TAGS.values())
    assert min(count.values()) >= 250
    exact = [tag for tag in TAGS.values() if tag.code.startswith("assert_type(")]
    assert len(exact) >= 200


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_has_lines_that_tell_apart(file: Path) -> None:
    tags = tagged(file.name, file.read_text())
    assert len(tags) > 20
    assert {tag.wrong for tag in tags.values()} == {file.name.startswith("bad")}
    assert len({tag.code for tag in tags.values()}) == len(tags)
    assert all(tag.code.strip("()[]{},") for tag in tags.values())  # checkers report the line where a call begins


@pytest.mark.parametrize("file", sorted(FOLDER.glob("good_*.py")), ids=lambda file: file.name)
def test_a_good_file_runs(file: Path) -> None:
    command = [sys.executable, "-W", "error", file.name]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=FOLDER, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_plugins_messages_name_the_argument_the_step_and_what_was_expected() -> None:
    errors = mypy_with_plugin(FOLDER, NAMES)
    said = [f"{TAGS[line].code}\n    {errors[line]}\n" for line in sorted(TAGS) if TAGS[line].wrong]
    assert "".join(said) == golden("plugin_messages.txt", "".join(said))


def table() -> str:
    """What each checker cannot see, as a table for people."""
    cells = [[row["what"], _checkers(row), row["why"], row["instead"]] for row in KNOWN]
    rows = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in each)} |" for each in cells]
    return "\n".join(["| what | in | why | write instead |", "|---|---|---|---|", *rows])


def _checkers(row: dict[str, Any]) -> str:
    found = {checker for checkers in row["lines"].values() for checker in checkers}
    return ", ".join(checker for checker in CHECKERS if checker in found)


def test_the_typing_page_has_the_table_of_what_cannot_be_seen() -> None:
    assert table() in (ROOT / "docs" / "typing.md").read_text()
