"""Labels: what is written for things that are no literals, when it is numbered, and that it says where it ends."""

from __future__ import annotations

import datetime
import math
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataflow.callee import Function, Instance
from dataflow.ir.labels import ANGLE, NAME, STEP, Labels, group_end, is_literal
from dataflow.ops import Grower
from dataflow.options import Options
from tests.golden.samples import Color, Level, Model, Parse, Query, more

NASTY = "ab1é_ .'\"()[]{}<>%#,;:=->\\\n\t`&"


class Odd:
    """An object with any repr."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def named(name: str) -> Any:
    """A function with any name."""

    def fn(*args: Any, **kwargs: Any) -> Any: ...

    fn.__name__ = name
    return fn


def of(value: Any) -> str:
    return Labels().literal(value)


@pytest.mark.parametrize(
    ("value", "label"),
    [
        (len, "len"),
        (Query("t"), "Query(text='t', limit=10)"),
        (datetime.date(2024, 2, 29), "datetime.date(2024, 2, 29)"),
        (Color.RED, "<Color.RED: 1>"),
        (Level.LOW | Level.HIGH, "<Level.LOW|HIGH: 3>"),
        (lambda: 0, "<lambda>"),
        (math.nan, "nan"),
        (-math.inf, "<-inf>"),
        (complex(-0.0, -1), "<(-0-1j)>"),
        (..., "Ellipsis"),
        (Odd("'a'"), "<'a'>"),
        (Odd("[1, 2]"), "<[1, 2]>"),
        (Odd("1.0"), "<1.0>"),
        (Odd("%3"), "<%3>"),
        (Odd("None"), "<None>"),
        (Odd("default"), "<default>"),
        (Odd("f(']')"), "f(']')"),
        (Odd("f("), "<f(>"),
        (Odd("f(it's)"), "<f(it's)>"),
        (Odd("f(a<b)"), "<f(a(b)>"),
        (Odd("<a <b>, c>"), "<a <b>, c>"),
        (Odd("<a <b <c>>>"), "<a (b (c))>"),
        (Odd("> %1"), "<) %1>"),
        (Odd("f#2"), "<f#2>"),
        (Odd(""), "<>"),
        (set, "<set>"),
        (named("two\nlines"), "<two lines>"),
        ("a" * 99, f"<'{'a' * 56}...>"),
        (list(range(99)), "<[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16...>"),
        ({len}, "<{len}>"),
    ],
)
def test_what_is_no_literal_has_a_label(value: Any, label: str) -> None:
    labels = Labels()
    assert labels.literal(value) == label
    assert labels.things == {label: value}


@pytest.mark.parametrize(
    "value", [1, -1.5, 1e300, -0.0, 2j, 1 + 2j, "it's", b"\0", None, True, (), (1,), set(), {(1, "a")}, frozenset({1})]
)
def test_a_literal_is_its_repr_and_has_none(value: Any) -> None:
    labels = Labels()
    assert is_literal(value)
    assert labels.literal(value) == repr(value)
    assert labels.things == {}


def test_the_members_of_a_set_are_in_the_order_of_their_texts() -> None:
    assert of([{8.0, 0.0, 16.0, "b", ("a", 1)}]) == "[{'b', ('a', 1), 0.0, 16.0, 8.0}]"


def test_what_is_in_a_container_is_labelled_one_by_one() -> None:
    labels = Labels()
    assert labels.literal([1, {"a": (len, Color.RED)}]) == "[1, {'a': (len, <Color.RED: 1>)}]"
    assert labels.things == {"len": len, "<Color.RED: 1>": Color.RED}


def test_two_things_that_look_alike_are_numbered() -> None:
    labels, things = Labels(), [Odd("odd"), Odd("odd"), named("odd"), Function(named("odd")), Instance(Odd, ("x",))]
    written = [
        labels.step(thing) if isinstance(thing, Function | Instance) else labels.literal(thing) for thing in things
    ]
    assert written == ["odd", "odd#2", "odd#3", "odd#4", "Odd('x')"]
    assert list(labels.things.values()) == things
    assert labels.literal(things[1]) == "odd#2"


def test_what_is_the_same_is_not_numbered() -> None:
    labels, fn = Labels(), named("f")
    assert labels.step(Function(fn)) == labels.step(Function(fn)) == "f"
    assert labels.step(Function(fn, Options(pure=True))) == "f#2"
    assert labels.literal(Parse(1)) == labels.literal(Parse(1)) == "Parse(base=1)"
    assert labels.literal("a" * 99) == labels.literal("a" * 99) != labels.literal("a" * 98)


def test_instances_are_numbered_though_they_are_equal() -> None:
    labels, one = Labels(), Instance(Model, ("m",))
    assert [labels.step(one), labels.step(Instance(Model, ("m",))), labels.step(one)] == [
        "Model('m')",
        "Model('m')#2",
        "Model('m')",
    ]


def test_functions_of_expand_that_know_other_nodes_are_not_one() -> None:
    labels = Labels()
    assert [labels.grower(Grower(more, known)) for known in ((), (1,), (2,), (1,))] == [
        "more",
        "more#2",
        "more#3",
        "more#2",
    ]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("score it", "score it"),
        ("mix >> items", "mix >> items"),
        ("score-it!", "score-it!"),
        ("switch", "switch"),
        ("const x", "<const x>"),
        ("set", "<set>"),
        ("it's", "<it's>"),
        ("f(%0)", "<f(%0)>"),
        ("f, g", "<f, g>"),
        ("a  b", "<a b>"),
        ("x#2", "<x#2>"),
    ],
)
def test_names_of_steps(name: str, label: str) -> None:
    assert Labels().step(Function(len, Options(name=name))) == label


def test_an_instance_whose_arguments_are_no_words_is_between_angle_brackets() -> None:
    assert Labels().step(Instance(Model, ("a" * 99,))) == f"<Model('{'a' * 56}...)>"
    assert Labels().step(Instance(Model, (), (("name", Odd("it's")),))) == "<Model(name=it's)>"


@given(
    st.text(NASTY, max_size=12), st.text(NASTY, max_size=5), st.sampled_from([", ", ")", " -> ", ";", " #", ": ", "]"])
)
def test_a_label_says_where_it_ends(text: str, rest: str, mark: str) -> None:
    """Whatever comes after it."""
    for label, head in ((of(Odd(text)), NAME), (Labels().step(Function(named(text or "f"))), STEP)):
        line = f"{label}{'(' if head is STEP else mark}{rest}"
        found = ANGLE.match(line) or head.match(line)
        assert found
        end = found.end()
        if line[end] == "(" and end < len(label):
            end = group_end(line, end)
        assert re.sub("#[0-9]+$", "", line[:end]) == label


def test_no_more_of_a_literal_is_compared_than_must_be() -> None:
    """Nothing, if nothing else looks like it."""

    class Compared:
        def __eq__(self, other: object) -> bool:
            raise AssertionError

        def __hash__(self) -> int:
            raise AssertionError

        def __repr__(self) -> str:
            return "compared"

    assert of([Compared(), 1]) == "[compared, 1]"
