"""Types tell the truth: of random programs, mypy with the plugin knows which lines are right, and what their values are."""

from __future__ import annotations

import random
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataflow import check_types, flow, run
from tests.checkers import mypy_with_plugin
from tests.kinds import holds
from tests.laws.executors import examples
from tests.test_static_programs import folder_with
from tests.typed_programs import Author

seeds = st.integers(0, 2**32)


def written(seed: int, lines: int) -> Author:
    author = Author(random.Random(seed).randrange(2**32))
    author.write(lines)
    return author


@pytest.mark.timeout(600)
@examples(4)
@given(seed=seeds)
def test_each_line_is_judged_as_it_is(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    author = written(seed, 120)
    folder = folder_with(tmp_path_factory.mktemp("typed"), {"typed.py": "\n".join(author.lines)})
    errors = {line.number: said for line, said in mypy_with_plugin(folder, ["typed.py"]).items()}
    assert author.wrong
    assert {author.lines[at - 1]: errors.get(at) for at in errors.keys() ^ author.wrong} == {}


@examples(30)
@given(seed=seeds)
def test_each_value_is_of_its_type(seed: int) -> None:
    author = written(seed, 40)
    right = [line for at, line in enumerate(author.lines, 1) if at not in author.wrong]
    module = ModuleType("typed")
    exec(compile("\n".join(right), "typed.py", "exec"), module.__dict__)  # noqa: S102
    names = list(author.kinds)
    nodes = [getattr(module, name) for name in names]
    check_types(flow(lambda: nodes))
    values = dict(zip(names, run(*nodes), strict=True))
    assert {name: value for name, value in values.items() if not holds(value, author.kinds[name])} == {}
