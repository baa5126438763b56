"""Several nodes: steps are placed by resource, and a node is lost in the midst of a run."""

from __future__ import annotations

from tests.ray.subprocesses import run_program


def test_steps_go_where_their_resources_are_and_a_node_may_be_lost() -> None:
    """`make soak` loses five."""
    assert run_program("from tests.ray.nodes import main; main(1)").endswith("right\n")
