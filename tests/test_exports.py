"""The vocabulary: every public name has one home, a docstring and an example that runs."""

from __future__ import annotations

import doctest
import importlib
import importlib.metadata
import inspect
import pkgutil
import typing
from types import ModuleType
from typing import Any

import pytest

import dataflow

WORDS = """
    step bind Step flow Flow Node In INPUT Input const
    gather unpack fan_out fold cond switch match recover iterate expand
    run submit deploy Future Pipeline Inline Threads Futures Ray
    Graph explain check_types Options Retry Resources Batch
""".split()
VALUES = ("In", "INPUT")
"""A type alias and an object; their documentation stands beside them in their module."""


def modules() -> list[ModuleType]:
    found = pkgutil.walk_packages(dataflow.__path__, "dataflow.")
    return [importlib.import_module(info.name) for info in found if not info.name.endswith("__main__")]


def home_of(word: str) -> str:
    thing = getattr(dataflow, word)
    return "dataflow.node" if word in VALUES else str(thing.__module__)


@pytest.mark.parametrize("word", WORDS)
def test_is_importable_from_dataflow(word: str) -> None:
    assert hasattr(dataflow, word)


def test_the_vocabulary_is_this_and_nothing_else() -> None:
    """A new public name belongs into this list, into the documentation, and nowhere by accident."""
    public = {
        name for name, thing in vars(dataflow).items() if not name.startswith("_") and not inspect.ismodule(thing)
    }
    assert public == set(WORDS)


def test_star_import_gives_the_vocabulary() -> None:
    assert sorted(word for word in dataflow.__all__ if not word.startswith("_")) == sorted(WORDS)


@pytest.mark.parametrize("word", WORDS)
def test_has_one_home(word: str) -> None:
    """The module that defines it; `dataflow` itself defines nothing."""
    home = importlib.import_module(home_of(word))
    assert home is not dataflow
    assert getattr(home, word) is getattr(dataflow, word)


@pytest.mark.parametrize("word", [word for word in WORDS if word not in VALUES])
def test_is_documented_with_an_example_that_runs(word: str) -> None:
    thing = getattr(dataflow, word)
    text = inspect.getdoc(thing)
    assert text
    examples = doctest.DocTestFinder(recurse=False).find(thing, word, module=importlib.import_module(home_of(word)))
    assert sum(len(example.examples) for example in examples) > 0


@pytest.mark.parametrize("word", VALUES)
def test_values_are_documented_where_they_stand(word: str) -> None:
    source = inspect.getsource(importlib.import_module("dataflow.node"))
    after = source.split(f"\n{word}: ", 1)[1]
    assert after.split("\n", 1)[1].startswith('"""')


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.__name__)
def test_every_module_says_what_it_is_for(module: ModuleType) -> None:
    assert module.__doc__


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.__name__)
def test_everything_public_in_a_module_has_a_docstring(module: ModuleType) -> None:
    missing = [
        name
        for name, thing in vars(module).items()
        if not name.startswith("_")
        and (inspect.isclass(thing) or inspect.isfunction(thing))
        and thing.__module__ == module.__name__
        and not thing.__doc__
    ]
    assert missing == []


def test_the_version_is_that_of_the_distribution() -> None:
    assert dataflow.__version__ == importlib.metadata.version("typed-dataflow")


def test_in_is_a_value_or_a_node_of_it() -> None:
    alias: Any = dataflow.In
    assert set(typing.get_args(alias[int])) == {int, dataflow.Node[int]}


@pytest.mark.parametrize("module", ["errors", "options", "testing", "events"])
def test_modules_of_the_vocabulary_are_importable(module: str) -> None:
    assert importlib.import_module(f"dataflow.{module}").__doc__


def test_the_options_are_the_same_in_their_module() -> None:
    for word in ("Options", "Retry", "Resources", "Batch"):
        assert getattr(dataflow, word) is getattr(importlib.import_module("dataflow.options"), word)
