"""What the Ray of the tests is doing: which actors and worker processes there are."""

from __future__ import annotations

from typing import Any

from ray._private.state import actors


def alive_actors() -> list[dict[str, Any]]:
    """The actors that live, or are to."""
    return [each for each in actors().values() if each["State"] != "DEAD"]
