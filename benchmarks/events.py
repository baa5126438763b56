"""The package once more without the code that tells observers of events: what P13 is held against.

A copy under another name is imported beside the package, so that both can be timed in turn in one process.
"""

from __future__ import annotations

import ast
import importlib
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import dataflow

COPY: Final = "dataflow_without_events"
WRAPPING: Final = frozenset({"observed", "observed_async"})
"""Calls that wrap their first argument: it is left as it is."""
TELLING: Final = frozenset({"tell"})
"""Calls that do nothing but tell: they are deleted."""
PARTS: Final = ("__pycache__", "testing", "mypy_plugin", "agreement")


class Removal(ast.NodeTransformer):
    """Deletes event code, and counts how much of it there was."""

    def __init__(self) -> None:
        self.removed = 0

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """A wrapping call becomes what it wraps."""
        self.generic_visit(node)
        if _called(node) in WRAPPING and node.args:
            self.removed += 1
            return node.args[0]
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        """A telling statement becomes none."""
        self.generic_visit(node)
        if isinstance(node.value, ast.Call) and _called(node.value) in TELLING:
            self.removed += 1
            return ast.copy_location(ast.Pass(), node)
        return node


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def without_events(source: str) -> tuple[str, int]:
    """The source of a module without its event code, and how many places there were.

    >>> without_events("def f(x):\\n    tell(observers, x)\\n    return observed(g, 'g', observers)(x)")
    ('def f(x):\\n    pass\\n    return g(x)', 2)
    """
    removal = Removal()
    tree = removal.visit(ast.parse(source))
    return ast.unparse(ast.fix_missing_locations(tree)), removal.removed


def write_copy(folder: Path, *, strip: bool = True) -> int:
    """Write the package without its event code, under the name of the copy; the number of places that were deleted.

    Args:
        folder: where to.
        strip: whether event code is deleted; else it is a copy and nothing else.
    """
    package, removed = Path(dataflow.__file__).parent, 0
    for path in package.rglob("*.py"):
        inside = path.relative_to(package)
        if inside.parts[0] in PARTS:
            continue
        source = path.read_text()
        if strip and inside.parts != ("events.py",):  # what tells, and nothing calls it any more
            source, count = without_events(source)
            removed += count
        target = folder / COPY / inside
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(re.sub(r"\bdataflow\b", COPY, source))
    return removed


@contextmanager
def imported_copy(folder: Path) -> Iterator[Any]:
    """The copy as a module; it is forgotten afterwards."""
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module(COPY)
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.partition(".")[0] == COPY]:
            del sys.modules[name]
