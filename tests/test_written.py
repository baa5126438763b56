"""Signatures as people write them."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable

import pytest

from dataflow import In, Node
from dataflow.written import written

SCOPE = {**vars(typing), "In": In, "Node": Node, "Callable": Callable}


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        ("In[int]", "In[int]"),
        ("In[int | None]", "In[int | None]"),
        ("In[int] | None", "In[int] | None"),
        ("Optional[In[str]]", "In[str] | None"),
        ("Union[int, str]", "int | str"),
        ("int | Node[str]", "int | Node[str]"),
        ("Node[int]", "Node[int]"),
        ("Node", "Node"),
        ("list[In[int]]", "list[In[int]]"),
        ("tuple[Node[int], ...]", "tuple[Node[int], ...]"),
        ("Callable[[In[int]], Node[str]]", "Callable[[In[int]], Node[str]]"),
        ("dict[str, list[int]]", "dict[str, list[int]]"),
        ("Any", "Any"),
        ("None", "None"),
        ("'In[Unknown]'", "In[Unknown]"),
    ],
)
def test_an_annotation_is_shown_as_it_is_written(annotation: str, text: str) -> None:
    said = eval(annotation, dict(SCOPE))
    param = inspect.Parameter("x", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=said)
    assert written(inspect.Signature([param], return_annotation=said)) == f"(x: {text}) -> {text}"


def test_what_is_not_annotated_stays_so() -> None:
    assert written(inspect.signature(lambda x, *rest, y=3, **named: x)) == "(x, *rest, y=3, **named)"
