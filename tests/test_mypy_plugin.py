"""The plugin for mypy as a plugin: its version, its settings. What it says of lines of code is in `test_static.py`."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checkers import CACHE, ROOT, errors_in, output_of

PROGRAM = """
from dataflow import const
node = const(True)
if node:  # the truth of a node
    print(node)
"""


def version(folder: Path) -> str:
    """The version of the plugin in a folder, as mypy sees it."""
    command = [sys.executable, "-c", "from dataflow.mypy_plugin import __version__; print(__version__)"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def test_its_version_is_that_of_all_its_modules(tmp_path: Path) -> None:
    """mypy compares it with that of its cache."""
    shutil.copytree(ROOT / "dataflow", tmp_path / "dataflow", ignore=shutil.ignore_patterns("__pycache__"))
    before = version(tmp_path)
    assert version(tmp_path) == before
    for module in (tmp_path / "dataflow" / "mypy_plugin").glob("*.py"):
        module.write_text(module.read_text() + "\n# changed\n")
        after = version(tmp_path)
        assert after != before
        before = after


@pytest.mark.timeout(180)
@pytest.mark.parametrize(("settings", "lines"), [("", [4]), ('disable_error_code = ["truthy-bool"]', [])])
def test_the_truth_of_a_node_is_an_error_unless_that_check_is_switched_off(
    settings: str, lines: list[int], tmp_path: Path
) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "pyproject.toml").write_text(f'[tool.mypy]\nplugins = ["dataflow.mypy_plugin"]\n{settings}\n')
    options = ["--config-file=pyproject.toml", "--no-error-summary", f"--cache-dir={CACHE / 'static-plugin'}"]
    said = errors_in(output_of(tmp_path, [sys.executable, "-m", "mypy", *options, "program.py"]))
    assert [line.number for line in said] == lines


STEPS = """
from dataflow import step
@step
def half(x: float) -> float:
    return x / 2
half(3.0)
"""

REFUSING = """

def of_step(context: MethodSigContext) -> FunctionLike:
    context.api.fail("Refused", context.context)
    return context.default_signature
"""


@pytest.mark.timeout(300)
def test_a_module_that_was_left_out_is_checked_with_the_plugin_as_it_is_now(tmp_path: Path) -> None:
    """mypy's cache says once for all modules which plugins they were checked with."""
    shutil.copytree(ROOT / "dataflow", tmp_path / "dataflow", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "mypy.ini").write_text("[mypy]\nplugins = dataflow.mypy_plugin\nfollow_imports = silent\n")
    for name in ("one.py", "two.py"):
        (tmp_path / name).write_text(STEPS)

    def refused(*names: str) -> set[str]:
        command = [sys.executable, "-m", "mypy", "--no-error-summary", *names]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return {line.file for line in errors_in(done.stdout)}

    assert refused("one.py", "two.py") == set()
    calls = tmp_path / "dataflow" / "mypy_plugin" / "calls.py"
    calls.write_text(calls.read_text() + REFUSING)
    assert refused("one.py") == {"one.py"}
    assert refused("one.py", "two.py") == {"one.py", "two.py"}


OTHERS = ["-m", "dask.order", "-p", "attr", "-p", "pluggy", "-p", "_pytest"]
"""Code of others: of recursive types, of methods in variables, functions in functions, functions that take functions."""


@pytest.mark.timeout(400)
def test_code_of_others_is_judged_as_it_is_without_the_plugin(tmp_path: Path) -> None:
    settings = 'follow_imports = "silent"\ndisable_error_code = ["truthy-bool"]\n'
    judged: list[str] = []
    for plugins in ("[]", '["dataflow.mypy_plugin"]'):
        (tmp_path / "pyproject.toml").write_text(f"[tool.mypy]\nplugins = {plugins}\n{settings}")
        command = [sys.executable, "-m", "mypy", "--strict", f"--cache-dir={tmp_path / plugins[1:5]}", *OTHERS]
        judged.append(output_of(tmp_path, command))
    said = [[line for line in each.splitlines() if ": error: " in line] for each in judged]
    assert len(said[0]) > 500
    assert said[0] == said[1]


NESTED = """
from dataflow import fan_out, step
@step
def xs() -> list[int]: return [1]
@step
def add(a: int, b: int) -> int: return a + b
@step
def total(of: list[int]) -> int: return sum(of)
total(fan_out(lambda x: add(x, total(fan_out(lambda y: add(y, x), xs()))), xs()))
"""

COUNTING = """
import sys
from mypy import api
from dataflow.mypy_plugin import calls, remembered, reports
count, of_step = 0, calls.of_step
def counted(context):
    global count
    count += 1
    return of_step(context)
calls.of_step = counted
if "forget" in sys.argv:
    remembered.remembered = reports.remembered = lambda what, expression, api, find: find()
said, _, _ = api.run(["--config-file=mypy.ini", "--cache-dir=/dev/null", "nested.py"])
assert said.startswith("Success"), said
print(count)
"""


@pytest.mark.timeout(300)
def test_what_mypy_finds_in_lambdas_is_remembered(tmp_path: Path) -> None:
    """Without it, a call in two lambdas is checked five times as often, and in more of them ever more often."""
    (tmp_path / "nested.py").write_text(NESTED)
    (tmp_path / "mypy.ini").write_text("[mypy]\nplugins = dataflow.mypy_plugin\n")
    counts = [int(output_of(tmp_path, [sys.executable, "-c", COUNTING, word])) for word in ("remember", "forget")]
    assert counts[0] * 3 < counts[1]
