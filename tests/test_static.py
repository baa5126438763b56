"""Type checkers accept what is right and refuse what is wrong, line by line.

Each line of `static/good_*.py` and `static/bad_*.py` that ends in `# ok: case` must have no error, and each that ends
in `# err: case` must have one. What a checker cannot see is listed with its reason in `static/known.json`; what it
sees after all must be taken off that list.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import pytest

FOLDER: Final = Path(__file__).parent / "static"
ROOT: Final = FOLDER.parent.parent
FILES: Final = sorted(FOLDER.glob("good_*.py")) + sorted(FOLDER.glob("bad_*.py"))
TAG: Final = re.compile(r"^(?P<code>.*?)  # (noqa: \w+  # )?(?P<tag>ok|err): (?P<case>.+)$")
MYPY_ERROR: Final = re.compile(r"^(?P<file>\w+\.py):(?P<line>\d+): error: (?P<message>.*)$")


class Line(NamedTuple):
    """A line of one of the files."""

    file: str
    number: int


class Tagged(NamedTuple):
    """What a tagged line says of itself."""

    code: str
    wrong: bool


def tagged(file: str, text: str) -> dict[Line, Tagged]:
    """The tagged lines of a file.

    >>> tagged("good.py", "half(3.0)  # ok: literal")
    {Line(file='good.py', number=1): Tagged(code='half(3.0)', wrong=False)}
    """
    found = ((Line(file, at), TAG.match(line)) for at, line in enumerate(text.splitlines(), 1))
    return {line: Tagged(tag["code"].strip(), tag["tag"] == "err") for line, tag in found if tag}


def misjudged(tags: Mapping[Line, Tagged], errors: Mapping[Line, str]) -> dict[str, str]:
    """The code that a checker judges in another way than its tag, and code without a tag that has an error.

    >>> tags = tagged("bad.py", "half('3')  # err: literal")
    >>> misjudged(tags, {})
    {"half('3')": 'bad.py:1: no error'}
    >>> misjudged(tags, {Line("bad.py", 1): "a str is no float", Line("bad.py", 2): "what is this"})
    {'bad.py:2': 'bad.py:2: what is this'}
    """
    lines = {line for line, tag in tags.items() if tag.wrong != (line in errors)} | (errors.keys() - tags.keys())
    return {
        tags[line].code if line in tags else f"{line.file}:{line.number}": (
            f"{line.file}:{line.number}: {errors.get(line, 'no error')}"
        )
        for line in sorted(lines)
    }


def output_of(arguments: Iterable[str]) -> str:
    """What a checker says; one that ends in another way than with or without errors has crashed."""
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=FOLDER,
        env={**os.environ, "MYPYPATH": f"{FOLDER}{os.pathsep}{ROOT}", "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    assert "INTERNAL ERROR" not in done.stdout + done.stderr
    return done.stdout


def mypy() -> dict[Line, str]:
    """The errors of `mypy --strict`, without the settings and the plugin of this project."""
    names = [file.name for file in FILES]
    cache = f"--cache-dir={ROOT / '.mypy_cache' / 'static'}"
    options = ["--strict", "--config-file=", "--no-error-summary", "--explicit-package-bases", cache]
    text = output_of(["mypy", *options, "vocabulary.py", *names])
    found = [MYPY_ERROR.match(line) for line in text.splitlines()]
    return {Line(error["file"], int(error["line"])): error["message"] for error in found if error}


def pyright() -> dict[Line, str]:
    """The errors of pyright in strict mode."""
    text = output_of(["pyright", "--outputjson", "--project", ".", "--pythonpath", sys.executable])
    report = json.loads(text[text.index("{") :])
    assert report["summary"]["filesAnalyzed"] > len(FILES)
    return {
        Line(Path(error["file"]).name, error["range"]["start"]["line"] + 1): error["message"]
        for error in report["generalDiagnostics"]
        if error["severity"] == "error"
    }


CHECKERS: Final[dict[str, Callable[[], dict[Line, str]]]] = {"mypy": mypy, "pyright": pyright}


@pytest.mark.timeout(180)
@pytest.mark.parametrize("checker", CHECKERS)
def test_a_checker_judges_each_line_as_it_says(checker: str) -> None:
    tags = {line: tag for file in FILES for line, tag in tagged(file.name, file.read_text()).items()}
    known = {
        code
        for entry in json.loads((FOLDER / "known.json").read_text())
        if checker in entry["checkers"]
        for code in entry["lines"]
    }
    found = misjudged(tags, CHECKERS[checker]())
    new = {code: why for code, why in found.items() if code not in known}
    assert not new, "\n".join(new.values())
    gone = sorted(known - found.keys())
    assert not gone, f"{checker} sees these after all, take them off known.json: {gone}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_has_lines_that_tell_apart(file: Path) -> None:
    tags = tagged(file.name, file.read_text())
    assert len(tags) > 20
    assert {tag.wrong for tag in tags.values()} == {file.name.startswith("bad")}
    assert len({tag.code for tag in tags.values()}) == len(tags)


@pytest.mark.parametrize("file", sorted(FOLDER.glob("good_*.py")), ids=lambda file: file.name)
def test_a_good_file_runs(file: Path) -> None:
    command = [sys.executable, "-W", "error", file.name]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=FOLDER, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
