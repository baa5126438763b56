"""The overload families in the modules are those that the script writes."""

from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import get_overloads

import pytest

from dataflow import Flow, Step, gather, run, unpack
from dataflow.options import OptionChanges
from dataflow.pipeline import DeploySettings
from tools import overloads
from tools.overloads import FAMILIES, LIFTED, PACKAGE, REGION, TOGETHER, main, overload, rewritten


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package, to write to."""
    return Path(shutil.copytree(PACKAGE, tmp_path / "dataflow", ignore=shutil.ignore_patterns("__pycache__")))


def outdate(module: Path) -> str:
    """Leave nothing of the families in a module."""
    text = REGION.sub("# overloads: \\g<name>\n# end of overloads\n", module.read_text())
    module.write_text(text)
    return text


def test_the_modules_are_up_to_date() -> None:
    assert main(["--check"]) == 0


def test_check_names_a_module_that_is_not_and_leaves_it(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = outdate(package / "run.py")
    assert main(["--check"], package) == 1
    message = capsys.readouterr().err
    assert str(package / "run.py") in message
    assert "step.py" not in message
    assert (package / "run.py").read_text() == text


def test_rewriting_brings_a_module_up_to_date(package: Path) -> None:
    outdate(package / "run.py")
    assert main([], package) == 0
    assert (package / "run.py").read_text() == (PACKAGE / "run.py").read_text()
    assert main(["--check"], package) == 0


def test_rewriting_twice_is_rewriting_once() -> None:
    for module in PACKAGE.rglob("*.py"):
        once = rewritten(module.read_text())
        assert rewritten(once) == once


def test_a_family_that_stands_nowhere_is_refused(package: Path) -> None:
    (package / "run.py").write_text("")
    with pytest.raises(LookupError, match="these overloads: run"):
        main([], package)


def test_a_family_that_there_is_not_is_refused() -> None:
    with pytest.raises(KeyError, match="nope"):
        rewritten("# overloads: nope\n# end of overloads\n")


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_is_as_the_formatter_has_it(family: str) -> None:
    text = "".join(FAMILIES[family]())
    indent = "    " if text.startswith(" ") else ""
    whole = f"class Owner:\n{text}" if indent else text
    command = [sys.executable, "-m", "ruff", "format", f"--line-length={overloads.LINE_LENGTH}", "-"]
    done = subprocess.run(command, input=whole, capture_output=True, text=True, check=True)
    assert done.stdout == whole


def test_an_overload_is_on_one_line_as_long_as_it_fits() -> None:
    room = overloads.LINE_LENGTH - len("def f(x: , /) -> int: ...")
    fits, over = overload("f", [f"x: {'A' * room}", "/"], "int"), overload("f", [f"x: {'A' * (room + 1)}", "/"], "int")
    assert [len(line) for line in fits.splitlines()] == [len("@overload"), overloads.LINE_LENGTH]
    assert over == textwrap.dedent(f"""\
        @overload
        def f(
            x: {"A" * (room + 1)}, /
        ) -> int: ...
        """)


def test_there_is_an_overload_for_each_number_of_arguments() -> None:
    assert len(get_overloads(Step.__call__)) == 2 * LIFTED
    assert len(get_overloads(Flow.run)) == len(get_overloads(Flow.submit)) == 2 * LIFTED
    assert len(get_overloads(gather)) == TOGETHER + 3
    assert len(get_overloads(unpack)) == TOGETHER + 1
    assert len(get_overloads(run)) == TOGETHER + 1


def test_the_keywords_are_those_of_the_typed_dicts() -> None:
    assert overloads.OPTIONS.keys() == OptionChanges.__annotations__.keys()
    assert overloads.SETTINGS.keys() == DeploySettings.__annotations__.keys()
