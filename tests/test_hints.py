"""What is said of nodes that are used as if they were their values."""

from __future__ import annotations

from dataflow.hints import ON_NODE, ON_OUTPUT


def test_every_hint_names_a_way_out() -> None:
    assert all(any(word in hint for word in ("step", "(", "make")) for hint in {**ON_NODE, **ON_OUTPUT}.values())
