"""Which Ray an executor works on, and that only what was started is shut down."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import ray

from dataflow.errors import ClosedError, DeployError
from dataflow.executors.ray import session as session_module
from dataflow.executors.ray.session import Session
from tests.ray.subprocesses import run_program


def test_a_ray_that_is_there_is_joined_and_stays(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="dataflow.ray"):
        session = Session.open()
    assert not session.started
    assert session.cpus == ray.cluster_resources()["CPU"]
    assert session.address == ray.get_runtime_context().gcs_address
    assert repr(session) == f"<Session joined Ray at {session.address}, {session.cpus:g} CPUs>"
    assert caplog.messages == [f"joined Ray at {session.address}, {session.cpus:g} CPUs"]
    session.check()
    session.close()
    session.close()
    assert ray.is_initialized()


def test_a_closed_session_refuses() -> None:
    session = Session.open()
    session.close()
    with pytest.raises(ClosedError, match="is closed"):
        session.check()


def test_a_session_may_be_dropped_while_another_is_opened() -> None:
    """The garbage collector runs wherever it likes: also in this thread, while it holds the lock."""
    first, second = Session.open(), Session.open()
    with session_module._lock:
        first.drop()
    second.check()
    with pytest.raises(ClosedError):
        Session.open().close()
        first.check()
    second.drop()
    with pytest.raises(ClosedError, match="is closed"):
        second.check()
    assert ray.is_initialized()


@pytest.mark.parametrize("address", [None, "auto", "local"])
def test_a_process_has_one_ray(address: str | None) -> None:
    session = Session.open(address)
    assert not session.started
    session.close()


def test_another_ray_is_refused_in_a_process_that_has_one() -> None:
    with pytest.raises(DeployError, match=r"is connected to the Ray at '.*' already, and cannot use '127.0.0.1:1' too"):
        Session.open("127.0.0.1:1")


def test_in_a_task_and_in_an_actor_its_ray_is_joined() -> None:
    def joined() -> tuple[bool, str, bool]:
        session = Session.open()
        session.check()
        session.close()
        return session.started, session.address, ray.is_initialized()

    @ray.remote
    class Actor:
        def joined(self) -> tuple[bool, str, bool]:
            return joined()

    address = ray.get_runtime_context().gcs_address
    task: Any = ray.remote(joined)
    assert ray.get(task.remote()) == (False, address, True)
    loose: Any = Actor
    actor = loose.remote()
    assert ray.get(actor.joined.remote()) == (False, address, True)


STARTED = """
import sys, ray
from dataflow.errors import ClosedError, DeployError
from dataflow.executors.ray.session import Session

def refused(session):
    try:
        session.check()
    except ClosedError as error:
        return str(error)

first = Session.open(num_cpus=1, log_to_driver=False)
second, forgotten = Session.open(), Session.open(num_cpus=77)
assert first.started and not second.started and first.cpus == second.cpus == 1, (first, second)
del forgotten  # who is gone uses nothing
first.close()
assert "is closed" in refused(first)
second.check()
assert ray.is_initialized()
second.close()
assert not ray.is_initialized(), "the last one to close ends what the first has started"

address = sys.argv[1]
session = Session.open(address)
ray.shutdown()
assert "has been shut down" in refused(session)
ray.init(address=address)
assert "has been shut down" in refused(session), "it is another connection"
session.close()
assert ray.is_initialized(), "somebody else has made it"
joined = Session.open()
joined.close()
assert ray.is_initialized()
print("right")
"""


def test_what_was_started_ends_with_its_last_user() -> None:
    assert run_program(STARTED, ray.get_runtime_context().gcs_address).endswith("right\n")


CONNECTED = """
import sys, ray
from dataflow.executors.ray.session import Session

address = sys.argv[1]
for given in (None, address):
    session = Session.open(given, num_cpus=77)
    assert not session.started, session
    assert session.address == address, session
    assert len(ray.nodes()) == 1
    session.check()
    session.close()
    assert not ray.is_initialized()
print("right")
"""


def test_the_ray_of_the_environment_is_connected_to_and_lives_on() -> None:
    address = ray.get_runtime_context().gcs_address
    assert run_program(CONNECTED, address, RAY_ADDRESS=address).endswith("right\n")
    assert ray.get(ray.put(1)) == 1


REFUSED = """
import ray, time
from dataflow.errors import DeployError
from dataflow.executors.ray.session import Session

for address in ("127.0.0.1:1", "no.such.host.invalid:6379", "ray://localhost:10001", "localhost:999999"):
    try:
        Session.open(address)
    except DeployError as error:
        assert address in str(error), error
    else:
        raise AssertionError(address)
    assert not ray.is_initialized()
print("right")
"""


def test_no_ray_at_the_address_is_an_error_and_starts_none() -> None:
    assert run_program(REFUSED, seconds=100).endswith("right\n")
