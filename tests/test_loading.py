"""Optional parts are loaded by name, and what is missing is said with the command that installs it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from dataflow.errors import MissingExtraError
from dataflow.loading import load


def test_a_module_that_is_there_is_imported() -> None:
    assert load("json") is sys.modules["json"]
    assert load("xml.dom", extra="anything") is sys.modules["xml.dom"]


@pytest.mark.parametrize("module", ["no_such_package", "no_such_package.inside.it"])
def test_a_missing_package_is_an_error_with_the_way_out(module: str) -> None:
    with pytest.raises(
        MissingExtraError, match=r"'no_such_package': pip install 'typed-dataflow\[progress\]'"
    ) as caught:
        load(module, extra="progress")
    assert isinstance(caught.value.__cause__, ModuleNotFoundError)


def test_without_an_extra_it_is_the_import_error_itself() -> None:
    with pytest.raises(ModuleNotFoundError) as caught:
        load("no_such_package")
    assert type(caught.value) is ModuleNotFoundError


def test_a_missing_package_of_the_package_is_its_own_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package is installed but broken: installing the extra would not help."""
    (tmp_path / "broken_extra.py").write_text("import something_it_needs\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="something_it_needs") as caught:
        load("broken_extra", extra="progress")
    assert type(caught.value) is ModuleNotFoundError


def test_a_missing_part_of_an_installed_package_is_its_own_error() -> None:
    with pytest.raises(ModuleNotFoundError) as caught:
        load("json.no_such_part", extra="progress")
    assert type(caught.value) is ModuleNotFoundError
