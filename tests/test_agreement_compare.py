"""Which annotations agree: the table of decisions, row by row."""

# ruff: noqa: UP006, UP007, UP035, UP045, F821  # the old forms are meant too, and a name that is not there
# mypy: disable-error-code="valid-type, name-defined"

from __future__ import annotations

import datetime
import decimal
import enum
import fractions
import functools
import io
import pathlib
import typing
from collections import Counter, OrderedDict, abc, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from os import PathLike
from typing import (
    Annotated,
    Any,
    ClassVar,
    Final,
    Generic,
    Literal,
    LiteralString,
    NamedTuple,
    Never,
    NewType,
    NoReturn,
    NotRequired,
    Optional,
    ParamSpec,
    Protocol,
    Self,
    SupportsFloat,
    SupportsIndex,
    TextIO,
    TypedDict,
    TypeVar,
    Union,
)
from unittest.mock import Mock

import pytest
from typing_extensions import Buffer, TypeAliasType

from dataflow.agreement.annotations import Reader
from dataflow.agreement.compare import refuses
from dataflow.agreement.generics import attribute_of, element_of, entry_of, item_of
from dataflow.agreement.scopes import Scope
from dataflow.agreement.solve import solved
from dataflow.agreement.terms import ANYTHING, LARGEST, Class, Term, either, generic, row
from dataflow.agreement.texts import both, shown
from dataflow.agreement.values import term_of
from tests.labels import label

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
T_contra = TypeVar("T_contra", contravariant=True)
Number = TypeVar("Number", bound=int)
Text = TypeVar("Text", bytes, str)
P = ParamSpec("P")
UserId = NewType("UserId", int)
AdminId = NewType("AdminId", UserId)
OrderId = NewType("OrderId", int)


class Color(enum.Enum):
    RED = 1
    BLUE = 2


class Level(enum.IntEnum):
    LOW = 1


class Access(enum.Flag):
    READ = 1
    WRITE = 2


class Row(TypedDict):
    x: int


class Wider(TypedDict):
    x: int
    y: str


class Loose(TypedDict):
    x: int
    y: NotRequired[str]


class Other(TypedDict):
    x: str


class Chain(TypedDict):
    value: int
    rest: Chain | None


class Links(TypedDict):
    value: int
    rest: Links | None


class HasX(Protocol):
    x: int


class Sized(Protocol):
    def __len__(self) -> int: ...


class Closes(Protocol):
    def close(self) -> None: ...


class Opens:
    """A method gives an instance the attribute."""

    def open(self) -> None:
        self.close: Callable[[], None] = self.open


class Sets:
    """Its attributes may be any."""

    def __init__(self, **named: Any) -> None:
        self.__dict__.update(named)


class Quiet:
    """Its subclass has the attribute."""


class Loud(Quiet):
    """Has it."""

    def close(self) -> None: ...


class Part(TypedDict, total=False):
    """Its key may not be there."""

    x: int


class Whole(Part):
    """Another key must be there."""

    y: str


class Optionally(TypedDict):
    """Its key may not be there, which a string says."""

    x: NotRequired[int]


class Named(TypedDict, total=False):
    """Its key must be there, which a string says."""

    x: typing.Required[int]


class Calls(Protocol):
    def __call__(self, x: int) -> int: ...


class Base:
    x: int = 3


class Derived(Base):
    def __call__(self) -> int:
        return 1


class Point(NamedTuple):
    x: int
    y: str


class Pair(NamedTuple, Generic[T]):
    first: T
    second: T


class Box(Generic[T]):
    content: T

    def method(self, x: int) -> int:
        return x

    @property
    def size(self) -> int:
        return 1


def of_one(x: int) -> Any:
    return x


def of_two(x: int, y: str | None = None, *, z: int = 0) -> Any:
    return x


def of_any(x: int, *rest: str) -> Any:
    return x


def of_rest(x: int, *, z: int) -> Any:
    return x


def of_box(x: Box[int]) -> Any:
    return x


@functools.wraps(of_two)
def wrapped(*args: Any) -> Any:
    return args


class IntBox(Box[int]):
    """A box of ints."""


class Source(Generic[T_co]):
    """Gives."""


class Sink(Generic[T_contra]):
    """Takes."""


class Words(list[str]):
    """A list of words."""


class Table(dict[str, T], Generic[T]):
    """A dict with names."""


class Indexed:
    """Can be iterated over, though it has no `__iter__`."""

    def __getitem__(self, at: int) -> int:
        return at


class Dynamic:
    """Has any attribute."""

    def __getattr__(self, name: str) -> Any:
        return name


class Untyped(Any):  # type: ignore[misc]  # what this is about
    """Its base is not known."""


class Deciding(type):
    """Classes that decide by themselves what their instances are."""

    def __instancecheck__(cls, instance: object) -> bool:
        return True


class Decided(metaclass=Deciding):
    """Anything."""


class Angry(type):
    """Classes that cannot be asked."""

    def __subclasscheck__(cls, subclass: type) -> bool:
        raise RuntimeError("no")


class Asked(metaclass=Angry):
    """Cannot be asked."""


Json = TypeAliasType("Json", dict[str, "Json"] | list["Json"] | int)  # type: ignore[misc]  # it is recursive
Listed = TypeAliasType("Listed", list[T], type_params=(T,))


AGREE: list[tuple[Any, Any]] = [
    # numbers
    (int, int), (int, float), (int, complex), (float, complex), (bool, int), (bool, float), (Level, int),
    (Level, float), (fractions.Fraction, float), (bytearray, bytes), (memoryview, bytes),
    # unions
    (None, None), (None, Optional[int]), (int, Optional[int]), (int | str, Union[int, str, None]), (int | bool, int),
    (int | float, float), (Never, int), (NoReturn, int), (int, Never),
    # what is not known
    (Any, int), (int, Any), (int, object), (T, int), (P, int), (int, P), ("Missing", int),
    (list["Missing"], list[int]), (3, int), (int, [1]), (Self, int), (io.StringIO, TextIO), (Base, Buffer),
    (list, abc.Hashable), (Untyped, int), (Dynamic, HasX), (Mock, int), (str, Decided), (int, Asked),
    # containers
    (list, list[int]), (list[int], list), (list[int], list[float]), (list[bool], list[int]), (list[Any], list[str]),
    (list[int], list[object]), (list[int], Sequence[float]), (set[int], abc.Set[float]), (deque[int], Iterable[float]),
    (str, Sequence[str]), (str, Iterable[str]), (bytes, Sequence[int]), (range, Sequence[int]), (range, Iterable[float]),
    (abc.Generator[int, None, None], Iterable[int]), (Words, list[str]), (Words, Iterable[str]), (Words, Words),
    (list[int], abc.Container[str]), (list[int], abc.Sized), (Indexed, Iterable), (Indexed, Iterable[str]),
    (typing.List, list[int]), (list[int], typing.List), (typing.Dict[str, int], dict[str, int]),
    # mappings
    (dict[str, int], Mapping[str, float]), (dict[str, int], Mapping[str, object]), (dict[str, int], Iterable[str]),
    (dict[str, int], Collection[str]), (Counter[str], Mapping[str, int]), (OrderedDict[str, int], dict[str, int]),
    (Table[int], dict[str, int]), (Table[int], Mapping[str, float]), (Table, Mapping[str, int]),
    (dict[str, list[int]], Mapping[str, Sequence[float]]), (dict, Mapping[str, int]), (Counter[str], Iterable[str]),
    # tuples
    (tuple[int, str], tuple[int, str]), (tuple[int, int], tuple[int, ...]), (tuple[int, ...], tuple[int, int]),
    (tuple, tuple[int, int]), (tuple[()], tuple[int, ...]), (tuple[()], tuple[()]), (typing.Tuple, tuple[int]),
    (tuple[int, str], Sequence[int | str]), (tuple[int, *tuple[str, ...]], tuple[int, str]), (tuple[int, str], tuple),
    (tuple[int, str], tuple[int, *tuple[str, ...]]), (Point, tuple[int, str]), (Point, Sequence[int | str]),
    (Point, Point), (Pair[int], tuple[int, int]), (Pair, tuple[int, str]), (tuple[bool, str], tuple[int, str]),
    # generic classes
    (Box[int], Box[int]), (Box[int], Box), (Box, Box[int]), (Box[Any], Box[int]), (Box[bool], Box[int]),
    (Box[int], Box[bool]), (IntBox, Box[int]), (IntBox, Box), (Source[bool], Source[int]), (Sink[int], Sink[bool]),
    (Listed[int], list[int]), (list[int], Listed[int]), (abc.Awaitable[int], abc.Awaitable[float]),
    # literals, enums
    (Literal["a"], str), (Literal["a"], Literal["a", "b"]), (Literal[1], float), (Literal[Color.RED], Color),
    (bool, Literal[True, False]), (Color, Literal[Color.RED, Color.BLUE]), (Literal[None], None),
    (bool, Union[Literal[True], Literal[False], str]), (LiteralString, str), (str, LiteralString),
    # names, wrappers
    (UserId, int), (int, UserId), (UserId, float), (AdminId, UserId), (UserId, AdminId), (AdminId, int),
    (list[UserId], list[int]), (Annotated[int, "x"], int), (int, Annotated[float, "x"]), (Final[int], int),
    (ClassVar[int], float), (Json, Json), (int, Json), (dict[str, Json], Json), (bool, typing.TypeGuard[int]),
    # typed dicts
    (Row, Row), (Wider, Row), (Row, Loose), (Wider, Loose), (Row, dict[str, Any]), (Row, Mapping[str, object]),
    (dict[str, int], Row), (dict, Row), (Chain, Links), (Row, dict),
    # protocols
    (str, Sized), (list[int], Sized), (Base, HasX), (HasX, HasX), (Opens, Closes), (Sets, Closes), (Quiet, Closes), (Derived, Closes), (Base, Closes), (Named, Row), (Row, Part), (int, SupportsFloat),
    (int, SupportsIndex), (io.StringIO, Closes), (pathlib.Path, PathLike[str]), (tuple[int], typing.Reversible[int]),
    (Callable[[int], int], Calls), (type[Base], Calls), (decimal.Decimal, SupportsFloat),
    # callables, classes
    (Callable[[int], int], Callable[[int], float]), (Callable[[float], int], Callable[[int], int]),
    (Callable[[int], int], Callable[..., Any]), (Callable[[int], int], Callable), (Callable, Callable[[int], int]),
    (Callable[P, int], Callable[[int], int]), (Callable[[int], int], object), (Derived, Callable[[], int]),
    (type[int], Callable[[], int]), (type[bool], type[int]), (type[int], type), (type, type[int]), (type[Any], type[int]),
    (type[int], Callable[..., Any]), (typing.Type[int], type[int]), (typing.Callable, Callable[[int], int]),
    (type[Color], Iterable[Color]), (Callable[[], int], Derived), (type, type), (datetime.datetime, datetime.date),
    # type variables
    (int, T), (int, Number), (bool, Number), (list[int], list[T]), (str, Text), (list[str], Sequence[Text]),
]  # fmt: skip

DISAGREE: list[tuple[Any, Any]] = [
    (float, int), (complex, float), (int, bool), (str, bytes), (str, int), (Level, str), (decimal.Decimal, float),
    (object, int), (Base, Derived), (datetime.date, datetime.datetime), (None, int),
    (Optional[int], int), (int | str, int), (int, str | None), (int | Any, str), (list[int] | None, list[int]),
    (list[int], list[str]), (list[int], set[int]), (list[int], Sequence[str]), (list[object], list[int]), (str, list[str]),
    (str, Iterable[int]), (bytes, Sequence[str]), (range, list[int]), (range, Iterable[str]), (set[int], frozenset[int]),
    (Sequence[int], list[int]), (Iterable[int], Sequence[int]), (int, Iterable[int]), (int, Iterable), (int, abc.Sized),
    (Words, list[int]), (Words, Iterable[int]), (list[int], Words), (Iterator[int], abc.Sized), (deque[int], list[int]),
    (dict[str, int], Mapping[str, str]), (dict[str, int], Mapping[int, int]), (dict[str, int], Iterable[int]),
    (dict[str, int], list[str]), (Counter[str], Mapping[str, str]), (Table[int], Mapping[str, str]), (Table[int], list),
    (dict[str, list[int]], Mapping[str, Sequence[str]]), (Mapping[str, int], dict[str, int]),
    (tuple[int, str], tuple[int, int]), (tuple[int, int, int], tuple[int, int]), (tuple[int, str], tuple[int, ...]),
    (tuple[str, ...], tuple[int, int]), (tuple[int], tuple[()]), (list[int], tuple[int, int]), (list, tuple[int]),
    (tuple[int, str], Sequence[int]), (tuple[int, int], list[int]), (Point, tuple[str, str]), (Point, tuple[int]),
    (tuple[int, str], Point), (Pair[int], tuple[str, str]), (Callable[[], int], tuple[int]), (int, tuple[int]),
    (Box[int], Box[str]), (IntBox, Box[str]), (Source[int], Source[bool]), (Sink[bool], Sink[int]), (Box[int], IntBox),
    (Listed[int], list[str]), (Source[int], Sink[int]), (abc.Awaitable[int], abc.Awaitable[str]),
    (str, Literal["a"]), (Literal["c"], Literal["a", "b"]), (Literal[1], Literal[True]), (Literal[1], str),
    (bool, Literal[True]), (Color, Literal[Color.RED]), (Access, Literal[Access.READ]), (Color, int), (Literal[1], bool),
    (Literal[Color.RED], Literal[Color.BLUE]), (UserId, Literal[1]),
    (UserId, OrderId), (UserId, str), (str, UserId), (list[UserId], list[OrderId]), (AdminId, OrderId),
    (Annotated[int, "x"], str), (str, Annotated[int, "x"]), (Final[int], str), (str, Json), (typing.TypeGuard[int], str),
    (Row, Wider), (Row, Other), (Other, Wider), (Row, list), (int, Row), (list[str], Row), (Row, Chain),
    (int, Sized), (str, Closes), (Part, Row), (Whole, Wider), (Optionally, Row), (str, SupportsFloat), (int, HasX), (None, Sized), (list[int], SupportsIndex),
    (Callable[[int], str], Callable[[int], int]), (Callable[[int], int], Callable[[str], int]), (int, Callable),
    (Callable[[int], int], Callable[[], int]), (Base, Callable[[], int]), (Callable[[int], int], Base),
    (Callable[[int], int], int), (Callable[[], int], type[int]), (tuple[int], Callable), (Literal[1], Callable),
    (type[int], type[str]), (type[int], int), (int, type[int]), (int, type), (type[int], Iterable[int]), (Base, type),
    (str, Number), (float, Text), (list[int], Sequence[Text]), (int, list[T]), (list[str], list[Number]),
]  # fmt: skip

READER = Reader(Scope(globals(), {}, frozenset()))
read = READER.read


def name(each: object) -> str:
    return label(each).replace(f"{__name__}.", "")


@pytest.mark.parametrize(("given", "wanted"), AGREE, ids=name)
def test_right_pairs_agree(given: Any, wanted: Any) -> None:
    assert not refuses(read(wanted), read(given))


@pytest.mark.parametrize(("given", "wanted"), DISAGREE, ids=name)
def test_wrong_pairs_do_not(given: Any, wanted: Any) -> None:
    assert refuses(read(wanted), read(given))


VALUES: list[tuple[object, Any]] = [
    (1, float), (True, int), ("a", Literal["a"]), (None, None), ([], list[str]), ([1, None], list[int | None]),
    ({"a": [1]}, Mapping[str, Sequence[float]]), ({}, Row), ({"x": 1}, Row), ((), tuple[int, ...]), ((1, "a"), Point | tuple[int, str]),
    (Color.RED, Literal[Color.RED]), (Level.LOW, int), (int, type[float]), (int, Callable[[], int]), (len, Callable[..., int]),
    (lambda: 1, Callable[[], int]), (list[int], Any), (list[int], type), (Derived(), Callable[[], int]), (Point(1, "a"), Point),
    ([*range(20), "a"], list[int | str]), (dict.fromkeys([*range(20), "a"], 1), dict[int | str, int]),
    (UserId(3), UserId), (b"a", bytes), ("a" * 1000, str), (range(3), Sequence[int]), (list(range(1000)), list[int]),
    (Mock(), int), ({1, 2}, abc.Set[float]), (frozenset("ab"), Iterable[str]), (Box(), Box[int]), ([[[[["a"]]]]], list),
    (tuple(range(1000)), tuple[int, ...]), (3, UserId), (1j, complex),
    (of_one, Callable[[int], str]), (of_one, Callable[[bool], str]), (of_one, Callable[[float], str]), (of_one, Callable[[Any], str]),
    (of_one, Callable[[T], T]), (of_one, Callable[..., int]), (of_one, Callable[[int | None], int]), (of_one, Calls),
    (of_two, Callable[[int], int]), (of_two, Callable[[int, str], int]), (of_any, Callable[[int, int, int], int]),
    (Box.method, Callable[[Box[int], int], int]), (Box().method, Callable[[int], int]), (of_rest, Callable[[int], int]),
    (lambda a, b: a, Callable[[int, str], int]), (wrapped, Callable[[int], int]), (of_box, Callable[[Base], int]),
]  # fmt: skip
NOT_VALUES: list[tuple[object, Any]] = [
    ("a", int), (1.5, int), (None, int), (["a"], list[int]), ({"a": "b"}, Mapping[str, int]), ({1: 2}, Mapping[str, int]),
    ((1, 2), tuple[int, str]), ((1, 2), tuple[int, int, int]), ("c", Literal["a", "b"]), (Color.RED, int), (int, type[str]),
    (int, int), (len, int), (Base(), Derived), ("a" * 1000, Literal["a"]), ([1, "a"], list[int]), (1, bool),
    (tuple(range(1000)), tuple[str, ...]), ([1], Row),
    (of_one, Callable[[], int]), (of_one, Callable[[int, int], int]), (of_one, Callable[[str], int]), (of_one, int),
    (of_two, Callable[[], int]), (of_two, Callable[[int, int], int]), (of_two, Callable[[int, str, int], int]),
    (Box().method, Callable[[int, int], int]), (lambda a, b: a, Callable[[int], int]),
]  # fmt: skip


@pytest.mark.parametrize(("value", "wanted"), VALUES, ids=name)
def test_values_agree_with_what_they_are(value: object, wanted: Any) -> None:
    assert not refuses(read(wanted), term_of(value))


@pytest.mark.parametrize(("value", "wanted"), NOT_VALUES, ids=name)
def test_values_do_not_agree_with_what_they_are_not(value: object, wanted: Any) -> None:
    assert refuses(read(wanted), term_of(value))


SHOWN: list[tuple[Any, str]] = [
    (int, "int"), (None, "None"), (Optional[int], "int | None"), (None | int, "int | None"), (list[int], "list[int]"),
    (tuple[()], "tuple[()]"), (tuple[int, str], "tuple[int, str]"), (Literal["a"], "Literal['a']"), (Never, "Never"),
    (Literal[Color.RED], "Literal[Color.RED]"), (Callable[[int], str], "Callable[[int], str]"), (UserId, "UserId"),
    (Callable[..., int], "Callable[..., int]"), (type[int], "type[int]"), (T, "T"), (Any, "Any"), (Point, "Point"),
    (Mapping[str, Box[int]], "Mapping[str, Box[int]]"),
]  # fmt: skip


@pytest.mark.parametrize(("annotation", "text"), SHOWN, ids=name)
def test_types_are_shown_as_they_are_written(annotation: Any, text: str) -> None:
    assert shown(read(annotation)) == text


def test_two_classes_of_one_name_are_shown_with_their_modules() -> None:
    other = type("Point", (), {})
    assert both(Class(Point), Class(int)) == ("Point", "int")
    assert both(Class(Point), Class(other)) == (f"{__name__}.Point", f"{__name__}.Point")


PARTS: list[tuple[Term, Any]] = [
    (item_of(read(dict[str, int])), str), (item_of(read(list[int] | str)), int | str), (item_of(read(Point)), int | str),
    (item_of(read(Pair[int])), int), (item_of(read(int)), Any), (item_of(read(IntBox)), Any), (item_of(read(tuple)), Any),
    (element_of(read(tuple[int, str]), 1), str), (element_of(read(tuple[int, str]), -1), str),
    (element_of(read(tuple[int, str]), 2), Any), (element_of(read(tuple[int, str]), slice(0, 1)), tuple[int]),
    (element_of(read(tuple[int, str]), int), Any), (element_of(read(dict[str, int]), ...), int),
    (element_of(read(Row), "x"), int), (element_of(read(Row), "y"), Any), (element_of(read(list[int]), 3), int),
    (element_of(read(list[int]), int), int), (element_of(read(list[int]), slice(1)), list[int]), (element_of(read(str), 0), str),
    (element_of(read(Point), 1), str), (element_of(read(Base), 1), Any), (element_of(read(Any), 1), Any),
    (element_of(read(set[int]), 1), Any), (attribute_of(read(Point), "y"), str), (attribute_of(read(Box[int]), "content"), int),
    (attribute_of(read(Base), "x"), int), (attribute_of(read(Base), "y"), Any), (attribute_of(read(Box[int]), "size"), int),
    (attribute_of(read(Derived), "__call__"), Any), (attribute_of(read(Base | Point), "x"), int), (attribute_of(read(Any), "x"), Any),
    (attribute_of(read(Pair[str]), "first"), str),
]  # fmt: skip


@pytest.mark.parametrize(("found", "annotation"), PARTS)
def test_parts_of_a_type(found: Term, annotation: Any) -> None:
    assert found == read(annotation)


def test_entries_of_what_is_no_mapping_are_not_known() -> None:
    assert entry_of(Class(list)) is None
    assert entry_of(generic(dict, Class(str), Class(int))) == (Class(str), Class(int))


SOLVED: list[tuple[Any, list[tuple[Any, Any]], Any]] = [
    (T, [(T, int)], int), (T, [(T, int), (T, str)], int | str), (T, [(list[T], list[int])], int), (T, [], Any),
    (list[T], [(T, int)], list[int]), (dict[str, T], [(T, int)], dict[str, int]), (tuple[T, int], [(T, str)], tuple[str, int]),
    (T | None, [(T, int)], int | None), (T, [(T | None, int | None)], int), (T, [(T | None, None)], Never),
    (T, [(Mapping[str, T], dict[str, int])], int), (T, [(Iterable[T], Words)], str), (T, [(tuple[T, int], tuple[str, int])], str),
    (T, [(type[T], type[int])], int), (T, [(Box[T], Box[int])], Any), (Box[T], [(T, int)], Box[Any]), (int, [(T, str)], int),
    (Callable[[T], int], [(T, int)], Callable[[Any], int]), (T, [(Mapping[str, T], int)], Any), (T, [(tuple[T, int], int)], Any),
    (T, [(list[T] | T, int)], Any),
]  # fmt: skip


@pytest.mark.parametrize(("result", "given", "found"), SOLVED, ids=name)
def test_type_variables_are_solved(result: Any, given: list[tuple[Any, Any]], found: Any) -> None:
    assert solved(read(result), [(read(wanted), read(passed)) for wanted, passed in given]) == read(found)


def test_types_do_not_grow_beyond_a_bound() -> None:
    term: Term = Class(int)
    for _ in range(50):
        term = row([term, term])
        assert term.weight <= LARGEST + 1
    many = [Class(type(f"C{at}", (), {})) for at in range(LARGEST + 1)]
    assert either(many) == ANYTHING
    assert generic(list, row(many)) == generic(list, Class(tuple))
    assert read(Callable[[int] * LARGEST, int]) == ANYTHING
