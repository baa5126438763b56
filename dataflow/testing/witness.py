"""A file that steps write into, in whatever process they run: what has happened, and in which order."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import attrs

from dataflow.testing.outcome import text

PATIENCE = 20.0
"""Seconds after which what should happen is given up."""


class NeverError(AssertionError):
    """What a step waited for has not happened."""


@attrs.frozen
class Witness:
    """Words in a file, one in a line. As a layer, it writes down each call of a step: `name(arguments)`.

    Lines are appended in one write each, which the system does not split: no lock is needed, and no word is lost if
    the process is killed.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     witness = Witness(os.path.join(folder, "seen"))
    ...     witness.mark("a"), witness.mark("b"), witness.mark("a")
    ...     witness.marks(), witness.count("a"), witness.count("c")
    (None, None, None)
    (['a', 'b', 'a'], 2, 0)
    """

    path: str

    def mark(self, word: str) -> None:
        """Write a word."""
        append(self.path, word.replace("\n", " ").encode() + b"\n")

    def marks(self) -> list[str]:
        """The words, in the order in which they were written."""
        try:
            return Path(self.path).read_text().splitlines()
        except FileNotFoundError:
            return []

    def count(self, word: str) -> int:
        """How often a word was written."""
        return self.marks().count(word)

    def wait_for(self, word: str, seconds: float = PATIENCE) -> None:
        """Return when a word has been written.

        Raises:
            NeverError: it was not, in that time.
        """
        end = time.monotonic() + seconds
        while not self.count(word):
            if time.monotonic() > end:
                raise NeverError(f"{word!r} did not come in {seconds} s; what has come: {self.marks()}")
            time.sleep(0.002)

    def around(self, name: str, call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Write down a call, and make it."""
        self.mark(_call(name, args, kwargs))
        return call(*args, **kwargs)

    async def around_async(
        self, name: str, call: Callable[..., Awaitable[Any]], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Write down a call, and await it."""
        self.mark(_call(name, args, kwargs))
        return await call(*args, **kwargs)


def append(path: str, data: bytes) -> int:
    """Append to a file in one write; returns where it ended, which no other writer's does."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, data)
        return os.lseek(file, 0, os.SEEK_CUR)
    finally:
        os.close(file)


def discard(folder: str) -> None:
    """Remove a folder in which others may still write.

    It is renamed first: from then on they find it no more, so they bring nothing back while it is emptied.
    """
    gone = f"{folder}-gone"
    try:
        os.rename(folder, gone)
    except OSError:  # it is gone already, or this system renames nothing that is open
        gone = folder
    shutil.rmtree(gone, ignore_errors=True)


def _call(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    named = [f"{key}={text(value)}" for key, value in kwargs.items()]
    return f"{name}({', '.join([*map(text, args), *named])})"
