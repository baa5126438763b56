"""Laws of `check_types`: a right wire is never refused, and what is refused a type checker refuses too."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Never, Union

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataflow import check_types
from dataflow.agreement.annotations import Reader
from dataflow.agreement.compare import refuses
from dataflow.agreement.scopes import Scope
from dataflow.agreement.values import term_of
from dataflow.errors import TypeAgreementError
from dataflow.testing.program import Program
from dataflow.testing.strategies import programs
from tests.laws.executors import examples

either: Any = Union
read = Reader(Scope(globals(), {}, frozenset())).read

simple: st.SearchStrategy[Any] = st.sampled_from(
    [int, float, bool, str, bytes, complex, None, Literal["a", "b"], Literal[1], range, object]
)


def unions(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, min_size=2, max_size=3).map(lambda found: either[tuple(found)])


def generics(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    one = st.sampled_from([list, Sequence, Iterable])
    pair: Any = tuple
    return st.one_of(
        st.builds(lambda cls, arg: cls[arg], one, inner),
        st.builds(lambda cls, arg: cls[str, arg], st.sampled_from([dict, Mapping]), inner),
        st.builds(lambda one, other: pair[one, other], inner, inner),
        inner.map(lambda arg: pair[arg, ...]),
        unions(st.one_of(inner, st.just(None))).filter(lambda found: found is not None),
    )


hints: st.SearchStrategy[Any] = st.recursive(simple.filter(lambda each: each is not None), generics, max_leaves=5)


@examples(100)
@given(program=programs(failing=False))
def test_programs_that_do_not_fail_agree(program: Program) -> None:
    """check_types(f) is f."""
    flow = program.flow
    assert check_types(flow) is flow


@examples(100)
@given(program=programs())
def test_nothing_else_is_raised(program: Program) -> None:
    """check_types(f) is f, or a TypeAgreementError that names its wires."""
    flow = program.flow
    try:
        assert check_types(flow) is flow
    except TypeAgreementError as found:
        error = found
    else:
        return
    assert error.wires
    assert all(f"- {wire}" in str(error) for wire in error.wires)


@examples(100)
@given(annotation=hints)
def test_an_annotation_agrees_with_itself(annotation: Any) -> None:
    """T goes into T, T | U, object and Any; Any and Never go into T."""
    term = read(annotation)
    for wanted in (annotation, either[annotation, bytearray], object, Any):
        assert not refuses(read(wanted), term)
    for passed in (Any, Never):
        assert not refuses(term, read(passed))


@examples(200)
@given(data=st.data(), annotation=hints)
def test_a_value_agrees_with_its_annotation(data: st.DataObject, annotation: Any) -> None:
    """A value of T goes into T."""
    value = data.draw(st.from_type(annotation))
    assert not refuses(read(annotation), term_of(value))


@examples(200)
@given(wanted=hints, passed=hints, more=hints)
def test_what_is_refused_is_refused_as_a_part(wanted: Any, passed: Any, more: Any) -> None:
    """If T does not go into U, then T | V does not, and what holds a T does not go into what takes a U there."""
    if refuses(read(wanted), read(passed)):
        assert refuses(read(wanted), read(either[passed, more]))
        assert refuses(read(Sequence[wanted]), read(list[passed]))
        assert refuses(read(Mapping[str, wanted]), read(dict[str, passed]))
        assert refuses(read(tuple[int, wanted]), read(tuple[int, passed]))
        assert refuses(read(Callable[[], wanted]), read(Callable[[], passed]))


PRELUDE = """
import collections, decimal, enum, fractions, pathlib
from collections.abc import *
from typing import *
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
T_contra = TypeVar("T_contra", contravariant=True)
class Color(enum.Enum):
    RED = 1
    BLUE = 2
class Level(enum.IntEnum):
    LOW = 1
class Row(TypedDict):
    x: int
class Wider(TypedDict):
    x: int
    y: str
class HasX(Protocol):
    @property
    def x(self) -> int: ...
class Measured(Protocol):
    def __len__(self) -> int: ...
class Base:
    x: int = 3
class Derived(Base):
    def __call__(self, x: int) -> int: return x
class Box(Generic[T]):
    def __init__(self, content: T) -> None: self.content = content
class IntBox(Box[int]): pass
class Gives(Generic[T_co]): pass
class Takes(Generic[T_contra]): pass
class Words(list[str]): pass
class Point(NamedTuple):
    x: int
    y: int
UserId = NewType("UserId", int)
AdminId = NewType("AdminId", UserId)
"""
ATOMS = """
int float complex bool str bytes bytearray None object Any Color Level Row Wider HasX Measured Base Derived IntBox Words
Point UserId AdminId range type Literal[1] Literal['a'] Literal['a','b'] Literal[True] Literal[Color.RED] list dict tuple
tuple[()] decimal.Decimal fractions.Fraction pathlib.Path SupportsFloat SupportsIndex Sized Hashable LiteralString
Callable[...,Any] Callable[...,int] Callable[[],int] collections.Counter[str] type[int] type[Base] type[Derived] ValueError
""".split()
ONE = "list set frozenset Sequence Iterable Collection AbstractSet MutableSequence Iterator Box Gives Takes".split()
TWO = "dict Mapping MutableMapping collections.OrderedDict".split()


def hint_text(draw: random.Random, depth: int) -> str:
    """A random annotation."""
    kind = draw.random()
    if depth == 0 or kind < 0.4:
        return draw.choice(ATOMS)
    inner = [hint_text(draw, depth - 1) for _ in range(2)]
    if kind < 0.6:
        return f"{draw.choice(ONE)}[{inner[0]}]"
    if kind < 0.7:
        return f"{draw.choice(TWO)}[{draw.choice(['int', 'str'])}, {inner[0]}]"
    if kind < 0.8:
        return f"tuple[{inner[0]}, {draw.choice([inner[1], '...'])}]"
    return f"Union[{inner[0]}, {inner[1]}]" if kind < 0.95 else f"Callable[[{inner[0]}], {inner[1]}]"


def varied(draw: random.Random, text: str) -> str:
    """The same, but for one or two names in it."""
    parts = re.split(r"([\[\], ]+)", text)
    for _ in range(draw.randint(1, 2)):
        at = draw.randrange(0, len(parts), 2)
        for names in (ATOMS, ONE, TWO):
            if parts[at] in names:
                parts[at] = draw.choice(names)
    return "".join(parts)


def test_what_is_refused_is_refused_by_a_type_checker(tmp_path: Path) -> None:
    """If T does not go into U, then `def f(x: T) -> U: return x` is an error; and most of what is one is found."""
    pytest.importorskip("mypy")
    draw, names = random.Random(7), {"__name__": __name__}
    exec(PRELUDE, names)
    passed = [hint_text(draw, 2) for _ in range(1500)]
    pairs = [(text, varied(draw, text) if draw.random() < 0.7 else hint_text(draw, 2)) for text in passed]
    lines = [f"def f{at}(x: {taken}) -> {given_back}: return x" for at, (taken, given_back) in enumerate(pairs)]
    file = tmp_path / "pairs.py"
    file.write_text("\n".join([PRELUDE, *lines]))
    command = [sys.executable, "-m", "mypy", "--config-file=", "--no-incremental", "--no-error-summary", str(file)]
    said = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path).stdout
    first = PRELUDE.count("\n") + 2
    wrong = {int(at) - first: code for at, code in re.findall(r"pairs.py:(\d+): error: .*\[([\w-]+)\]", said)}
    reader = Reader(Scope(names, {}, frozenset()))
    refused = [at for at, (given_, wanted) in enumerate(pairs) if refuses(reader.read(wanted), reader.read(given_))]
    assert [pairs[at] for at in refused if at not in wrong] == []
    assert len(refused) > 0.85 * list(wrong.values()).count("return-value") > 500
