"""The faults of `tools.mutations` can be put in: `make mutations` tries them, which takes long."""

from __future__ import annotations

import ast

import pytest

from tools.mutations import MUTATIONS, ROOT, Mutation


def test_there_are_enough_and_each_is_another() -> None:
    assert len(MUTATIONS) >= 60
    assert len({mutation.what for mutation in MUTATIONS}) == len(MUTATIONS)
    assert len({(mutation.file, mutation.old, mutation.new) for mutation in MUTATIONS}) == len(MUTATIONS)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.what)
def test_a_mutation_can_be_put_in(mutation: Mutation) -> None:
    """Its text stands once in its file, what comes of it is Python, and the tests that are to catch it are there."""
    text = (ROOT / "dataflow" / mutation.file).read_text()
    assert text.count(mutation.old) == 1
    ast.parse(text.replace(mutation.old, mutation.new))
    assert mutation.old != mutation.new
    assert all((ROOT / test).exists() for test in mutation.tests)
