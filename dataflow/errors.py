"""Every exception that dataflow raises on purpose.

A step's own exception is never wrapped: it reaches the caller as itself, with a note that says where. The classes
here are for what dataflow itself refuses. Each derives from `DataflowError` and from the built-in that callers
would expect, and carries as attributes what its message names.
"""

from __future__ import annotations

from collections.abc import Mapping


class DataflowError(Exception):
    """The base of every error that dataflow itself raises.

    >>> issubclass(NoMatchError, DataflowError)
    True
    """


class CompositionError(DataflowError, TypeError):
    """A graph is wired wrongly; raised on the line that wires it, before anything runs.

    >>> from dataflow import step
    >>> @step
    ... def half(x: float) -> float:
    ...     return x / 2
    >>> half(1, 2)
    Traceback (most recent call last):
        ...
    dataflow.errors.CompositionError: step 'half': too many positional arguments; its signature is (x: float) -> float
    """


class TypeAgreementError(CompositionError):
    """The annotations of a producer and of its consumer do not agree; raised by `check_types`, before anything runs.

    Attributes:
        wires: a line for each wire whose ends do not agree, as in the message.
    """

    def __init__(self, message: str, wires: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.wires = wires


class SwitchKeysError(DataflowError, ValueError):
    """Two cases of a switch have equal keys, or a key that can never match (NaN); raised at composition."""


class GraphError(DataflowError, ValueError):
    """A graph is not well formed, or has no such text, JSON or digest form."""


class InputError(DataflowError, TypeError):
    """A run is missing an input, or was given one that its flow does not have, or a stream what is not iterable."""


class OptionTypeError(DataflowError, TypeError):
    """An option has a value of the wrong type."""


class OptionValueError(DataflowError, ValueError):
    """An option has a value out of its range."""


class DuplicateNameError(DataflowError, ValueError):
    """Two inputs of one graph have the same name."""


class DeployError(DataflowError, ValueError):
    """A flow cannot be deployed as asked: an override names a step that the flow does not have."""


class InfeasibleError(DeployError):
    """A step needs more than the cluster has, or more than others leave free; nothing has run.

    Attributes:
        step: the name of the step.
        need: what one call or replica of it occupies, by resource.
        have: what each node has.
    """

    def __init__(
        self,
        message: str,
        step: str = "",
        need: Mapping[str, float] | None = None,
        have: tuple[Mapping[str, float], ...] = (),
    ) -> None:
        super().__init__(message)
        self.step = step
        self.need: dict[str, float] = dict(need or {})
        self.have = have


class ClosedError(DataflowError, RuntimeError):
    """A pipeline was used after it was closed, or in another process than the one that deployed it."""


class NestedRunError(DataflowError, RuntimeError):
    """A step waits for a run on the very workers that it occupies itself; it could wait for ever."""


class StepResultError(DataflowError, TypeError):
    """A step returned what cannot be a value of a graph: a node, an iterator, a coroutine, an open file."""


class StepTimeoutError(DataflowError, TimeoutError):
    """An attempt of a step took longer than the step's `timeout`, in seconds."""


class NoMatchError(DataflowError, LookupError):
    """A switch had no case for its selector's value, and no default.

    Attributes:
        value: what the selector gave.
        keys: the keys of the cases, in order.
    """

    def __init__(self, message: str, value: object = None, keys: tuple[object, ...] = ()) -> None:
        super().__init__(message)
        self.value = value
        self.keys = keys


class SwitchKeyError(DataflowError, TypeError):
    """The selector of a switch gave a value that cannot be a key, because it has no hash.

    Attributes:
        value: what the selector gave.
    """

    def __init__(self, message: str, value: object = None) -> None:
        super().__init__(message)
        self.value = value


class FanOutError(DataflowError, TypeError):
    """A fan-out was given a value that cannot be iterated over."""


class LimitError(DataflowError, RuntimeError):
    """A loop reached its limit before its condition held.

    Attributes:
        limit: the number of rounds that were allowed.
    """

    def __init__(self, message: str, limit: int = 0) -> None:
        super().__init__(message)
        self.limit = limit


class NotSerializableError(DataflowError, TypeError):
    """A value cannot be sent to another process, or cannot be read there."""


class MissingExtraError(DataflowError, ImportError):
    """An optional part was asked for whose package is not installed."""


class StepError(DataflowError):
    """A step failed in another process with an exception that cannot be made again here.

    Attributes:
        kind: the name of the exception's class.
        text: its traceback there.
    """

    def __init__(self, message: str, kind: str = "", text: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.text = text


class ReplicaLostError(DataflowError, RuntimeError):
    """A worker or a replica was lost while it had a call of a step, more often than the step's `Retry.lost` allows.

    The step may have been executed, once or more.

    Attributes:
        step: the name of the step.
    """

    def __init__(self, message: str, step: str = "") -> None:
        super().__init__(message)
        self.step = step


class LargeLiteralWarning(UserWarning):
    """A literal of more than 1 MiB stands in a graph, where an input would be better."""


class LargeLiteralError(DataflowError, ValueError):
    """A literal of more than 64 MiB stands in a graph, where only an input will do."""
