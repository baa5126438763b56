"""What a driver asks of Ray, counted where Ray takes it: remote calls, and bytes on their way out and in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import attrs
import pytest
from ray._private.serialization import SerializationContext
from ray.actor import ActorMethod
from ray.remote_function import RemoteFunction


@attrs.define
class Counts:
    """Since they were asked for.

    Attributes:
        tasks: that were submitted.
        calls: of actors, also those that ask whether they are up.
        sent: bytes that left this process: arguments, and what was put.
        fetched: bytes that came into it.
        objects: that came into it.
    """

    tasks: int = 0
    calls: int = 0
    sent: int = 0
    fetched: int = 0
    objects: int = 0

    @property
    def through(self) -> int:
        """Bytes that passed through this process."""
        return self.sent + self.fetched


@contextmanager
def counted() -> Iterator[Counts]:
    """Count what this process asks of Ray."""
    counts = Counts()
    inner: dict[str, Any] = {
        "task": RemoteFunction._remote,
        "call": ActorMethod._remote,
        "serialize": SerializationContext.serialize,
        "deserialize": SerializationContext.deserialize_objects,
    }

    def task(self: Any, *args: Any, **kwargs: Any) -> Any:
        counts.tasks += 1
        return inner["task"](self, *args, **kwargs)

    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        counts.calls += 1
        return inner["call"](self, *args, **kwargs)

    def serialize(self: Any, value: Any) -> Any:
        made = inner["serialize"](self, value)
        counts.sent += made.total_bytes
        return made

    def deserialize(self: Any, found: Any, *args: Any) -> Any:
        counts.fetched += sum(data.size for data, *_ in found if data is not None)
        counts.objects += len(found)
        return inner["deserialize"](self, found, *args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RemoteFunction, "_remote", task)
        patch.setattr(ActorMethod, "_remote", call)
        patch.setattr(SerializationContext, "serialize", serialize)
        patch.setattr(SerializationContext, "deserialize_objects", deserialize)
        yield counts
