"""Workers, replicas and nodes that are lost, as errors of ours."""

from __future__ import annotations

from typing import Any

from ray import exceptions

from dataflow.errors import ReplicaLostError


def lost(error: BaseException, name: str) -> BaseException:
    """What a step's caller gets where Ray gave an error of its own instead of an answer."""
    cause: Any = error
    while isinstance(cause, exceptions.RayTaskError) and getattr(cause, "cause", None) is not None:
        cause = cause.cause
    if isinstance(cause, ReplicaLostError):
        return cause
    words = str(cause).strip().partition("\n")[0]
    return ReplicaLostError(
        f"the worker of step {name!r} was lost, more often than its Retry.lost allows; the step may have been "
        f"executed, once or more ({type(cause).__name__}: {words})",
        name,
    )


def actor_of(error: BaseException) -> str:
    """The name of the replica whose loss an error is about; nothing if it is about a task."""
    cause: Any = error
    while isinstance(cause, exceptions.RayTaskError) and getattr(cause, "cause", None) is not None:
        cause = cause.cause
    return str(getattr(cause, "actor_id", None) or "")
