"""Inline has two ways to run a plan, the machine and a generated function: nobody can tell them apart.

That the function means what the definition says is among the laws of every executor: there it is one of them.
"""

from __future__ import annotations

from hypothesis import given

from dataflow.testing.outcome import Outcome, outcome
from dataflow.testing.program import Program
from dataflow.testing.steps import recorded
from dataflow.testing.strategies import programs
from tests.laws.executors import COMPILED, MACHINE, Forced, examples


def ended_on(executor: Forced, program: Program, times: int = 1) -> tuple[Outcome, list[str], list[str]]:
    """How a program ends the last time that it is called, what ran, and the notes on its error."""
    with program.flow.deploy(executor) as pipeline:
        for _ in range(times - 1):
            outcome(lambda: pipeline.call(*program.values))
        with recorded() as ran:
            ended = outcome(lambda: pipeline.call(*program.values))
    return ended, list(ran), list(getattr(ended.raised, "__notes__", ()))


@examples(500)
@given(programs())
def test_the_function_and_the_machine_agree(program: Program) -> None:
    """The same value or error, the same calls in the same order, the same notes."""
    assert ended_on(COMPILED, program) == ended_on(MACHINE, program)


@examples(100)
@given(programs())
def test_a_function_that_has_learned_its_types_agrees(program: Program) -> None:
    """In later runs, too, and where a run changes from the machine to the function in the middle of a fan-out."""
    wanted = ended_on(MACHINE, program, 3)
    assert ended_on(COMPILED, program, 3) == wanted
    assert ended_on(Forced(1), program, 3) == wanted
