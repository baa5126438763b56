"""What a call calls: a function, or an instance that is built when the flow is deployed.

`Step` is how people hold a callee; a graph stores the callee alone.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeAlias

import attrs

from dataflow.names import find, name_of, unwrapped
from dataflow.options import DEFAULTS, Options


@attrs.frozen(eq=False)
class Function:
    """A plain or `async def` function, or any callable object."""

    fn: Callable[..., Any]
    options: Options = DEFAULTS

    @property
    def name(self) -> str:
        return self.options.name or label_of(self.fn)

    def plain(self) -> Callable[..., Any]:
        """What is called with the values of the arguments."""
        return self.fn

    def __reduce__(self) -> tuple[Any, ...]:
        name = name_of(self.fn)
        return (Function, (self.fn, self.options)) if name is None else (_function, (name, self.options))


@attrs.frozen(eq=False)
class Instance:
    """An instance of a class, constructed once per replica at deploy, then called."""

    cls: Callable[..., Any]
    args: tuple[Any, ...] = ()
    kwargs: tuple[tuple[str, Any], ...] = ()
    options: Options = DEFAULTS

    @property
    def name(self) -> str:
        return self.options.name or label_of(self.cls)

    def construct(self) -> Callable[..., Any]:
        """A new instance."""
        made: Callable[..., Any] = self.cls(*self.args, **dict(self.kwargs))
        return made

    def plain(self) -> Callable[..., Any]:
        """What is called with the values of the arguments: a new instance."""
        return self.construct()

    def __reduce__(self) -> tuple[Any, ...]:
        name = name_of(self.cls)
        rest = (self.args, self.kwargs, self.options)
        return (Instance, (self.cls, *rest)) if name is None else (_instance, (name, *rest))


Callee: TypeAlias = Function | Instance


def label_of(thing: object) -> str:
    """What to call a callable in texts and errors."""
    return str(getattr(thing, "__name__", None) or type(thing).__name__)


def is_async(callee: Callee) -> bool:
    """Whether a call gives a coroutine to await instead of a value."""
    if isinstance(callee, Function):
        return awaits(callee.fn)
    return inspect.iscoroutinefunction(getattr(callee.cls, "__call__", None))


def awaits(fn: Callable[..., Any]) -> bool:
    """Whether a callable is a coroutine function, or an object whose `__call__` is one."""
    return inspect.iscoroutinefunction(fn) or inspect.iscoroutinefunction(getattr(fn, "__call__", None))


def signature_of(callee: Callee) -> inspect.Signature | None:
    """The parameters of a call, or None for a built-in that does not tell."""
    if isinstance(callee, Function):
        return signature(callee.fn)
    if not isinstance(callee.cls, type):
        return None
    found = signature(callee.cls.__call__)  # the method, not whether there is one
    return found and _without_self(found)


def taken_by(callee: Callee) -> inspect.Signature | None:
    """What a call takes for certain: of a function in a decorator, what the decorator takes.

    It may take more or less than the function that it wraps, whose signature `functools.wraps` shows.
    """
    outer = callee.fn if isinstance(callee, Function) else getattr(callee.cls, "__call__", None)
    if not inspect.isfunction(outer) or not hasattr(outer, "__wrapped__"):
        return signature_of(callee)
    own = inspect.signature(outer, follow_wrapped=False)
    return own if isinstance(callee, Function) else _without_self(own)


def _without_self(method: inspect.Signature) -> inspect.Signature:
    """What a method takes besides its instance, which may be the first of any number of arguments."""
    params = list(method.parameters.values())
    takes_any = not params or params[0].kind is inspect.Parameter.VAR_POSITIONAL
    return method if takes_any else method.replace(parameters=params[1:])


def signature(fn: Callable[..., Any]) -> inspect.Signature | None:
    """The signature of a callable, or None if it does not tell."""
    for evaluate in (True, False):  # annotations as types, if their names are known
        try:
            return inspect.signature(fn, eval_str=evaluate)
        except (ValueError, TypeError):
            return None
        except Exception:  # an annotation that names what is only known to type checkers
            continue
    return None


def parameter_at(callee: Callee, at: int | str) -> str:
    """The name of the parameter that takes an argument, given by position or by name."""
    if isinstance(at, str):
        return at
    found = signature_of(callee)
    params = [] if found is None else list(found.parameters.values())
    names = [param.name for param in params if param.kind in (param.POSITIONAL_ONLY, param.POSITIONAL_OR_KEYWORD)]
    rest = [param.name for param in params if param.kind is param.VAR_POSITIONAL]
    return [*names, *rest * (at + 1)][at] if at < len(names) or rest else str(at)


def _function(name: str, options: Options) -> Function:
    fn: Any = unwrapped(find(name))
    return Function(fn, options)


def _instance(name: str, args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...], options: Options) -> Instance:
    cls: Any = unwrapped(find(name))
    return Instance(cls, args, kwargs, options)
