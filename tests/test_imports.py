"""What importing costs, and which way imports go."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "dataflow").rglob("*.py"))
LAZY = ["ray", "numpy", "rich", "asyncio", "hypothesis", "dask", "sklearn", "pytest", "multiprocessing"]
"""Optional packages, and parts of the standard library that cost more than all of dataflow."""


def python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=50, cwd=ROOT, check=True
    )
    return done.stdout


def test_importing_dataflow_imports_no_optional_or_slow_package() -> None:
    loaded = python("import sys, dataflow; print(*sys.modules)").split()
    assert "dataflow.flow" in loaded
    assert [name for name in LAZY if name in loaded] == []


def test_neither_does_a_plain_run() -> None:
    code = "import sys, dataflow; assert dataflow.run(dataflow.const(1).map(abs)) == 1; print(*sys.modules)"
    assert [name for name in LAZY if name in python(code).split()] == []


def test_nor_a_run_on_threads() -> None:
    code = """
import sys, dataflow
assert dataflow.run(dataflow.const(1).map(abs), executor=dataflow.Threads(2)) == 1
print(*sys.modules)
"""
    assert [name for name in LAZY if name in python(code).split()] == []


@pytest.mark.parametrize("module", ["errors", "options", "events", "names", "ops", "node", "ir.graph", "plan", "step"])
def test_each_module_can_be_imported_first(module: str) -> None:
    python(f"import dataflow.{module}")


def test_importing_starts_no_threads_and_warns_of_nothing() -> None:
    assert python("import threading, dataflow; print(threading.active_count())").strip() == "1"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "import dataflow"],
        capture_output=True,
        text=True,
        timeout=50,
        cwd=ROOT,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_imports_only_go_down() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    if not linter.exists():
        pytest.skip("import-linter is not installed beside this Python")
    done = subprocess.run(
        [str(linter), "--no-cache"], capture_output=True, text=True, timeout=50, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_imported_inside_a_function(source: Path) -> None:
    """Only `loading` imports while the program runs, by name."""
    tree = ast.parse(source.read_text())
    inside = [
        node.lineno
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert inside == []
