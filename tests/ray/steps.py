"""Steps for tests on Ray: workers import them, and what they do is written into a file."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import numpy as np
import ray

from dataflow import Node, Resources, bind, step
from dataflow.testing.witness import Witness

PLACEMENTS = ("actor", "task")


def placed(made: Any, placement: str, **changes: Any) -> Any:
    """A step that runs there."""
    return made.options(placement=placement, **changes)


@step
def step1(text: str) -> str:
    return text + "|step1"


@step
def step2(text: str) -> str:
    return text + "|step2"


@step
def join(*texts: str, sep: str = "+", end: str = "") -> str:
    return sep.join(texts) + end


@step
def same(x: Any) -> Any:
    return x


@step
def one(x: int) -> int:
    return x + 1


@step
def double(x: int) -> int:
    return 2 * x


@step
def add(x: int, y: int) -> int:
    return x + y


@step
def process(*_: object) -> int:
    return os.getpid()


@step
def listed(*xs: Any) -> list[Any]:
    return list(xs)


@step
def mark(path: str, word: str, *_: Any) -> str:
    """Write a word down."""
    Witness(path).mark(word)
    return word


@step
def meet(path: str, word: str, other: str, *_: Any) -> bool:
    """Write a word down, and wait until another one has been."""
    witness = Witness(path)
    witness.mark(word)
    witness.wait_for(other, 60)
    return True


@step
def wait_for(path: str, word: str, other: str, x: Any = None) -> Any:
    """Write a word down, and go on when another one has been written."""
    witness = Witness(path)
    witness.mark(word)
    witness.wait_for(other, 100)
    return x


@step
def held_if(path: str, word: str) -> str:
    """Write down that it is held, and wait, if that is the word."""
    if word == "hold":
        Witness(path).mark("held")
        Witness(path).wait_for("open", 60)
    return word


@step
def fails_if(path: str, word: str) -> str:
    """Fail, if that is the word."""
    if word == "fail":
        raise LookupError("no")
    return word


@step
def fails_late_if(seconds: float, word: str) -> str:
    """Fail after a while, if that is the word."""
    if word == "fail":
        time.sleep(seconds)
        raise LookupError(f"after {seconds} s")
    return word


@step
def slow_if(path: str, word: str) -> str:
    """Write the word down, and take longer than a worker goes on with a chain, if that is the word."""
    Witness(path).mark(word)
    if word == "slow":
        time.sleep(0.3)
    return word


@step
def block(fill: int) -> Any:
    """An array that is too large to travel with a report."""
    return np.full(10_000, fill)


@step
def slow(seconds: float, x: Any) -> Any:
    time.sleep(seconds)
    return x


@step
def array(megabytes: int, fill: int) -> Any:
    """So many MB of one number."""
    return np.full(megabytes * 1_000_000 // 8, fill, dtype=np.int64)


@step
def twice(xs: Any) -> Any:
    """Another array of the same size."""
    return xs + xs


@step
def plus(xs: Any, ys: Any) -> Any:
    return xs + ys


@step
def first(xs: Any) -> int:
    return int(xs[0])


@step
def total(xs: Any, more: int) -> int:
    return int(xs.sum()) + more


@step
def picked(xs: Any, at: int) -> Any:
    return xs[at]


@step(resources=Resources(custom={"licence": 1}))
def licensed(x: Any) -> Any:
    return x


@step
def parity(x: int) -> str:
    return "odd" if x % 2 else "even"


@step
def fails(*_: Any) -> Any:
    raise LookupError("no")


@step
def flaky(path: str, failures: int, *_: Any) -> str:
    """Fails so often."""
    witness = Witness(path)
    witness.mark("try")
    if witness.count("try") <= failures:
        raise LookupError("not yet")
    return "done"


@step
def node_id(*_: Any) -> str:
    """On which node it runs."""
    found: str = ray.get_runtime_context().get_node_id()
    return found


@step
def slow_array(path: str, seconds: float, xs: Any, more: Any = 0) -> Any:
    """Write down the number of the call, take a while, and add arrays."""
    witness = Witness(path)
    witness.mark("call")
    witness.mark(str(witness.count("call")))
    time.sleep(seconds)
    return xs + more


@step
def gate(path: str, word: str) -> int:
    """In which process it runs; if it is to wait for that word, once it has come."""
    if word == "open":
        Witness(path).mark("begun")
        Witness(path).wait_for(word, 60)
    return os.getpid()


@step
def slow_mark(path: str, seconds: float, word: str) -> str:
    """Write a word down, and take a while."""
    Witness(path).mark(word)
    time.sleep(seconds)
    return word


@step
def fail_if_odd(x: int) -> int:
    if x % 2:
        raise LookupError(x)
    return x


@step
def work(path: str, seconds: float, x: int, y: int) -> int:
    """Write down in which process it runs, take a while, and add."""
    Witness(path).mark(f"in {os.getpid()}")
    time.sleep(seconds)
    return x + y


@step
def fatal(path: str) -> None:
    """Kill the process."""
    Witness(path).mark("called")
    os.kill(os.getpid(), signal.SIGKILL)


@step
def fatal_once(path: str, x: int, bad: int) -> int:
    """Kill the process, if it is the first call with the bad argument."""
    Witness(path).mark(str(x))
    if x == bad and Witness(path).count(str(bad)) == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return x


@step
def fatal_at(path: str, x: int, bad: int) -> int:
    """Kill the process, if the argument is the bad one."""
    Witness(path).mark(str(x))
    if x == bad:
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGKILL)
    return x


@step
def hang_if(path: str, word: str) -> str:
    """Hang, if that is the word."""
    Witness(path).mark(word)
    if word == "hang":
        time.sleep(1000)
    return word


@step
def where(xs: Any) -> tuple[bool, str]:
    """Whether an array may be written to, and the file of the memory in which it lies."""
    address = xs.__array_interface__["data"][0]
    with open("/proc/self/maps") as maps:
        for line in maps:
            span, *_, name = line.split(maxsplit=5) if len(line.split()) > 5 else (line.split()[0], "")
            low, high = (int(end, 16) for end in span.split("-"))
            if low <= address < high:
                return bool(xs.flags.writeable), name.strip()
    return bool(xs.flags.writeable), ""


class Adder:
    """A class step."""

    def __init__(self, amount: int) -> None:
        self.amount = amount

    def __call__(self, x: int) -> int:
        return x + self.amount


class Laden:
    """A class step that is constructed with something large, and kills its process when it is called first."""

    def __init__(self, load: bytes, path: str) -> None:
        self.load, self.path = load, path

    def __call__(self, x: int) -> int:
        return len(self.load) + fatal_once.fn(self.path, x, x)


class Classifier:
    """A class step with a name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, image: str) -> str:
        return f"{self.name}({image})"


class Noted:
    """A class step that writes down in which process it is made and called."""

    def __init__(self, path: str) -> None:
        self.path = path
        Witness(path).mark(f"made {os.getpid()}")

    def __call__(self, x: Any) -> Any:
        Witness(self.path).mark(f"called {os.getpid()}")
        return x


class Slow:
    """A class step whose calls take a while, and are written down when they begin and end."""

    def __init__(self, path: str, seconds: float) -> None:
        self.path, self.seconds = path, seconds

    def __call__(self, x: Any) -> Any:
        witness = Witness(self.path)
        witness.mark(f"in {os.getpid()}")
        time.sleep(self.seconds)
        witness.mark(f"out {os.getpid()}")
        return x


class Meeting:
    """A class step of which two calls wait for each other."""

    def __call__(self, path: str, word: str, other: str) -> int:
        witness = Witness(path)
        witness.mark(word)
        witness.wait_for(other, 60)
        return os.getpid()


class Counter:
    """A class step with a state."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, x: Any) -> tuple[Any, int]:
        self.calls += 1
        return x, self.calls


class Unconstructible:
    """A class step whose constructor fails."""

    def __init__(self, text: str) -> None:
        raise LookupError(text)

    def __call__(self, x: Any) -> Any:
        return x


def chain(made: Any, length: int, start: Node[Any]) -> Node[Any]:
    """A step after itself, so often."""
    for _ in range(length):
        start = made(start)
    return start


def noted(path: str, placement: str = "actor", **changes: Any) -> Any:
    """A class step that writes down where it is."""
    return placed(bind(Noted, path), placement, **changes)
