"""`Ray`: the executor that runs graphs on a Ray cluster."""

from __future__ import annotations

import functools
import weakref
from types import TracebackType
from typing import Any

import attrs

from dataflow.errors import OptionTypeError
from dataflow.loading import load
from dataflow.pipeline import Deployment
from dataflow.plan import Plan


def _is_bool(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, bool):
        raise OptionTypeError(f"{attribute.name} must be True or False, not {value!r}")


def _is_address(_: object, __: attrs.Attribute[Any], value: object) -> None:
    if value is not None and not isinstance(value, str):
        raise OptionTypeError(f"address must be a str or None, not {value!r}")


@attrs.frozen(eq=False, repr=False)
class Ray:
    """Runs functions as Ray tasks and class steps as Ray actors; values stay on the cluster until they are needed.

    Where a process is connected to Ray already, in a job, an actor or a Serve deployment, that Ray is joined. Else the
    one that RAY_ADDRESS names is, and if there is none a local Ray is started. What was started ends with `close()`,
    or with the executor and the last pipeline that uses it; a Ray that was joined is left alone.

    Args:
        address: the Ray to connect to: "host:port", "auto" for one on this machine, or "local" to start one.
        fuse: whether calls that feed one another, and elements of a fan-out, are sent together.
        settings: for `ray.init`, where a Ray is started: `{"num_cpus": 8}`.

    Raises:
        OptionTypeError: an argument has the wrong type.
        MissingExtraError: on first use: the package ray is not installed.

    >>> from dataflow import run, step
    >>> with Ray() as executor:  # doctest: +SKIP
    ...     run(step(abs)(-2), executor=executor)
    2
    """

    address: str | None = attrs.field(default=None, validator=_is_address)
    fuse: bool = attrs.field(default=True, validator=_is_bool, kw_only=True)
    settings: dict[str, Any] = attrs.field(factory=dict, converter=dict, kw_only=True)
    _sessions: list[Any] = attrs.field(factory=list, init=False)

    def deploy(self, plan: Plan) -> Deployment:
        """Construct the replicas of each class step, and return when all are up.

        Raises:
            InfeasibleError: the cluster has no room for a step.
            DeployError: there is no such Ray, or it cannot be used.
            NotSerializableError: a step or a literal cannot be sent to a worker.
        """
        deployment: Deployment = load("dataflow.executors.ray.deployment").RayDeployment(
            plan, self._session(), self.fuse, self
        )
        return deployment

    def _session(self) -> Any:
        """The Ray that is used; opened with the first deployment, and again if it has been shut down since."""
        load("ray", extra="ray")
        if not self._sessions or not self._sessions[-1].alive():
            session = load("dataflow.executors.ray.session").Session.open(self.address, **self.settings)
            self._sessions.append(session)
            weakref.finalize(self, session.drop)
        return self._sessions[-1]

    def explain(self, plan: Plan) -> list[str]:
        """What is sent as one, in lines; nothing is sent, and Ray need not run.

        Raises:
            MissingExtraError: the package ray is not installed.
        """
        load("ray", extra="ray")
        lines: list[str] = load("dataflow.executors.ray.explained").explained(plan, self.fuse)
        return lines

    def close(self) -> None:
        """Let go of Ray; one that was started here is shut down. A second call does nothing."""
        for session in self._sessions:
            session.close()

    def __enter__(self) -> Ray:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        """In another process it finds its Ray anew."""
        return functools.partial(Ray, fuse=self.fuse, settings=self.settings), (self.address,)

    def __repr__(self) -> str:
        where = f" on {self._sessions[-1]}" if self._sessions else ""
        return f"<Ray executor{where}>"
