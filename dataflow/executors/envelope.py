"""Values and exceptions on their way between processes.

Pickle loses exceptions whose constructor takes other arguments than `args`, and fails on attributes such as locks.
An envelope keeps type, args, attributes and members of every exception whose class can be imported on the other
side; what cannot be pickled among them arrives as its text.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import traceback
import types
from collections.abc import Callable
from typing import Any, Final

import attrs

from dataflow.errors import NotSerializableError, StepError
from dataflow.ops import ABSENT

FIELDS: Final = (types.MemberDescriptorType, types.GetSetDescriptorType)
HEAP_TYPE: Final = 1 << 9  # Py_TPFLAGS_HEAPTYPE: a class made by a class statement


@attrs.frozen
class Sealed:
    """A value or an exception, as bytes."""

    ended: bool
    data: bytes
    text: str = ""
    pid: int = attrs.field(factory=os.getpid)


@attrs.frozen
class Parts:
    """An exception taken apart; exceptions among its arguments and attributes are `Parts` too."""

    cls: type[BaseException]
    args: tuple[Any, ...]
    attributes: dict[str, Any]

    def error(self) -> BaseException:
        """The exception put together again, without calling its constructor or its own `__new__`."""
        native = next(base for base in self.cls.__mro__ if not base.__flags__ & HEAP_TYPE)
        args = _joined(self.args)
        made: BaseException = native.__new__(self.cls, *args)
        BaseException.__setattr__(made, "args", args)
        for name, value in self.attributes.items():
            if value is not getattr(made, name, ABSENT):  # that `filename` is None must not be said: it would be shown
                with contextlib.suppress(AttributeError, TypeError):  # of a group, `exceptions` is read-only, and there
                    BaseException.__setattr__(made, name, _joined(value))
        return made


def seal(value: Any, what: str) -> bytes:
    """A value as bytes.

    Raises:
        NotSerializableError: it cannot be pickled; the message says what it is.
    """
    file = io.BytesIO()
    try:
        _Pickler(file, protocol=pickle.HIGHEST_PROTOCOL).dump(value)
        return file.getvalue()
    except RecursionError:
        raise NotSerializableError(f"{what} is nested too deeply to be sent to another process") from None
    except Exception as error:  # a class's own __reduce__ may raise anything
        raise NotSerializableError(f"{what} cannot be sent to another process: {error}") from error


class _Pickler(pickle.Pickler):
    """Sends exceptions among values as those that are raised."""

    def reducer_override(self, thing: Any) -> Any:
        return exception_reduced(thing, pickle.dumps) if isinstance(thing, BaseException) else NotImplemented


def exception_reduced(error: BaseException, dumps: Callable[[Any], bytes]) -> tuple[Any, ...]:
    """How pickle is to make an exception again that is a value, such as the argument of a handler."""
    return restored, (seal_error(error, dumps).data,)


def restored(data: bytes) -> BaseException:
    """The exception in the bytes of an envelope."""
    found = opened(data, "an exception")
    error: BaseException = found.error() if isinstance(found, Parts) else found
    return error


def opened(data: bytes, what: str) -> Any:
    """The value of bytes.

    Raises:
        NotSerializableError: it cannot be read here.
    """
    try:
        return pickle.loads(data)
    except Exception as error:  # a class's own __setstate__ may raise anything
        raise NotSerializableError(f"{what} was sent, but cannot be read on the other side: {error}") from error


def seal_error(error: BaseException, dumps: Callable[[Any], bytes] = pickle.dumps) -> Sealed:
    """An exception as bytes, with its traceback as text.

    Args:
        error: the exception.
        dumps: the pickler; others than pickle's own can send classes that cannot be imported.
    """
    text = "".join(traceback.format_exception(error))
    data = _whole(error, dumps) or _in_parts(error, dumps)
    if data is None:  # a local class: its name and text must do
        kind, words = type(error).__qualname__, traceback.format_exception_only(error)[-1].strip()
        data = pickle.dumps(Parts(StepError, (words,), {"kind": kind, "text": text}))
    return Sealed(False, data, text)


def _whole(error: BaseException, dumps: Callable[[Any], bytes]) -> bytes | None:
    """The exception pickled as it is, if it comes back with the same type, args and attributes."""
    try:
        data = dumps(error)
        again = pickle.loads(data)
        same = type(again) is type(error) and bool(again.args == error.args)
        return data if same and _attributes(again) == _attributes(error) else None
    except Exception:  # pickling and comparing run the code of whatever the exception carries
        return None


def _in_parts(error: BaseException, dumps: Callable[[Any], bytes]) -> bytes | None:
    """The exception taken apart, if its class can be imported on the other side."""
    try:
        data = dumps(_parts(error, dumps))
        pickle.loads(data).error()
    except Exception:  # the class cannot be found, or not be made from its args
        return None
    return data


def _parts(error: BaseException, dumps: Callable[[Any], bytes]) -> Parts:
    attributes = {name: _sendable(value, dumps) for name, value in _attributes(error).items()}
    return Parts(type(error), tuple([_sendable(arg, dumps) for arg in error.args]), attributes)


def open_error(sealed: Sealed) -> BaseException:
    """The exception of an envelope; its cause is the text of the traceback in the other process."""
    error = restored(sealed.data)
    BaseException.__setattr__(error, "__cause__", _RemoteTraceback(sealed.text))  # also on one that forbids changes
    return error


class _RemoteTraceback(Exception):
    """Shown as the cause of an exception from another process."""

    def __str__(self) -> str:
        return f'\n"""\n{self.args[0]}"""'


def _attributes(error: BaseException) -> dict[str, Any]:
    """What an exception carries: in its `__dict__`, in slots, and in the fields of built-in classes."""
    fields = [name for cls in type(error).__mro__ for name, member in vars(cls).items() if isinstance(member, FIELDS)]
    named = [name for name in fields if not name.startswith("__") and name != "args"]
    return {**{name: getattr(error, name) for name in named if hasattr(error, name)}, **vars(error)}


def _sendable(value: Any, dumps: Callable[[Any], bytes]) -> Any:
    """A part of an exception: as it is if it can be sent; exceptions taken apart; anything else as its text."""
    if isinstance(value, BaseException):
        return _parts(value, dumps)
    if type(value) in (list, tuple) and any(isinstance(one, BaseException) for one in value):
        return type(value)([_sendable(one, dumps) for one in value])
    try:
        pickle.loads(dumps(value))
    except Exception:  # whatever its __reduce__ raises
        return _text(value)
    return value


def _joined(value: Any) -> Any:
    """What `_sendable` made of a part, put together again."""
    if type(value) in (list, tuple):
        return type(value)([_joined(one) for one in value])
    return value.error() if isinstance(value, Parts) else value


def _text(value: object) -> str:
    try:
        return repr(value)
    except Exception:  # whatever a foreign __repr__ raises
        return f"<{type(value).__qualname__}>"
