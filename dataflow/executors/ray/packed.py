"""Values on their way through a Ray cluster: bytes, and beside them the buffers of arrays, which are not copied.

What a step gives is packed where it was computed, and opened where it is read; between these two nobody looks inside.
Classes and functions that cannot be imported are sent whole, as Ray's own pickler does.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import attrs
from ray import cloudpickle

from dataflow.callee import Function, Instance
from dataflow.errors import NotSerializableError
from dataflow.executors.envelope import exception_reduced
from dataflow.names import find, is_wrapper
from dataflow.node import LOCAL
from dataflow.options import Options

SMALL: Final = 32 << 10
"""Up to so many bytes a value travels with the message that it is there; larger ones stay where they are."""
PLAIN: Final = frozenset({int, float, bool, complex, type(None), str, bytes})

_Cloud: Any = cloudpickle.Pickler  # it has no types


@attrs.frozen(eq=False)
class Packed:
    """A value as bytes.

    Attributes:
        data: the pickle.
        buffers: what it refers to out of band.
        count: of a list or tuple, how many items it has; else None.
    """

    data: bytes
    buffers: Sequence[Any] = ()
    count: int | None = None

    @property
    def small(self) -> bool:
        """Whether it may travel with a message."""
        return len(self.data) <= SMALL and (not self.buffers or self.size <= SMALL)

    @property
    def size(self) -> int:
        """Bytes in all."""
        return len(self.data) + sum(_size(buffer) for buffer in self.buffers)

    def __reduce__(self) -> tuple[Any, ...]:
        if not self.buffers:
            return Packed, (self.data, (), self.count)
        # What Ray has read is of a type that it cannot send on, but offers its memory as any buffer does.
        return Packed, (self.data, [pickle.PickleBuffer(buffer) for buffer in self.buffers], self.count)


Reported: TypeAlias = Packed | bytes | int
"""A value in a report: packed, or the bytes alone if there are no buffers; or its place among the large ones."""


def _size(buffer: Any) -> int:
    return buffer.raw().nbytes if isinstance(buffer, pickle.PickleBuffer) else memoryview(buffer).nbytes


def pack(value: Any, what: str) -> Packed:
    """A value as bytes.

    Raises:
        NotSerializableError: it cannot be pickled; the message says what it is.

    >>> unpack(pack([1, "b"], "a list"), "a list")
    [1, 'b']
    """
    if type(value) in PLAIN:
        return Packed(pickle.dumps(value, protocol=5))
    buffers: list[pickle.PickleBuffer] = []
    file = io.BytesIO()
    try:
        _ValuePickler(file, protocol=5, buffer_callback=buffers.append).dump(value)
    except RecursionError:
        raise NotSerializableError(f"{what} is nested too deeply to be sent to another process") from None
    except pickle.PicklingError as error:
        deep = "recursion" in str(error)  # as cloudpickle says it
        raise NotSerializableError(
            f"{what} is nested too deeply to be sent to another process"
            if deep
            else f"{what} cannot be sent to another process: {error}"
        ) from error
    except Exception as error:  # a class's own __reduce__ may raise anything
        raise NotSerializableError(f"{what} cannot be sent to another process: {error}") from error
    return Packed(file.getvalue(), buffers, len(value) if type(value) in (list, tuple) else None)


class _Pickler(_Cloud):  # type: ignore[misc]  # the same
    """Sends the steps of a script whole: what is called `__main__` there is another module in a worker."""

    def reducer_override(self, thing: Any) -> Any:
        """How to make a thing again."""
        if thing is LOCAL:
            return _local, ()
        if type(thing) is Function and _of_script(thing.fn):
            return Function, (thing.fn, thing.options)
        if type(thing) is Instance and _of_script(thing.cls):
            return Instance, (thing.cls, thing.args, thing.kwargs, thing.options)
        if is_wrapper(thing) and _of_script(thing) and thing.__reduce__()[0] is find:
            given = [field.name for field in attrs.fields(type(thing)) if field.init]
            return type(thing), tuple([getattr(thing, name) for name in given])
        return super().reducer_override(thing)


class _ValuePickler(_Pickler):
    """Sends exceptions among values as those that are raised."""

    def reducer_override(self, thing: Any) -> Any:
        """How to make a thing again."""
        return exception_reduced(thing, dumps) if isinstance(thing, BaseException) else super().reducer_override(thing)


def _of_script(thing: Any) -> bool:
    return getattr(thing, "__module__", None) == "__main__"


def _local() -> Options:
    return LOCAL


def dumps(value: Any) -> bytes:
    """A value as bytes alone; raises as pickle does."""
    file = io.BytesIO()
    _Pickler(file, protocol=5).dump(value)
    return file.getvalue()


def sent(value: Any, what: str, large: list[Packed]) -> tuple[Reported, int | None]:
    """A value as it is reported, and its count.

    Raises:
        NotSerializableError: it cannot be pickled.
    """
    if type(value) in PLAIN:
        data = pickle.dumps(value, protocol=5)
        if len(data) <= SMALL:
            return data, None
    packed = pack(value, what)
    if packed.small:
        return packed if packed.buffers else packed.data, packed.count
    large.append(packed)
    return len(large) - 1, packed.count


def unpack(packed: Packed, what: str) -> Any:
    """The value of a packed one.

    Raises:
        NotSerializableError: it cannot be read here.
    """
    return unpickled(packed.data, packed.buffers, what)


def unpickled(data: bytes, buffers: Sequence[Any], what: str) -> Any:
    """The value of bytes and buffers.

    Raises:
        NotSerializableError: it cannot be read here.
    """
    try:
        return pickle.loads(data, buffers=buffers)
    except Exception as error:  # a class's own __setstate__ may raise anything
        raise NotSerializableError(f"{what} was sent, but cannot be read on the other side: {error}") from error
