"""The importable name of an object, `module:qualname`, and the object of a name.

Functions and classes cross process and file borders by this name, never as code.
"""

from __future__ import annotations

import importlib
import sys

from dataflow.errors import GraphError


def name_of(thing: object) -> str | None:
    """The name by which `thing` can be imported, or None if there is none.

    A function that became a step or flow is named too; `unwrapped(find(name))` is the function again.

    >>> name_of(len)
    'builtins:len'
    >>> name_of(lambda: 0) is None
    True
    """
    owner = getattr(thing, "__objclass__", None)  # of a method of a built-in, which has no module itself
    module = getattr(thing, "__module__", None) or getattr(owner, "__module__", None)
    qualname = getattr(thing, "__qualname__", None)
    if not isinstance(module, str) or not isinstance(qualname, str) or module not in sys.modules:
        return None
    found = _follow(sys.modules[module], qualname)
    return f"{module}:{qualname}" if _is(found, thing) else None


def find(name: str) -> object:
    """The object of a name that `name_of` gave; imports its module.

    Raises:
        GraphError: there is no such module or attribute.

    >>> find("builtins:len")
    <built-in function len>
    """
    module, _, qualname = name.partition(":")
    try:
        found = _follow(importlib.import_module(module), qualname)
    except ModuleNotFoundError as missing:
        raise GraphError(f"cannot import {name!r}: {missing}") from missing
    if found is None:
        raise GraphError(f"cannot import {name!r}: module {module!r} has no {qualname!r}")
    return found


def is_wrapper(thing: object) -> bool:
    """Whether something is a step or flow: what a decorator of ours has made of a function or class."""
    return getattr(type(thing), "wraps_for_dataflow", False) is True


def unwrapped(thing: object) -> object:
    """The plain function or class under a step or flow, or `thing` itself."""
    return getattr(thing, "__wrapped__", thing) if is_wrapper(thing) else thing


def _follow(start: object, path: str) -> object:
    for part in path.split("."):
        start = getattr(start, part, None)
    return start


def _is(found: object, thing: object) -> bool:
    return found is not None and (found is thing or unwrapped(found) is thing)
