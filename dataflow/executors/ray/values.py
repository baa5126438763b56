"""Values that are not here: where they are, and how they are said to another process.

In the driver a value that a step gave is *far*: known by where it is. When it is read elsewhere it is put on the
wire: the references in it become places among the arguments of the remote call, which Ray fetches, and the rest is
said as data. A far value is opened in the driver only if the driver must know it.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

import attrs
import ray

from dataflow.executors.ray.packed import Packed, pack, unpack
from dataflow.shapes import Collection, Shape

PIECE: Final = 64 << 10
"""Bytes of an argument that Ray sends with the call: less than 100 KiB."""
MOST_PIECES: Final = 128
"""So that they are less than the 10 MiB that Ray sends with one call."""
Wire: TypeAlias = "Packed | Slot | Reply | Chain | Parts | Item"


class Far:
    """A value that is somewhere else."""

    __slots__ = ()


@attrs.frozen(eq=False)
class Small(Far):
    """A value that was sent along, and that nobody has opened."""

    packed: Packed


@attrs.frozen(eq=False)
class Stored(Far):
    """One of the values in an object of Ray's store."""

    ref: Any
    index: int
    count: int | None = None


@attrs.frozen(eq=False)
class Kept(Far):
    """A value that is here, and in Ray's store, too."""

    value: Any
    stored: Stored


@attrs.frozen(eq=False)
class Joined(Far):
    """Lists, one after the other."""

    parts: Sequence[Far]

    @property
    def count(self) -> int:
        """How many items they have together."""
        return sum(count_of(part) or 0 for part in self.parts)


@attrs.frozen(eq=False)
class Built(Far):
    """A container, put together where it is read."""

    shape: Shape
    parts: Sequence[Any]


@attrs.frozen(eq=False)
class Picked(Far):
    """An item of a list."""

    whole: Far
    at: int


@attrs.frozen(eq=False)
class Answer(Far):
    """What a call that is under way will have given.

    Attributes:
        ref: of its report, and of what is too large for it.
        large: of that, if it is apart.
    """

    ref: Any
    large: Any = None

    @property
    def refs(self) -> list[Any]:
        """What has to be there, in the order in which it is put on the wire."""
        return [self.ref] if self.large is None else [self.ref, self.large]


def count_of(value: Any) -> int | None:
    """How many items a list or tuple has that is somewhere else, if that is known."""
    match value:
        case Small(packed):
            return packed.count
        case Stored(count=count):
            return count
        case Joined():
            return value.count
        case Built(Collection(kind=kind), parts) if kind in (list, tuple):
            return len(parts)
        case Kept(value=here) if isinstance(here, list | tuple):
            return len(here)
        case _:
            return None


@attrs.frozen(eq=False)
class Slot:
    """On the wire: item `index` of the object at place `at`."""

    at: int
    index: int


@attrs.frozen(eq=False)
class Reply:
    """On the wire: the value that another call gave, whose report is at this place.

    Attributes:
        at: of the report, and of what is too large for it.
        large: of that, if it is apart.
    """

    at: int
    large: int | None = None


@attrs.frozen(eq=False)
class Chain:
    """On the wire: lists, one after the other."""

    parts: tuple[Any, ...]


@attrs.frozen(eq=False)
class Parts:
    """On the wire: a container and its parts."""

    shape: Shape
    parts: tuple[Any, ...]


@attrs.frozen(eq=False)
class Item:
    """On the wire: an item of a list."""

    whole: Any
    at: int


def stored(packed: Packed) -> Small | Stored:
    """A packed value: as it is if it is small, else in Ray's store."""
    return Small(packed) if packed.small else Stored(ray.put([packed]), 0, packed.count)


def in_pieces(packed: Packed) -> list[Any]:
    """A packed value as arguments of an actor's constructor, which a restart needs again.

    Ray keeps small arguments for that, but no large ones (https://github.com/ray-project/ray/issues/53727). So they are
    pieces, unless there are too many of them; then there is one reference, which whoever has the list keeps.
    """
    if packed.size > MOST_PIECES * PIECE:
        return [ray.put([packed])]
    data = pickle.dumps(packed, protocol=5)
    return [data[at : at + PIECE] for at in range(0, len(data), PIECE)]


def from_pieces(arguments: Sequence[Any]) -> Packed:
    """The value of such arguments, where they have arrived.

    >>> unpack(from_pieces(in_pieces(pack("x" * 200_000, "a text"))), "a text") == "x" * 200_000
    True
    """
    found: Packed = arguments[0][0] if isinstance(arguments[0], list) else pickle.loads(b"".join(arguments))
    return found


class References:
    """The references among the arguments of a remote call, each once."""

    def __init__(self) -> None:
        self.found: list[Any] = []
        self._at: dict[Any, int] = {}

    def place(self, ref: Any) -> int:
        """Where a reference stands."""
        at = self._at.get(ref)
        if at is None:
            at = self._at[ref] = len(self.found)
            self.found.append(ref)
        return at


def wired(value: Any, refs: References) -> Wire:
    """A value, far or of the driver, as it is said to another process; collects its references.

    Raises:
        NotSerializableError: a value of the driver cannot be sent.
    """
    match value:
        case Small(packed):
            return packed
        case Stored(ref, index):
            return Slot(refs.place(ref), index)
        case Kept(stored=there):
            return Slot(refs.place(there.ref), there.index)
        case Answer(ref, large):
            return Reply(refs.place(ref), None if large is None else refs.place(large))
        case Joined(parts):
            return Chain(tuple([wired(part, refs) for part in parts]))
        case Built(shape, parts):
            return Parts(shape, tuple([wired(part, refs) for part in parts]))
        case Picked(whole, at):
            return Item(wired(whole, refs), at)
        case _:
            return wired(stored(pack(value, "a value")), refs)


def opened(wire: Wire, objects: Sequence[Any]) -> Any:
    """A value from the wire, given the objects that the references stood for."""
    match wire:
        case Packed():
            return unpack(wire, "a value")
        case Slot(at, index):
            return unpack(objects[at][index], "a value")
        case Chain(parts):
            return [item for part in parts for item in opened(part, objects)]
        case Parts(shape, parts):
            return shape.build(*[opened(part, objects) for part in parts])
        case Item(whole, at):
            return opened(whole, objects)[at]
    raise AssertionError(wire)


def references(value: Any) -> list[Any]:
    """The references that a value of the driver, or a far one, needs to be opened."""
    found: list[Any] = []
    stack = [value]
    while stack:
        match stack.pop():
            case Stored(ref=ref):
                found.append(ref)
            case Joined(parts) | Built(parts=parts):
                stack.extend(parts)
            case Picked(whole=whole):
                stack.append(whole)
            case _:
                pass
    return found


def near(value: Any, objects: Mapping[Any, Any]) -> Any:
    """A value opened in the driver, given what its references stand for."""
    match value:
        case Small(packed):
            return unpack(packed, "a value")
        case Stored(ref, index):
            return unpack(objects[ref][index], "a value")
        case Kept(value=here):
            return here
        case Joined(parts):
            return [item for part in parts for item in near(part, objects)]
        case Built(shape, parts):
            return shape.build(*[near(part, objects) for part in parts])
        case Picked(whole, at):
            return near(whole, objects)[at]
        case _:
            return value


def items_far(value: Far, count: int) -> list[Any]:
    """The items of a list or tuple, each where it is."""
    match value:
        case Built(parts=parts):
            return list(parts)
        case Kept(value=here):
            return list(here)
        case Small():
            return list(near(value, {}))
        case Joined(parts):
            return [item for part in parts for item in items_far(part, count_of(part) or 0)]
        case _:
            return [Picked(value, at) for at in range(count)]
