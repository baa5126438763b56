"""The Ray that an executor works on: joined, connected to, or started; and only what was started here is shut down.

After `ray.shutdown()`, any `.remote()` starts a new Ray with a dashboard, unasked. So whoever submits work asks
`Session.check` first, which is one comparison.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import weakref
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, Final

import attrs
import ray
from ray._private import worker

from dataflow.errors import ClosedError, DeployError

CONNECT_SECONDS: Final = 3.0
"""How long the address of a Ray may take to answer; Ray itself would try for 20 s, and log each attempt."""

QUIET: Final[dict[str, Any]] = {"include_dashboard": False, "logging_level": logging.WARNING}
"""What a Ray is started with that is not told otherwise."""

_log = logging.getLogger("dataflow.ray")
_lock = threading.Lock()
_dropped: SimpleQueue[Session] = SimpleQueue()
"""Sessions that nobody holds any more, until somebody has the lock."""


@attrs.frozen(eq=False)
class _Link:
    """This process's connection to a Ray that a session has made; whoever still uses it keeps it open."""

    node: object
    users: weakref.WeakSet[Session] = attrs.field(factory=weakref.WeakSet)


_links: list[_Link] = []
"""The connection that a session of this process has made, if it is still there: at most one."""


@attrs.frozen(eq=False, repr=False)
class Session:
    """A Ray that this process is connected to.

    Attributes:
        started: whether this session has started it.
        address: where its head is, as `ray.init(address=...)` takes it.
        cpus: the CPUs of its nodes, when the session was opened.
    """

    started: bool
    address: str
    cpus: float
    _node: object
    _closed: list[None] = attrs.field(factory=list, init=False)

    @classmethod
    def open(cls, address: str | None = None, **settings: Any) -> Session:
        """Join the Ray that this process is connected to, else connect to one, else start one.

        Args:
            address: the Ray to connect to, "auto" for one on this machine, or "local" to start one. None is the Ray
                that the environment names (RAY_ADDRESS), and if there is none, "local".
            settings: for `ray.init`, where a Ray is started.

        Raises:
            DeployError: no Ray is at the address, or one with which this process cannot work.
        """
        with _lock:
            joined = ray.is_initialized()
            started = not joined and _connect(address or os.environ.get("RAY_ADDRESS") or "local", settings)
            session = cls(started, _head(), _cpus(), worker.global_worker.node)
            if joined:
                _check_same(address, session.address)
            else:
                _links[:] = [_Link(session._node)]
            for link in _links:
                if link.node is session._node:
                    link.users.add(session)
        _sweep()
        _log.info("%s Ray at %s, %g CPUs", "joined" if joined else session._verb, session.address, session.cpus)
        return session

    @property
    def _verb(self) -> str:
        return "started" if self.started else "connected to"

    def check(self) -> None:
        """Return if the session is open, and its Ray the one that this process is still connected to.

        Raises:
            ClosedError: it is not; to submit work now would start another Ray.
        """
        if self._closed:
            raise ClosedError(f"{self} is closed")
        if worker.global_worker.node is not self._node:
            raise ClosedError(f"{self} has been shut down; deploy again to use another Ray")

    def alive(self) -> bool:
        """Whether `check` would return."""
        return not self._closed and worker.global_worker.node is self._node

    def close(self) -> None:
        """Let go of Ray. Where a session of this process has connected it, the last one to close disconnects it.

        A Ray that was started here ends with that. Closing again does nothing.
        """
        with _lock:
            _let_go(self)
        _sweep()

    def drop(self) -> None:
        """Close, as soon as nobody is at work here: the garbage collector may call this in the midst of `open`."""
        _dropped.put(self)
        _sweep()

    def __repr__(self) -> str:
        return f"<Session {'started' if self.started else 'joined'} Ray at {self.address}, {self.cpus:g} CPUs>"


def _let_go(session: Session) -> None:
    """Take a session from what it uses, and disconnect what nobody uses. Takes the lock to be held."""
    if session._closed:
        return
    session._closed.append(None)
    for link in tuple(_links):
        link.users.discard(session)
        if not link.users:
            _links.remove(link)
            _disconnect(link)


def _sweep() -> None:
    """Let go of what was dropped, unless somebody else has the lock: who has it does this after giving it back."""
    while not _dropped.empty() and _lock.acquire(blocking=False):
        try:
            with suppress(Empty):
                _let_go(_dropped.get_nowait())
        finally:
            _lock.release()


def _connect(address: str, settings: dict[str, Any]) -> bool:
    """Connect this process to the Ray at an address; whether it was started for that."""
    if address == "local":
        ray.init(address="local", **{**QUIET, **settings})
        return True
    if "://" in address:
        raise DeployError(
            f"{address!r} is the address of a Ray client; give the head's own, 'host:port', or submit a job"
        )
    _check_answers(address)
    try:
        ray.init(address=address, logging_level=QUIET["logging_level"])
    except (ConnectionError, RuntimeError, ValueError) as error:  # not there; of another version; not an address
        raise DeployError(f"cannot connect to a Ray at {address!r}: {error}") from error
    return False


def _check_answers(address: str) -> None:
    """Return if somebody listens there; "auto" and other names are Ray's to look up."""
    host, _, port = address.rpartition(":")
    if not port.isdigit():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), CONNECT_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise DeployError(f"there is no Ray at {address!r}: {error}") from error


def _check_same(wanted: str | None, address: str) -> None:
    if wanted not in (None, "auto", "local", address):
        raise DeployError(f"this process is connected to the Ray at {address!r} already, and cannot use {wanted!r} too")


def _head() -> str:
    if not worker.global_worker.connected:
        raise DeployError("this process uses Ray through its client; connect it to the head's own address, 'host:port'")
    head: str = ray.get_runtime_context().gcs_address
    return head


def _cpus() -> float:
    return float(sum(node["Resources"].get("CPU", 0.0) for node in ray.nodes() if node["Alive"]))


def _disconnect(link: _Link) -> None:
    if worker.global_worker.node is link.node:
        ray.shutdown()
