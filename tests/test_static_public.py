"""The public signatures say what they know: pyright knows each type in them, and none gives an `Any`."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
import typing
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

import dataflow
from dataflow.combinators.route import Cases, Matching
from dataflow.step import ClassStep
from tests.checkers import ROOT, tool
from tests.test_exports import WORDS, home_of

HOMES: Final = [f"{home_of(word)}.{word}" for word in WORDS]
MODULES: Final = ("errors", "options", "events")
SPECIAL: Final = ("__call__", "__getitem__", "__rshift__", "__get__", "__enter__", "__await__", "__iter__")
KNOWINGLY: Final = {"Future.__await__": "what a coroutine sends to its event loop is nobody's business"}


def is_public(name: str) -> bool:
    """Whether a full name is that of a public thing, or of something in one."""
    starts = [*HOMES, *[f"dataflow.{module}" for module in MODULES]]
    return name in HOMES or name.startswith(tuple(f"{start}." for start in starts))


@pytest.mark.timeout(180)
def test_pyright_knows_every_type_of_the_public_names() -> None:
    command = [tool("pyright"), "--pythonpath", sys.executable, "--verifytypes", "dataflow", "--outputjson"]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    symbols = [each for each in json.loads(done.stdout)["typeCompleteness"]["symbols"] if is_public(each["name"])]
    assert {each["name"] for each in symbols} >= set(HOMES)
    vague = {each["name"] for each in symbols if not each["isTypeKnown"] or each["isTypeAmbiguous"]}
    assert vague == set()


def functions(thing: object) -> Iterator[tuple[str, Callable[..., Any]]]:
    """What can be called of a public thing: itself, or its public methods and properties."""
    if inspect.isfunction(thing):
        yield thing.__qualname__, thing
    for name, member in vars(thing).items() if isinstance(thing, type) else ():
        found = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
        if inspect.isfunction(found) and (not name.startswith("_") or name in SPECIAL):
            yield found.__qualname__, found


SIGNATURES: Final = {
    f"{name} {at}": one
    for thing in (*[getattr(dataflow, word) for word in WORDS], Matching, Cases, ClassStep)
    for name, fn in functions(thing)
    for at, one in enumerate(typing.get_overloads(fn) or [fn])
}


def holds_any(hint: object) -> bool:
    """Whether there is an `Any` anywhere in an annotation.

    >>> holds_any(list[Callable[[int], Any]]), holds_any(list[int])
    (True, False)
    """
    parts = hint if isinstance(hint, list) else typing.get_args(hint)
    return hint is Any or any(holds_any(part) for part in parts)


def test_there_are_many_signatures() -> None:
    assert len(SIGNATURES) > 120


@pytest.mark.parametrize("signature", [name for name in SIGNATURES if name.split()[0] not in KNOWINGLY])
def test_no_public_function_gives_an_any(signature: str) -> None:
    hints = typing.get_type_hints(SIGNATURES[signature])
    assert "return" in hints
    assert not holds_any(hints["return"])


@pytest.mark.parametrize("name", KNOWINGLY)
def test_what_is_known_to_give_an_any_does(name: str) -> None:
    assert holds_any(typing.get_type_hints(SIGNATURES[f"{name} 0"])["return"])
