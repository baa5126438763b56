"""Five type checkers over tagged files: what each says, line by line.

A tag at the end of a line says what every checker should do with it:

    half(node)      # ok: node by position      the line must have no error
    half(wrong)     # err: wrong node           the line must have an error
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parent.parent
CACHE: Final = ROOT / ".mypy_cache"
TAG: Final = re.compile(r"^(?P<code>.*?)  # (noqa: \w+  # )?(?P<tag>ok|err): (?P<case>.+)$")
ERROR: Final = re.compile(r"^(?:ERROR )?(?P<file>\w+\.py):(?P<line>\d+)(?::[-\d:]*)? ?(?:error\S*)? ?(?P<message>.*)$")


class Line(NamedTuple):
    """A line of one of the files."""

    file: str
    number: int


class Tagged(NamedTuple):
    """What a tagged line says of itself."""

    code: str
    wrong: bool


Errors = dict[Line, str]


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


def output_of(folder: Path, command: Sequence[str]) -> str:
    """What a checker says; one that ends in another way than with or without errors has crashed."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={
            **os.environ,
            "MYPYPATH": f"{folder}{os.pathsep}{ROOT}",
            "PYTHONPATH": str(ROOT),
            "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    text = done.stdout + done.stderr
    assert done.returncode in (0, 1), text
    assert "INTERNAL ERROR" not in text
    assert "panicked" not in text
    return done.stdout


def errors_in(text: str) -> Errors:
    """The errors in a report of a line each.

    >>> errors_in("a.py:3: error: wrong\\na.py:4: note: why\\nERROR b.py:1:2-3: bad\\nc.py:5:6: error[rule] worse")
    {Line(file='a.py', number=3): 'wrong', Line(file='b.py', number=1): 'bad', Line(file='c.py', number=5): 'worse'}
    """
    found = [ERROR.match(line) for line in text.splitlines() if "note:" not in line and "warning[" not in line]
    return {Line(error["file"], int(error["line"])): error["message"] for error in found if error}


def tool(name: str) -> str:
    """The path of a program that is installed beside this Python."""
    return str(Path(sys.executable).parent / name)


def mypy(folder: Path, names: Sequence[str]) -> Errors:
    """The errors of `mypy --strict`, without the settings of this project."""
    return mypy_of(sys.executable, folder, names, config="", cache=CACHE / folder.name)


def mypy_with_plugin(folder: Path, names: Sequence[str]) -> Errors:
    """The same with the plugin of dataflow."""
    return mypy_of(sys.executable, folder, names, config="mypy_plugin.ini", cache=CACHE / f"{folder.name}-plugin")


def mypy_of(python: str, folder: Path, names: Sequence[str], *, config: str, cache: Path) -> Errors:
    """The errors of the mypy that some Python has."""
    options = ["--strict", f"--config-file={config}", "--no-error-summary", "--explicit-package-bases"]
    return errors_in(output_of(folder, [python, "-m", "mypy", *options, f"--cache-dir={cache}", *names]))


def pyright(folder: Path, names: Sequence[str]) -> Errors:
    """The errors of pyright in strict mode."""
    command = [sys.executable, "-m", "pyright", "--outputjson", "--project", ".", "--pythonpath", sys.executable]
    text = output_of(folder, command)
    report = json.loads(text[text.index("{") :])
    assert report["summary"]["filesAnalyzed"] >= len(names)
    return {
        Line(Path(error["file"]).name, error["range"]["start"]["line"] + 1): error["message"]
        for error in report["generalDiagnostics"]
        if error["severity"] == "error"
    }


def ty(folder: Path, names: Sequence[str]) -> Errors:
    """The errors of ty, with every rule on."""
    where = ["--python", sys.prefix, "--python-version", "3.11"]
    where += ["--extra-search-path", str(folder), "--extra-search-path", str(ROOT)]
    text = output_of(folder, [tool("ty"), "check", "--output-format", "concise", "--error", "all", *where, *names])
    return errors_in(text)


def pyrefly(folder: Path, names: Sequence[str]) -> Errors:
    """The errors of pyrefly, in its strict preset."""
    where = ["--python-interpreter-path", sys.executable, "--search-path", str(folder), "--search-path", str(ROOT)]
    options = ["--output-format", "min-text", "--preset", "strict", "--python-version", "3.11", *where]
    return errors_in(output_of(folder, [tool("pyrefly"), "check", *options, *names]))


def zuban(folder: Path, names: Sequence[str]) -> Errors:
    """The errors of zuban, in the mode that is like `mypy --strict`."""
    options = ["--strict", "--no-error-summary", "--config-file", str(folder / "zuban.ini")]
    return errors_in(output_of(folder, [tool("zuban"), "mypy", *options, *names]))


Checker = Callable[[Path, Sequence[str]], Errors]

CHECKERS: Final[Mapping[str, Checker]] = {
    "mypy with the plugin": mypy_with_plugin,
    "mypy": mypy,
    "pyright": pyright,
    "ty": ty,
    "pyrefly": pyrefly,
    "zuban": zuban,
}
