"""Frozen objects that are made by the million: nodes, calls, references.

A frozen class refuses assignments, so attrs fills in its attributes by `object.__setattr__`, at three times the price
of an assignment. A *draft* has the same slots and refuses nothing: it is filled in as any object is, and then becomes
one of the frozen class, which Python allows between classes of one layout.
"""

from __future__ import annotations

from types import new_class
from typing import Any


def draft_of(frozen: type) -> type[Any]:
    """The class of drafts of a frozen class with slots, and none for weak references. Set every slot, then `__class__`.

    >>> import attrs
    >>> @attrs.frozen(weakref_slot=False)
    ... class Point:
    ...     x: int
    >>> draft = draft_of(Point)()
    >>> draft.x = 3
    >>> draft.__class__ = Point
    >>> draft
    Point(x=3)
    """
    bases = getattr(frozen, "__orig_bases__", frozen.__bases__)  # those of a generic class say of what
    slots = frozen.__dict__["__slots__"]
    return new_class(f"{frozen.__name__}Draft", bases, exec_body=lambda body: body.update(__slots__=slots))
