"""How annotations are read: what strings stand for, and whose annotations are those of a callable."""

from __future__ import annotations

import functools
import sys
import typing
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, NotRequired, TypedDict, TypeVar

import attrs
import pytest

from dataflow import bind
from dataflow.agreement.annotations import fields_of
from dataflow.agreement.callables import NOT_KNOWN, ends_of, ends_of_callee
from dataflow.agreement.compare import refuses
from dataflow.agreement.records import constructed_from
from dataflow.agreement.terms import ANYTHING, NONE, Class, Term, either, generic
from dataflow.agreement.texts import shown
from dataflow.callee import Function
from dataflow.shapes import Named, Record

if TYPE_CHECKING:
    from decimal import Decimal

T = TypeVar("T")


class Image:
    """A class of the module."""

    class Part:
        """A class of a class."""

    date: str = ""

    def part(self) -> Part:
        return self.Part()

    def day(self) -> date:  # type: ignore[valid-type]  # what a wrong annotation may say
        return self.date


class Row(TypedDict):
    image: Image
    name: NotRequired[str]


class Pair(NamedTuple):
    left: Image
    right: int


class Named_(Row):
    age: int


def result(fn: Any) -> str:
    """What is known of what a callable returns."""
    return shown(ends_of(fn).result)


def module_level() -> list[Image]:
    return []


def only_for_checkers() -> Decimal:
    raise NotImplementedError


def partly(x: Decimal, y: int) -> str:
    return ""


def older() -> list["Decimal"]:  # noqa: UP037  # a string in an annotation
    return []


def test_names_are_looked_up_where_the_function_was_defined() -> None:
    assert result(module_level) == "list[Image]"
    assert result(Image.part) == "Part"


def test_a_name_that_only_type_checkers_know_is_not_known_and_the_others_are() -> None:
    assert result(only_for_checkers) == "Any"
    assert [shown(taken.wanted) for taken in ends_of(partly).taken(2, ())] == ["Any", "int"]
    assert result(older) == "list[Any]"


@pytest.mark.parametrize("text", ["int[", "1 / 0", "print", "(lambda: x)()", "", "x.y"])
def test_text_that_is_no_annotation_is_not_known(text: str) -> None:
    def odd() -> Any: ...

    odd.__annotations__["return"] = text
    assert result(odd) == "Any"


def test_a_local_class_is_not_taken_for_that_of_the_module() -> None:
    """The annotation is the string 'Image', which would be found in the module, and be another class there."""

    class Image:
        """Hides the one of the module."""

    def local() -> Image:
        return Image()

    def not_captured(x: Image) -> Pair:
        return Pair(x, 1)  # type: ignore[arg-type]  # another Image

    assert ends_of(local).result == Class(Image)  # it captures the name
    assert next(ends_of(not_captured).taken(1, ())).wanted == ANYTHING
    assert result(not_captured) == "Pair"  # not bound here, so it is the one of the module


def test_a_local_class_has_a_scope_that_cannot_be_found() -> None:
    class Local:
        def image(self) -> Image:
            return Image()

        def number(self) -> int:
            return 1

    assert ends_of(Local.image).result == ANYTHING
    assert ends_of(Local.number).result == Class(int)


def test_an_attribute_that_hides_a_name_is_no_type() -> None:
    assert result(Image.day) == "Any"


@pytest.mark.skipif(sys.version_info < (3, 12), reason="needs type parameters")
def test_type_parameters_and_type_statements_are_read() -> None:
    scope: dict[str, Any] = {"__name__": __name__}
    code = """
from __future__ import annotations
type Rows[V] = list[V]
type Json = dict[str, Json] | list[Json] | int
def first[V: int](xs: list[V]) -> Rows[V]: ...
def parsed() -> Json: ...
def lost() -> Lost: ...
type Lost = Missing
class Box[V]:
    content: V
    def get(self) -> V: ...
class Boxes(Box[int]): ...
def box() -> Boxes: ...
def other() -> Box[str]: ...
"""
    exec(code, scope)
    assert result(scope["first"]) == "list[V]"
    assert refuses(ends_of(scope["parsed"]).result, Class(str))
    assert result(scope["lost"]) == "Any"
    assert refuses(ends_of(scope["other"]).result, ends_of(scope["box"]).result)
    assert not refuses(ends_of(scope["box"]).result, ends_of(scope["box"]).result)
    assert fields_of(scope["Box"])["content"] == next(iter(fields_of(scope["Boxes"]).values()))


def test_fields_of_all_kinds_of_classes() -> None:
    assert fields_of(Pair) == {"left": Class(Image), "right": Class(int)}
    assert fields_of(Row) == {"image": Class(Image), "name": Class(str)}
    assert set(fields_of(Named_)) == {"image", "name", "age"}
    assert fields_of(Image) == {"date": Class(str)}


@attrs.frozen
class Settings:
    """Fields that convert, that have another name outside, that may be missing."""

    _hidden: int
    converted: str = attrs.field(converter=str)
    optional: int = attrs.field(default=None)


class Dated(NamedTuple):
    when: str = None  # type: ignore[assignment]  # an old way to say that it may be missing


def test_what_the_fields_of_a_record_take() -> None:
    shape = Record(Settings, ("hidden", "converted", "optional"))
    maybe = either([Class(int), NONE])
    expected = [("hidden", Class(int)), ("converted", ANYTHING), ("optional", maybe)]
    assert list(constructed_from(shape)) == expected
    assert list(constructed_from(Named(Dated))) == [("when", either([Class(str), NONE]))]


def plain(x: int, *rest: str, flag: bool = None, **named: float) -> str:  # type: ignore[assignment]  # as above
    return ""


def test_each_argument_has_its_parameter() -> None:
    taken = {at: (name, shown(wanted)) for at, name, wanted in ends_of(plain).taken(3, ("flag", "other"))}
    assert taken == {
        0: ("x", "int"),
        1: ("rest", "str"),
        2: ("rest", "str"),
        "flag": ("flag", "bool | None"),
        "other": ("named", "float"),
    }
    assert list(ends_of(plain).taken(0, ())) == []  # it does not fit


def one() -> Any:
    return 1


class Caller(Generic[T]):
    """A class whose instances are called."""

    def __call__(self, x: int) -> str:
        return ""

    def method(self, x: int) -> str:
        return ""

    @staticmethod
    def static(x: int) -> str:
        return ""

    @classmethod
    def of_class(cls, x: int) -> str:
        return ""


@pytest.mark.parametrize(
    "fn",
    [
        Caller(), Caller().method, Caller().static, Caller.of_class, functools.partial(partly, one()), functools.partial(Caller()),
        functools.lru_cache(Caller.static),
    ],
)  # fmt: skip
def test_whatever_can_be_called_is_read(fn: Any) -> None:
    ends = ends_of(fn)
    assert ends.result == Class(str)
    assert [shown(taken.wanted) for taken in ends.taken(1, ())] == ["int"]
    assert ends.place is not None


def test_class_steps_are_read_without_the_instance() -> None:
    ends = ends_of_callee(bind(Caller).callee)
    assert ends.result == Class(str)
    assert [taken.name for taken in ends.taken(1, ())] == ["x"]
    made: Any = bind(lambda: Caller()).callee
    assert ends_of_callee(made) == NOT_KNOWN
    assert ends_of_callee(Function(len)) == NOT_KNOWN


def wrapped(fn: Callable[..., Any]) -> Any:
    @functools.wraps(fn)
    def wrapper(*args: Any) -> Any:
        return [fn(*args)]

    return wrapper


@typing.overload
def overloaded(x: int) -> int: ...
@typing.overload
def overloaded(x: str) -> str: ...
def overloaded(x: int | str) -> int | str:
    return x


@typing.no_type_check
def unchecked(x: int) -> int:
    return x


def test_an_overloaded_parameter_takes_what_any_of_its_overloads_takes() -> None:
    ends = ends_of(overloaded)
    assert ends.result == ANYTHING
    assert [(taken.name, shown(taken.wanted)) for taken in ends.taken(1, ())] == [("x", "int | str")]
    assert list(ends.taken(2, ())) == []


def test_overloads_of_an_earlier_function_of_that_name_are_not_read() -> None:
    """As of another cell of a notebook; and not those of a function of which some arguments are given."""
    names: dict[str, Any] = {"__name__": "notebook"}
    first = "from typing import overload\n@overload\ndef f(x: int) -> int: ...\n"
    exec(compile(first + "@overload\ndef f(x: str) -> str: ...\ndef f(x): ...", "cell 1", "exec"), names)
    assert [shown(taken.wanted) for taken in ends_of(names["f"]).taken(1, ())] == ["int | str"]
    exec(compile("\n" * 20 + "def f(x: bytes) -> bytes: ...", "cell 2", "exec"), names)
    assert ends_of(names["f"]) == NOT_KNOWN
    assert ends_of(functools.partial(overloaded, 1)) == NOT_KNOWN


@pytest.mark.parametrize("fn", [wrapped(module_level), len, unchecked, functools.singledispatch(partly)])
def test_annotations_that_may_not_be_those_of_what_is_called_are_not_read(fn: Any) -> None:
    assert ends_of(fn) == NOT_KNOWN


async def coroutine() -> int:
    return 1


def lazy() -> Coroutine[Any, Any, int]:
    return coroutine()


def lazier() -> Awaitable[int]:
    return coroutine()


def test_a_coroutine_function_gives_what_is_awaited() -> None:
    assert result(coroutine) == "int"
    assert result(lazy) == "Any"
    assert result(lazier) == "Any"


class Made:
    """Makes something else."""

    def __new__(cls) -> Any:
        return 1


class Meta(type):
    """Decides what a class makes."""

    def __call__(cls) -> Any:
        return 1


class Changed(metaclass=Meta):
    """Makes something else."""


@pytest.mark.parametrize(
    ("cls", "made"),
    [
        (int, Class(int)), (Image, Class(Image)), (Pair, Class(Pair)), (Caller, Class(Caller)), (Made, ANYTHING),
        (Changed, ANYTHING), (type, ANYTHING), (list, Class(list)), (Settings, Class(Settings)),
    ],
)  # fmt: skip
def test_a_class_makes_its_instances_unless_it_decides_otherwise(cls: Any, made: Term) -> None:
    assert ends_of(cls).result == made


def test_an_annotation_may_be_any_object() -> None:
    class Hostile:
        def __eq__(self, other: object) -> bool:
            raise RuntimeError

        def __getattr__(self, name: str) -> Any:
            raise RuntimeError

    def odd(x: Any) -> Any:
        return x

    odd.__annotations__.update(x=Hostile(), **{"return": Hostile()})
    assert ends_of(odd).result == ANYTHING
    assert [taken.wanted for taken in ends_of(odd).taken(1, ())] == [ANYTHING]
    assert generic(list, ANYTHING).weight == 2
