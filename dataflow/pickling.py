"""How nodes are pickled: by `dataflow.lift`, which is loaded when the first one is. Importing this sees to that."""

from __future__ import annotations

import copyreg
from typing import Any

from dataflow.loading import load
from dataflow.node import Node
from dataflow.ops import Grower


def _node(node: Node[Any]) -> str | tuple[Any, ...]:
    reduced: str | tuple[Any, ...] = load("dataflow.lift").node_reduced(node)
    return reduced


def _grower(grower: Grower) -> tuple[Any, ...]:
    reduced: tuple[Any, ...] = load("dataflow.lift").grower_reduced(grower)
    return reduced


copyreg.pickle(Node, _node)
copyreg.pickle(Grower, _grower)
