"""`step`: make a function or a class callable on nodes.

A call binds the signature at once, so a wrong argument is an error on the line that writes it. Signatures are bound
once per call shape (number of positionals, names of keywords), which keeps a call at about a microsecond.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, overload

import attrs

from dataflow.callee import Callee, Function, Instance, awaits, label_of
from dataflow.combinators.repeat import fan_out
from dataflow.errors import CompositionError
from dataflow.names import find, name_of
from dataflow.node import Node, clock
from dataflow.ops import Call
from dataflow.options import DEFAULTS, Options
from dataflow.place import PACKAGE, Place, here
from dataflow.scan import ATOMS, nodes_in, operand, shape_of, uncalled

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
R = TypeVar("R")
P = ParamSpec("P")
F = TypeVar("F", bound=Callable[..., Any])
F_co = TypeVar("F_co", bound=Callable[..., Any], covariant=True)
Obj = TypeVar("Obj", bound=Callable[..., Any])


@attrs.frozen(eq=False, repr=False, slots=False)
class Step(Generic[F_co]):
    """A function, or a class bound to its constructor's arguments, that may be called on nodes.

    Called on nodes and values it returns a node. Steps do not change; `options` makes another one.

    >>> from dataflow import const, run, step
    >>> @step
    ... def add(a: int, b: int = 1) -> int:
    ...     return a + b
    >>> run(add(const(2), b=const(3)))
    5
    >>> add.fn(2)
    3
    """

    callee: Callee
    _shapes: set[tuple[int, tuple[str, ...]]] = attrs.field(factory=set, init=False)

    def __attrs_post_init__(self) -> None:
        target = self.callee.fn if isinstance(self.callee, Function) else self.callee.cls
        look_like(self, target, self.callee.name)

    # overloads: Step.__call__

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        shape = (len(args), tuple(kwargs))
        if shape not in self._shapes:
            self._bind(args, kwargs)
            self._shapes.add(shape)
        frame = sys._getframe(1)
        place: Place = (frame.f_code, frame.f_lasti)
        if frame.f_code.co_filename.startswith(PACKAGE):
            place = here()
        for arg in args:
            if type(arg) not in PLAIN:
                args = tuple([self._operand(value, at, place) for at, value in enumerate(args)])
                break
        named = tuple([(name, self._operand(value, name, place)) for name, value in kwargs.items()]) if kwargs else ()
        return Node(Call(self.callee, args, named), next(clock), place)

    @property
    def fn(self) -> F_co:
        """The plain callable: for a function the function itself, for a class a new instance."""
        plain: Any = self.callee.plain()
        return plain  # type: ignore[no-any-return]  # F_co is the type of what was decorated

    @property
    def name(self) -> str:
        """What texts, errors and overrides call the step."""
        return self.callee.name

    def options(self, **changes: Any) -> Step[F_co]:
        """The same step with some options changed; this one stays as it is.

        Args:
            changes: fields of `Options`.

        Raises:
            OptionTypeError, OptionValueError: there is no such option, or not with such a value.

        >>> from dataflow import step
        >>> step(len).options(retries=2).callee.options.retries.times
        2
        """
        return Step(attrs.evolve(self.callee, options=self.callee.options.but(changes)))

    def map(
        self: Step[Callable[Concatenate[A, P], R]],
        xs: Node[Iterable[A]] | Iterable[A | Node[A]],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Node[list[R]]:
        """The step for each item: the same as `fan_out(step, xs, ...)`.

        >>> from dataflow import run, step
        >>> run(step(abs).map([-1, 2]))
        [1, 2]
        """
        each: Any = self
        return fan_out(each, xs, *args, **kwargs)

    def __rshift__(self: Step[Callable[[A], B]], then: Step[Callable[[B], R]], /) -> Step[Callable[[A], R]]:
        """One step after the other: `(f >> g)(x)` is `g(f(x))`, two nodes."""
        if not isinstance(then, Step):
            return NotImplemented
        return Chain(Function(_Composed(self, then)), self, then)

    def __get__(self, instance: object, owner: Any = None) -> Any:
        """A step in a class body is a method: its first argument is the instance."""
        if instance is None or not isinstance(self.callee, Function) or not inspect.isfunction(self.callee.fn):
            return self
        return Step(attrs.evolve(self.callee, fn=self.callee.fn.__get__(instance, owner)))

    def __repr__(self) -> str:
        return f"step {self.name!r}"

    def __reduce__(self) -> Any:
        name = name_of(self)
        return (Step, (self.callee,)) if name is None else (find, (name,))

    def _bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        signature = _signature(self.callee)
        if signature is not None:
            _bound(signature, f"step {self.name!r}", args, kwargs)

    def _operand(self, value: Any, at: int | str, place: Place) -> Any:
        return operand(value, place, lambda: f"argument {_parameter(self.callee, at)!r} of step {self.name!r}")


@attrs.frozen(eq=False, repr=False, slots=False)
class Chain(Step[F_co]):
    """What `f >> g` makes: a call makes a node of each."""

    first: Step[Any] = attrs.field(kw_only=False)
    then: Step[Any] = attrs.field(kw_only=False)

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        return self.then(self.first(*args, **kwargs))

    @property
    def fn(self) -> F_co:
        first, then = self.first.fn, self.then.fn
        composed: Any = lambda *args, **kwargs: then(first(*args, **kwargs))  # noqa: E731  # has no other name
        return composed  # type: ignore[no-any-return]  # F_co is the type of the composition

    def options(self, **changes: Any) -> Step[F_co]:
        raise CompositionError(f"{self!r} is two steps; set the options on each: f.options(...) >> g.options(...)")

    def __reduce__(self) -> Any:
        return (_chained, (self.first, self.then))


class _Composed:
    """The label of a chain."""

    def __init__(self, first: Step[Any], then: Step[Any]) -> None:
        self.__name__ = f"{first.name} >> {then.name}"

    def __call__(self) -> None:
        """Never called: a chain's call makes nodes of its two steps."""


@attrs.frozen(eq=False, repr=False, slots=False)
class ClassStep(Generic[P, Obj]):
    """A class whose instances are steps. Calling it gives a step; the instance is constructed at deploy.

    >>> from dataflow import run, step
    >>> @step
    ... class Adder:
    ...     def __init__(self, amount: int) -> None:
    ...         self.amount = amount
    ...     def __call__(self, x: int) -> int:
    ...         return x + self.amount
    >>> run(Adder(2)(5))
    7
    """

    cls: Callable[P, Obj]
    options_: Options = attrs.field(default=DEFAULTS, alias="options")

    def __attrs_post_init__(self) -> None:
        look_like(self, self.cls, self.options_.name or label_of(self.cls))

    def __call__(self, /, *args: P.args, **kwargs: P.kwargs) -> Step[Obj]:
        return Step(_instance(self.cls, args, kwargs, self.options_))

    def options(self, **changes: Any) -> ClassStep[P, Obj]:
        """The same class with some options changed; see `Step.options`."""
        return ClassStep(self.cls, self.options_.but(changes))

    def __repr__(self) -> str:
        return f"class step {self.options_.name or label_of(self.cls)!r}"

    def __reduce__(self) -> Any:
        name = name_of(self)
        return (ClassStep, (self.cls, self.options_)) if name is None else (find, (name,))


@attrs.frozen
class StepMaker:
    """What `step(...)` with options returns: the decorator."""

    options: Options

    @overload
    def __call__(self, fn: type[Callable[P, R]], /) -> Any: ...
    @overload
    def __call__(self, fn: Callable[P, Coroutine[Any, Any, R]], /) -> Step[Callable[P, R]]: ...
    @overload
    def __call__(self, fn: F, /) -> Step[F]: ...
    def __call__(self, fn: Any, /) -> Any:
        return _made(fn, self.options)


@overload
def step(fn: Callable[P, Coroutine[Any, Any, R]], /) -> Step[Callable[P, R]]: ...
@overload
def step(fn: F, /) -> Step[F]: ...
@overload
def step(fn: None = None, /, **options: Any) -> StepMaker: ...
def step(fn: Any = None, /, **options: Any) -> Any:
    """Make a step of a function, an `async def` function, a callable object or a class; bare or with options.

    Args:
        fn: what to decorate.
        options: fields of `Options`: name, pure, retries, timeout, placement, replicas, resources, batch,
            max_concurrency.

    Returns:
        A `Step`; of a class, a callable that takes the constructor's arguments and returns a `Step`.

    Raises:
        CompositionError: `fn` cannot be called, is a generator function, or is a step already.
        OptionTypeError, OptionValueError: there is no such option, or not with such a value.

    >>> @step(retries=2)
    ... def fetch(url: str) -> bytes: ...
    >>> fetch
    step 'fetch'
    """
    maker = StepMaker(DEFAULTS.but(options))
    return maker if fn is None else maker(fn)


def bind(cls: Callable[P, Obj], /, *args: P.args, **kwargs: P.kwargs) -> Step[Obj]:
    """A step of a class and its constructor's arguments. The instance is constructed once per replica, at deploy.

    Args:
        cls: a class whose instances can be called.
        args: arguments of the constructor: values, not nodes.
        kwargs: keyword arguments of the constructor.

    Raises:
        CompositionError: the arguments do not fit the constructor, or there is a node among them.

    >>> from dataflow import run
    >>> class Adder:
    ...     def __init__(self, amount: int) -> None:
    ...         self.amount = amount
    ...     def __call__(self, x: int) -> int:
    ...         return x + self.amount
    >>> run(bind(Adder, 2)(5))
    7
    """
    if isinstance(cls, ClassStep):
        return cls(*args, **kwargs)
    return Step(_instance(cls, args, kwargs, DEFAULTS))


PLAIN: frozenset[type] = ATOMS | {Node}
uncalled.extend([Step, ClassStep, StepMaker])


def look_like(wrapper: Any, target: Any, name: str) -> None:
    """Give a wrapper the name, documentation and `__wrapped__` of what it wraps."""
    functools.update_wrapper(_Attributes(wrapper.__dict__), target, updated=())
    wrapper.__dict__["__name__"] = name


class _Attributes:
    """Lets `update_wrapper` write into a frozen object while it is being made."""

    def __init__(self, of: dict[str, Any]) -> None:
        object.__setattr__(self, "__dict__", of)


def _made(fn: Any, options: Options) -> Any:
    if isinstance(fn, tuple(uncalled)):
        raise CompositionError(f"{fn!r} is a step already; change it with .options(...)")
    if isinstance(fn, type):
        _check_class(fn)
        return ClassStep(fn, options)
    if not callable(fn):
        raise CompositionError(f"step() takes a function or a class, not {fn!r}")
    for target in (fn, getattr(fn, "__call__", None)):
        if inspect.isgeneratorfunction(target) or inspect.isasyncgenfunction(target):
            raise CompositionError(f"{label_of(fn)!r} is a generator function; a step returns one value: return a list")
    if nodes_in(fn) and inspect.isfunction(fn) and any(_is_node(default) for default in fn.__defaults__ or ()):
        raise CompositionError(f"{label_of(fn)!r} has a node as a default; pass the node where the step is called")
    return Step(Function(fn, options))


def _is_node(value: object) -> bool:
    return isinstance(value, Node) or shape_of(value) is not None and bool(nodes_in(value))


def _check_class(cls: type) -> None:
    if not any("__call__" in vars(base) for base in cls.__mro__):
        name = label_of(cls)
        raise CompositionError(
            f"instances of {name!r} cannot be called, so it is no class step; "
            f"to use its constructor as a function, write step(lambda x: {name}(x))"
        )


def _instance(cls: Any, args: tuple[Any, ...], kwargs: dict[str, Any], options: Options) -> Instance:
    if isinstance(cls, type):
        _check_class(cls)
    elif not callable(cls):
        raise CompositionError(f"bind() takes a class, not {cls!r}")
    who = f"the constructor of {label_of(cls)!r}"
    for value in (*args, *kwargs.values()):
        if _is_node(value) or isinstance(operand(value, None, lambda: f"an argument of {who}"), Node):
            raise CompositionError(f"{who} got a node; it runs at deploy, before there are values: pass it to the call")
    signature = _signature_of(cls)
    if signature is not None:
        _bound(signature, who, args, kwargs)
    return Instance(cls, args, tuple(kwargs.items()), options)


def _signature(callee: Callee) -> inspect.Signature | None:
    """The parameters of a call, or None for a built-in that does not tell."""
    if isinstance(callee, Function):
        return _signature_of(callee.fn)
    if not isinstance(callee.cls, type):
        return None
    signature = _signature_of(getattr(callee.cls, "__call__"))
    return signature and signature.replace(parameters=list(signature.parameters.values())[1:])


def _signature_of(fn: Callable[..., Any]) -> inspect.Signature | None:
    try:
        return inspect.signature(fn)
    except (ValueError, TypeError):
        return None


def _bound(signature: inspect.Signature, who: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        raise CompositionError(f"{who}: {error}; its signature is {signature}") from None


def _parameter(callee: Callee, at: int | str) -> str:
    """The name of the parameter that takes a positional argument."""
    if isinstance(at, str):
        return at
    signature = _signature(callee)
    names = [] if signature is None else list(signature.parameters)
    return names[min(at, len(names) - 1)] if names else str(at)


def _chained(first: Step[Any], then: Step[Any]) -> Step[Any]:
    return first >> then


__all__ = ["Chain", "ClassStep", "Step", "StepMaker", "awaits", "bind", "step"]
