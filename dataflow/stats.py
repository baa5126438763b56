"""What a pipeline is doing, as numbers."""

from __future__ import annotations

from collections.abc import Mapping

import attrs


@attrs.frozen
class Stats:
    """What a pipeline is doing.

    Attributes:
        in_flight: runs that have begun and not ended.
        replicas: for each class step, by name, the number of calls that each of its live copies has taken.
    """

    in_flight: int
    replicas: Mapping[str, tuple[int, ...]]
