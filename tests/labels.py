"""Names of parametrized tests: the same in every process, so that several processes can share the tests."""

from __future__ import annotations

import re

ADDRESS = re.compile(r" at 0x[0-9a-f]+| id='\d+'")
LONGEST = 40


def label(value: object) -> str:
    """The value as Python writes it, cut short, without what differs between processes: addresses, the order of sets."""
    if isinstance(value, set | frozenset):
        return f"{type(value).__name__}({', '.join(sorted(map(label, value)))})"
    written = hex(value) if isinstance(value, int) else repr(value)  # a large int has no decimal repr
    return ADDRESS.sub("", written)[:LONGEST]
