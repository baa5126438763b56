"""The steps and flows of the laws: importable, and what they do is written into a file, so that any process will do."""

from __future__ import annotations

import os
import time
from typing import Any

from dataflow.flow import flow
from dataflow.node import In, Node
from dataflow.options import Retry
from dataflow.step import bind, step
from dataflow.testing.witness import NeverError, Witness


@step
def note(path: str, word: str, *_: Any) -> str:
    """Write a word down, and return it."""
    Witness(path).mark(word)
    return word


@step
def note_if(path: str, word: str, value: Any, *_: Any) -> Any:
    """Write a word down, and return the value."""
    Witness(path).mark(word)
    return value


@step
def same(x: Any) -> Any:
    """What it is given."""
    return x


@step
def together(*xs: Any) -> list[Any]:
    """What it is given, as a list."""
    return list(xs)


@step
def add(x: int, y: int) -> int:
    """A sum."""
    return x + y


@step
def explode(path: str, word: str, *_: Any) -> Any:
    """Write a word down, and raise it."""
    Witness(path).mark(word)
    raise KeyError(word)


@step
def explode_if_odd(x: int) -> int:
    """Raises if the number is odd."""
    if x % 2:
        raise KeyError(x)
    return x


@step
def link(path: str, word: str, x: int) -> int:
    """Count up, once a word has been written; it takes a moment, in which others may hear of the word."""
    witness = Witness(path)
    witness.wait_for(word)
    witness.mark("link")
    time.sleep(0.005)
    return x + 1


def _flaky(path: str, word: str, failures: int) -> str:
    witness = Witness(path)
    witness.mark(word)
    if witness.count(word) <= failures:
        raise KeyError(word)
    return word


flaky = step(name="flaky")(_flaky)
flaky_twice = step(name="flaky", retries=2)(_flaky)
flaky_lookup = step(name="flaky", retries=Retry(times=2, on=LookupError))(_flaky)
flaky_value = step(name="flaky", retries=Retry(times=2, on=ValueError))(_flaky)


def _linger(path: str, word: str, seconds: float) -> str:
    """Write a word down, and stay until the file says 'over', or for so long."""
    witness = Witness(path)
    witness.mark(word)
    end = time.monotonic() + seconds
    while time.monotonic() < end and not witness.count("over"):
        time.sleep(0.005)
    return word


linger = step(name="linger", timeout=0.1)(_linger)
linger_twice = step(name="linger", timeout=0.1, retries=1)(_linger)


@step
def wait_for(path: str, word: str, other: str, seconds: float, *_: Any) -> str:
    """Write a word down, wait until another one has been, and write down that it came."""
    witness = Witness(path)
    witness.mark(word)
    witness.wait_for(other, seconds)
    witness.mark(f"{word} ended")
    return word


def _meet(path: str, word: str, other: str, seconds: float) -> bool:
    """Write a word down, and say whether another one came in time."""
    witness = Witness(path)
    witness.mark(word)
    try:
        witness.wait_for(other, seconds)
    except NeverError:
        return False
    return True


meet = step(name="meet")(_meet)
meet_caller = step(name="meet_caller")(_meet)


class Held:
    """A value that writes down when it comes to life in some process, and when it is gone from there."""

    def __init__(self, path: str) -> None:
        self.path = path
        Witness(path).mark("+")

    def __reduce__(self) -> Any:
        return Held, (self.path,)

    def __del__(self) -> None:
        if os.path.exists(self.path):
            Witness(self.path).mark("-")


@step
def make(path: str, *_: Any) -> Held:
    """A value whose life is written down."""
    return Held(path)


@step
def number(*_: Any) -> int:
    """Reads values, and gives a small one."""
    return 1


class Alone:
    """A class step that writes down when a call of it begins and ends, and when it is made and freed."""

    def __init__(self, path: str, offset: int = 0) -> None:
        self.path, self.offset = path, offset
        self.who = f"{os.getpid()}-{id(self)}"
        Witness(path).mark(f"made {os.getpid()}")

    def __call__(self, x: int) -> int:
        witness = Witness(self.path)
        witness.mark(f"in {self.who}")
        time.sleep(0.0005)
        witness.mark(f"out {self.who}")
        return x + self.offset

    def __del__(self) -> None:
        if os.path.exists(self.path):
            Witness(self.path).mark(f"freed {os.getpid()}")


class Broken:
    """A class whose constructor raises."""

    def __init__(self) -> None:
        raise KeyError("weights")

    def __call__(self, x: int) -> int:
        return x


@flow
def noted(path: In[str], x: In[int]) -> Node[list[Any]]:
    """Writes down that it ran, and returns its argument."""
    return together(note(path, "noted"), same(same(x)))


@flow
def even(x: In[int]) -> Node[int]:
    """Fails for odd numbers."""
    return same(explode_if_odd(same(x)))


@flow
def moved(x: In[int]) -> Node[int]:
    """Twice a number."""
    return add(same(x), same(x))


@flow
def gated(path: In[str], first: In[str], gate: In[str], second: In[str], seconds: In[float]) -> Node[str]:
    """A step that waits for a word, and one after it."""
    return note(path, second, wait_for(path, first, gate, seconds))


@flow
def held(path: In[str]) -> Node[int]:
    """Two values one after the other, and what is left of them."""
    return number(make(path, make(path)))


@flow
def meeting(path: In[str], word: In[str], other: In[str], seconds: In[float]) -> Node[bool]:
    """One step that waits for another."""
    return meet_caller(path, word, other, seconds)


def alone(path: str) -> Any:
    """A flow of a class step that writes into a file."""
    loner = bind(Alone, path, 5)
    return flow(lambda x: loner(loner(x)))


def broken() -> Any:
    """A flow of a class step whose constructor raises."""
    return flow(lambda x: bind(Broken)(same(x)))
