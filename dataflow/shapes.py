"""The containers that may hold nodes, each as a shape that puts them together again from values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import attrs


@attrs.frozen
class Collection:
    """A list, tuple, set or frozenset; the parts are its items in order."""

    kind: type

    @property
    def name(self) -> str:
        return self.kind.__name__

    @property
    def build(self) -> Callable[..., object]:
        return _COLLECT[self.kind]


@attrs.frozen
class Table:
    """A dict; the parts are key, value, key, value..., in order."""

    name: str = "dict"

    @property
    def build(self) -> Callable[..., object]:
        return _as_dict


@attrs.frozen
class Named:
    """A named tuple; the parts are its fields in order."""

    cls: Any

    @property
    def name(self) -> str:
        return str(self.cls.__name__)

    @property
    def build(self) -> Callable[..., object]:
        make: Callable[[tuple[object, ...]], object] = self.cls._make
        return lambda *parts: make(parts)


@attrs.frozen
class Record:
    """A dataclass or attrs class; the parts are the arguments of its constructor, by the names in `fields`.

    `[[D(a, b)]] = D([[a]], [[b]])`: the constructor runs again, so what it checks is checked of the values.
    """

    cls: Any
    fields: tuple[str, ...]

    @property
    def name(self) -> str:
        return str(self.cls.__name__)

    @property
    def build(self) -> Callable[..., object]:
        cls, fields = self.cls, self.fields
        return lambda *parts: cls(**dict(zip(fields, parts, strict=True)))


Shape: TypeAlias = Collection | Table | Named | Record


def _as_list(*parts: object) -> list[object]:
    return list(parts)


def _as_tuple(*parts: object) -> tuple[object, ...]:
    return parts


def _as_set(*parts: object) -> set[object]:
    return set(parts)


def _as_frozenset(*parts: object) -> frozenset[object]:
    return frozenset(parts)


def _as_dict(*parts: object) -> dict[object, object]:
    return dict(zip(parts[::2], parts[1::2], strict=True))


_COLLECT: dict[type, Callable[..., object]] = {list: _as_list, tuple: _as_tuple, set: _as_set, frozenset: _as_frozenset}

LIST, TUPLE, SET, FROZENSET = Collection(list), Collection(tuple), Collection(set), Collection(frozenset)
DICT = Table()
