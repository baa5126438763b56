"""What is sent to a worker to be run: calls that feed one another, or the body of a fan-out."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, TypeAlias

import attrs

from dataflow.callee import Callee
from dataflow.executors.remote import Key
from dataflow.ir.graph import Graph
from dataflow.shapes import Shape

LAST: Final = -1
"""The register of the value of the member before."""


class Member(NamedTuple):
    """One call of a chain.

    Attributes:
        name: of the step.
        callee: what to call; None for a container, and for what the replica holds.
        key: of the callee, under which a worker keeps its instance.
        shape: of a container that is put together.
        local: whether it is no step, but indexing and the like, of which observers are not told.
        args: the registers of its arguments: of the operands, then of the chain's literals; or LAST.
        kwargs: the same by name.
    """

    name: str
    callee: Callee | None
    key: Key | None
    shape: Shape | None
    local: bool
    args: tuple[int, ...]
    kwargs: tuple[tuple[str, int], ...]


@attrs.frozen(eq=False)
class Calls:
    """Calls that feed one another: each reads what comes before it, operands and literals.

    Attributes:
        members: the calls.
        operands: how many operands they read, which come with each job.
        literals: what they read besides.
    """

    members: tuple[Member, ...]
    operands: int
    literals: tuple[Any, ...]


@attrs.frozen(eq=False)
class Body:
    """The body of a fan-out: its first input is the element, its others are operands."""

    graph: Graph


Code: TypeAlias = Calls | Body
