"""Ctrl-C: a program that waits for a flow ends at once, and what is queued never starts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.patience import DEADLINE

PROGRAM = """
import os, signal, sys, threading, time
from concurrent.futures import ThreadPoolExecutor
from dataflow import Futures, In, Inline, Node, Threads, fan_out, flow, gather, run, step

started = open(sys.argv[1], "a", buffering=1)

interrupted = threading.Event()

def interrupt(*_: object) -> None:
    interrupted.set()
    raise KeyboardInterrupt

@step
def sleep(x: int) -> int:
    started.write("x\\n")
    os.write(1, b"started\\n")  # at once and whole, from several threads
    interrupted.wait(60)  # however long the machine takes to bring the signal
    time.sleep(1)
    return x

@step
async def sleep_async(x: int) -> int:
    import asyncio
    started.write("x\\n")
    os.write(1, b"started\\n")  # at once and whole, from several threads
    await asyncio.sleep(60)  # an interrupt does not wait for it
    return x

@flow
def wide(x: In[int]) -> Node[tuple]:
    return gather(*[sleep(at) for at in range(30)])

@flow
def mapped(x: In[int]) -> Node[list]:
    return fan_out(sleep, list(range(30)))

@flow
def chained(x: In[int]) -> Node[int]:
    for _ in range(30):
        x = sleep_async(x)
    return x

def call(flow, executor):
    with flow.deploy(executor) as pipeline:
        pipeline.call(1)

def stream(flow, executor):
    with flow.deploy(executor) as pipeline:
        for _ in pipeline.stream(range(30)):
            pass

def main():
    # The handler of asyncio takes only the place of Python's own; a shell may have this program ignore the signal.
    signal.signal(signal.SIGINT, signal.default_int_handler if sys.argv[2] == "chained" else interrupt)
    flow = {"wide": wide, "mapped": mapped, "chained": chained}[sys.argv[2]]
    with ThreadPoolExecutor(2) as pool:
        executor = {"inline": Inline(), "threads": Threads(2), "pool": Futures(pool)}[sys.argv[3]]
        {"run": lambda: flow.on(executor).run(1), "call": lambda: call(flow, executor), "stream": lambda: stream(flow, executor)}[sys.argv[4]]()

try:
    main()
except KeyboardInterrupt:
    print("interrupted", flush=True)
    sys.exit(7)
"""


def interrupted(log: Path, *words: str) -> tuple[int, str, int]:
    """How a program ends that gets Ctrl-C in its first step: exit code, output, how many steps had begun."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", PROGRAM, str(log), *words]
    program: Any
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as program:
        try:
            assert program.stdout.readline() == "started\n"
            program.send_signal(signal.SIGINT)
            output, _ = program.communicate(timeout=DEADLINE)
        finally:
            program.kill()
    return program.returncode, output, len(log.read_text().splitlines())


@pytest.mark.parametrize("how", ["run", "call", "stream"])
@pytest.mark.parametrize("executor", ["inline", "threads", "pool"])
@pytest.mark.parametrize("flow", ["wide", "mapped"])
def test_queued_steps_never_start_after_an_interrupt(tmp_path: Path, flow: str, executor: str, how: str) -> None:
    code, output, begun = interrupted(tmp_path / "log", flow, executor, how)
    assert "interrupted" in output
    assert code == 7
    assert begun <= 4, "those that were running, and one more that each worker may just have taken"


@pytest.mark.parametrize("how", ["run", "call"])
@pytest.mark.parametrize("executor", ["inline", "threads"])
def test_async_steps_end_with_an_interrupt(tmp_path: Path, executor: str, how: str) -> None:
    code, output, begun = interrupted(tmp_path / "log", "chained", executor, how)
    assert "interrupted" in output
    assert code == 7
    assert begun <= 2
