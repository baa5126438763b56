"""The overload families in the modules are those that the script writes."""

from __future__ import annotations

import doctest
import shutil
from pathlib import Path
from typing import get_overloads

import pytest

from dataflow import Flow, Node, Step, fan_out, gather, run, switch, unpack
from dataflow.options import OptionChanges
from dataflow.pipeline import DeploySettings
from tools import overloads
from tools.overloads import CONTAINERS, INDEXED, LIFTED, PACKAGE, REGION, SHARED, TOGETHER, formatted, main, rewritten


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package, to write to."""
    return Path(shutil.copytree(PACKAGE, tmp_path / "dataflow", ignore=shutil.ignore_patterns("__pycache__")))


def outdate(module: Path) -> str:
    """Leave nothing of the families in a module."""
    text = REGION.sub("\\g<indent># overloads: \\g<name>\n\\g<indent># end of overloads\n", module.read_text())
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


def test_the_families_are_as_the_formatter_has_them(package: Path) -> None:
    """In modules and in classes, where there is less room."""
    for module in package.rglob("*.py"):
        if REGION.search(module.read_text()):
            outdate(module)
    assert main([], package) == 0
    for module in package.rglob("*.py"):
        if REGION.search(text := module.read_text()):
            assert formatted(text) == text


def test_the_examples_of_the_script_are_right() -> None:
    failed, attempted = doctest.testmod(overloads)
    assert (failed, attempted > 5) == (0, True)


def test_there_is_an_overload_for_each_number_of_arguments() -> None:
    assert len(get_overloads(Step.__call__)) == 2 * LIFTED + len(CONTAINERS) + 5
    assert len(get_overloads(Step.map)) == 2 * SHARED + 1
    assert len(get_overloads(fan_out)) == 2 * SHARED + 1 + 6
    assert len(get_overloads(Flow.run)) == len(get_overloads(Flow.submit)) == 2 * LIFTED
    assert len(get_overloads(gather)) == TOGETHER + 3
    assert len(get_overloads(unpack)) == TOGETHER + 1
    assert len(get_overloads(run)) == TOGETHER + 1
    assert len(get_overloads(Node.__getitem__)) == INDEXED + 4
    assert len(get_overloads(switch)) == 12


def test_the_keywords_are_those_of_the_typed_dicts() -> None:
    assert overloads.OPTIONS.keys() == OptionChanges.__annotations__.keys()
    assert overloads.SETTINGS.keys() == DeploySettings.__annotations__.keys()
