"""What runs before what."""

from __future__ import annotations

from dataflow.combinators.gather import gather
from dataflow.combinators.route import switch
from dataflow.node import Node
from dataflow.testing.laws.bench import Bench, agree
from dataflow.testing.laws.parts import note, note_if


def a_selector_comes_before_its_case(bench: Bench) -> None:
    """A switch evaluates its selector, then the case, also one that every case is."""
    witness = bench.witness()
    case = note(witness.path, "case", note(witness.path, "before the case"))
    selector: Node[int] = note_if(witness.path, "selector", 1)
    agree(bench.run(switch(selector, {0: case, 1: case})), "case")
    agree(witness.marks(), ["selector", "before the case", "case"])


def what_is_read_comes_first(bench: Bench) -> None:
    """A step starts after the steps that it reads have ended."""
    witness = bench.witness()
    words = [str(at) for at in range(12)]
    nodes = [note(witness.path, words[0])]
    for at, word in enumerate(words[1:]):
        nodes.append(note(witness.path, word, nodes[at], nodes[at // 2]))
    bench.run(gather(nodes))
    agree(witness.marks(), words)
