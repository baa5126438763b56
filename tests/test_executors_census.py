"""What workers in other processes are told of the deployments that are open."""

from __future__ import annotations

import os
import pickle

import pytest

from dataflow.executors.census import Register


def test_numbers_are_given_once() -> None:
    register = Register()
    numbers = [register.enter() for _ in range(3)]
    register.leave(numbers[0])
    assert len({*numbers, register.enter()}) == 4


def test_what_has_left_is_closed_and_what_is_not_known_is_not() -> None:
    register = Register()
    first, second = register.enter(), register.enter()
    register.leave(first)
    register.leave(first)
    known = pickle.loads(pickle.dumps(register.census()))
    later = register.enter()
    assert [known.closed(register.process, each) for each in (first, second, later)] == [True, False, False]
    assert not known.closed("another process", first)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_fork_is_another_process() -> None:
    register = Register()
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.write(write, register.process.encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 200).decode() != register.process
