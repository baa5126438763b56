"""What the fields of named tuples, dataclasses and attrs classes take."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import attrs

from dataflow.agreement.annotations import fields_of
from dataflow.agreement.terms import ANYTHING, NONE, Term, either
from dataflow.shapes import Named, Record


def constructed_from(shape: Named | Record) -> Iterator[tuple[str, Term]]:
    """The fields that its constructor takes, in the order of the shape's parts; what converts its value takes anything.

    >>> from typing import NamedTuple
    >>> class Point(NamedTuple):
    ...     x: int
    >>> [name for name, _ in constructed_from(Named(Point))]
    ['x']
    """
    annotated, parameters = fields_of(shape.cls), inspect.signature(shape.cls).parameters
    for name in shape.fields if isinstance(shape, Record) else shape.cls._fields:
        taken = annotated.get(_attribute(shape, name), ANYTHING)
        default = parameters[name].default if name in parameters else None
        yield name, either([taken, NONE]) if default is None else taken


def _attribute(shape: Named | Record, name: str) -> str:
    """The attribute that a parameter sets, or nothing."""
    if not attrs.has(shape.cls):
        return name
    plain = (field.name for field in attrs.fields(shape.cls) if (field.alias or field.name) == name)
    converted = {field.name for field in attrs.fields(shape.cls) if field.converter is not None}
    return next((each for each in plain if each not in converted), "")
