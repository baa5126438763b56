"""`step`: make a function or a class callable on nodes.

A call binds the signature at once, so a wrong argument is an error on the line that writes it. Signatures are bound
once per call shape (number of positionals, names of keywords), which keeps a call at about a microsecond.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, ClassVar, Concatenate, Generic, ParamSpec, TypeVar, Unpack, overload

import attrs

from dataflow.callee import Callee, Function, Instance, label_of, parameter_at, signature, signature_of
from dataflow.combinators.repeat import fan_out
from dataflow.errors import CompositionError
from dataflow.names import find, name_of, unwrapped
from dataflow.node import In, Node, clock
from dataflow.ops import Call
from dataflow.options import DEFAULTS, LONGEST_NAME, OptionChanges, Options
from dataflow.place import PACKAGE, Place, here
from dataflow.scan import ATOMS, operand, refuse_captured, uncalled

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
G = TypeVar("G")
R = TypeVar("R")
P = ParamSpec("P")
Q = ParamSpec("Q")
F = TypeVar("F", bound=Callable[..., Any])
F_co = TypeVar("F_co", bound=Callable[..., Any], covariant=True)
Obj = TypeVar("Obj", bound=Callable[..., Any])
Class = TypeVar("Class", bound=type[Any])


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

    wraps_for_dataflow: ClassVar[bool] = True

    callee: Callee
    _shapes: set[tuple[int, tuple[str, ...]]] = attrs.field(factory=set, init=False)

    def __attrs_post_init__(self) -> None:
        target = self.callee.fn if isinstance(self.callee, Function) else self.callee.cls
        look_like(self, target, self.callee.name)

    # overloads: Step.__call__
    @overload
    def __call__(self: Step[Callable[P, R]], /, *args: P.args, **kwargs: P.kwargs) -> Node[R]: ...
    @overload
    def __call__(
        self: Step[Callable[Concatenate[A, P], R]], a: In[A], /, *args: P.args, **kwargs: P.kwargs
    ) -> Node[R]: ...
    @overload
    def __call__(self: Step[Callable[[A, B], R]], a: In[A], b: In[B], /) -> Node[R]: ...
    @overload
    def __call__(
        self: Step[Callable[Concatenate[A, B, P], R]], a: In[A], b: In[B], /, *args: P.args, **kwargs: P.kwargs
    ) -> Node[R]: ...
    @overload
    def __call__(self: Step[Callable[[A, B, C], R]], a: In[A], b: In[B], c: In[C], /) -> Node[R]: ...
    @overload
    def __call__(
        self: Step[Callable[Concatenate[A, B, C, P], R]],
        a: In[A],
        b: In[B],
        c: In[C],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Node[R]: ...
    @overload
    def __call__(self: Step[Callable[[A, B, C, D], R]], a: In[A], b: In[B], c: In[C], d: In[D], /) -> Node[R]: ...
    @overload
    def __call__(
        self: Step[Callable[Concatenate[A, B, C, D, P], R]],
        a: In[A],
        b: In[B],
        c: In[C],
        d: In[D],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Node[R]: ...
    @overload
    def __call__(
        self: Step[Callable[[A, B, C, D, E], R]], a: In[A], b: In[B], c: In[C], d: In[D], e: In[E], /
    ) -> Node[R]: ...
    @overload
    def __call__(
        self: Step[Callable[Concatenate[A, B, C, D, E, P], R]],
        a: In[A],
        b: In[B],
        c: In[C],
        d: In[D],
        e: In[E],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Node[R]: ...
    @overload
    def __call__(
        self: Step[Callable[[A, B, C, D, E, G], R]], a: In[A], b: In[B], c: In[C], d: In[D], e: In[E], g: In[G], /
    ) -> Node[R]: ...
    @overload
    def __call__(
        self: Step[Callable[Concatenate[A, B, C, D, E, G, P], R]],
        a: In[A],
        b: In[B],
        c: In[C],
        d: In[D],
        e: In[E],
        g: In[G],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Node[R]: ...
    # end of overloads
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

    def options(self, **changes: Unpack[OptionChanges]) -> Step[F_co]:
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
        return chained(self, then)

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> Step[F_co]: ...
    @overload
    def __get__(
        self: Step[Callable[Concatenate[A, P], R]], instance: A, owner: type | None = None
    ) -> Step[Callable[P, R]]: ...
    @overload
    def __get__(self, instance: object, owner: type | None = None) -> Step[F_co]: ...
    def __get__(self, instance: object, owner: type | None = None) -> Step[Any]:
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
        expected = signature_of(self.callee)
        if expected is not None:
            _bound(expected, f"step {self.name!r}", args, kwargs)

    def _operand(self, value: Any, at: int | str, place: Place) -> Any:
        return operand(value, place, lambda: f"argument {parameter_at(self.callee, at)!r} of step {self.name!r}")


@attrs.frozen(eq=False, repr=False, slots=False)
class Chain(Step[F_co]):
    """What `f >> g` makes: a call makes a node of each of its steps."""

    steps: tuple[Step[Any], ...] = attrs.field(kw_only=False)

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        node = self.steps[0](*args, **kwargs)
        for each in self.steps[1:]:
            node = each(node)
        return node

    @property
    def fn(self) -> F_co:
        composed: Any = functools.partial(_one_after_the_other, tuple(each.fn for each in self.steps))
        return composed  # type: ignore[no-any-return]  # F_co is the type of the composition

    def options(self, **changes: Unpack[OptionChanges]) -> Step[F_co]:
        raise CompositionError(f"{self!r} is several steps; set the options on each: f.options(...) >> g.options(...)")

    def __reduce__(self) -> Any:
        return (chained, self.steps)


def chained(*steps: Step[Any]) -> Chain[Any]:
    """Steps one after the other, as one."""
    flat = tuple(each for step in steps for each in (step.steps if isinstance(step, Chain) else (step,)))
    name = " >> ".join(each.name for each in flat)
    label = name if len(name) <= LONGEST_NAME else f"{flat[0].name} >> ... >> {flat[-1].name}"
    return Chain(Function(_one_after_the_other, Options(name=label)), flat)


def _one_after_the_other(fns: tuple[Callable[..., Any], ...], /, *args: Any, **kwargs: Any) -> Any:
    value = fns[0](*args, **kwargs)
    for fn in fns[1:]:
        value = fn(value)
    return value


@attrs.frozen(eq=False, repr=False, slots=False)
class ClassStep(Generic[F_co]):
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

    wraps_for_dataflow: ClassVar[bool] = True

    cls: F_co
    options_: Options = attrs.field(default=DEFAULTS, alias="options")

    def __attrs_post_init__(self) -> None:
        look_like(self, self.cls, self.options_.name or label_of(self.cls))

    @overload
    def __call__(
        self: ClassStep[Callable[P, Callable[Q, Coroutine[Any, Any, R]]]], /, *args: P.args, **kwargs: P.kwargs
    ) -> Step[Callable[Q, R]]: ...
    @overload
    def __call__(self: ClassStep[Callable[P, Obj]], /, *args: P.args, **kwargs: P.kwargs) -> Step[Obj]: ...
    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        return Step(_instance(self.cls, args, kwargs, self.options_))

    def options(self, **changes: Unpack[OptionChanges]) -> ClassStep[F_co]:
        """The same class with some options changed; see `Step.options`."""
        return ClassStep(self.cls, self.options_.but(changes))

    def __repr__(self) -> str:
        return f"class step {self.options_.name or label_of(self.cls)!r}"

    def __reduce__(self) -> Any:
        name = name_of(self)
        if name is not None:
            return (find, (name,))
        inner = name_of(self.cls)
        return (ClassStep, (self.cls, self.options_)) if inner is None else (_class_step, (inner, self.options_))


@attrs.frozen
class StepMaker:
    """What `step(...)` with options returns: the decorator."""

    options: Options

    @overload
    def __call__(self, fn: Class, /) -> ClassStep[Class]: ...
    @overload
    def __call__(self, fn: Callable[P, Coroutine[Any, Any, R]], /) -> Step[Callable[P, R]]: ...
    @overload
    def __call__(self, fn: F, /) -> Step[F]: ...
    def __call__(self, fn: Any, /) -> Any:
        return _made(fn, self.options)


@overload
def step(fn: Class, /, **options: Unpack[OptionChanges]) -> ClassStep[Class]: ...
@overload
def step(fn: Callable[P, Coroutine[Any, Any, R]], /, **options: Unpack[OptionChanges]) -> Step[Callable[P, R]]: ...
@overload
def step(fn: F, /, **options: Unpack[OptionChanges]) -> Step[F]: ...
@overload
def step(fn: None = None, /, **options: Unpack[OptionChanges]) -> StepMaker: ...
def step(fn: Any = None, /, **options: Unpack[OptionChanges]) -> Any:
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


@overload
def bind(
    cls: ClassStep[Callable[P, Callable[Q, Coroutine[Any, Any, R]]]], /, *args: P.args, **kwargs: P.kwargs
) -> Step[Callable[Q, R]]: ...
@overload
def bind(cls: ClassStep[Callable[P, Obj]], /, *args: P.args, **kwargs: P.kwargs) -> Step[Obj]: ...
@overload
def bind(
    cls: Callable[P, Callable[Q, Coroutine[Any, Any, R]]], /, *args: P.args, **kwargs: P.kwargs
) -> Step[Callable[Q, R]]: ...
@overload
def bind(cls: Callable[P, Obj], /, *args: P.args, **kwargs: P.kwargs) -> Step[Obj]: ...
def bind(cls: Any, /, *args: Any, **kwargs: Any) -> Any:
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
    """Give a frozen wrapper the name, documentation and `__wrapped__` of what it wraps."""
    seen = {each: getattr(target, each) for each in functools.WRAPPER_ASSIGNMENTS if hasattr(target, each)}
    wrapper.__dict__.update(seen, __wrapped__=target, __name__=name)


def _made(fn: Any, options: Options) -> Any:
    if isinstance(fn, tuple(uncalled)):
        raise CompositionError(f"{fn!r} is a step already; change it with .options(...)")
    if isinstance(fn, type):
        _check_class(fn)
        return ClassStep(fn, options)
    if not callable(fn):
        raise CompositionError(f"step() takes a function or a class, not {fn!r}")
    _check_call(fn, label_of(fn))
    refuse_captured(fn)
    return Step(Function(fn, options))


def _check_call(fn: Any, name: str) -> None:
    for target in (fn, getattr(fn, "__call__", None)):  # the method, not whether there is one
        if inspect.isgeneratorfunction(target) or inspect.isasyncgenfunction(target):
            raise CompositionError(f"{name!r} is a generator function; a step returns one value: return a list")


def _check_class(cls: type) -> None:
    if not any("__call__" in vars(base) for base in cls.__mro__):
        name = label_of(cls)
        raise CompositionError(
            f"instances of {name!r} cannot be called, so it is no class step; "
            f"to use its constructor as a function, write step(lambda x: {name}(x))"
        )
    _check_call(getattr(cls, "__call__"), label_of(cls))  # noqa: B009  # the method, not whether there is one


def _instance(cls: Any, args: tuple[Any, ...], kwargs: dict[str, Any], options: Options) -> Instance:
    if isinstance(cls, type):
        _check_class(cls)
    elif not callable(cls):
        raise CompositionError(f"bind() takes a class, not {cls!r}")
    who = f"the constructor of {label_of(cls)!r}"
    expected = signature(cls)
    if expected is not None:
        _bound(expected, who, args, kwargs)
    values = tuple([_value(arg, who) for arg in args])
    return Instance(cls, values, tuple([(name, _value(value, who)) for name, value in kwargs.items()]), options)


def _value(value: Any, who: str) -> Any:
    """A constructor's argument, of which containers are copied."""
    found = operand(value, None, lambda: f"an argument of {who}")
    if isinstance(found, Node):
        raise CompositionError(f"{who} got a node; it runs at deploy, before there are values: pass it to the call")
    return found


def _bound(expected: inspect.Signature, who: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    params = expected.parameters.values()
    strangers = (
        [] if any(param.kind is param.VAR_KEYWORD for param in params) else set(kwargs) - set(expected.parameters)
    )
    if strangers:
        raise CompositionError(
            f"{who}: got an unexpected keyword argument {min(strangers)!r}; its signature is {expected}"
        )
    try:
        expected.bind(*args, **kwargs)
    except TypeError as error:
        raise CompositionError(f"{who}: {error}; its signature is {expected}") from None


def _class_step(name: str, options: Options) -> ClassStep[Any]:
    cls: Any = unwrapped(find(name))
    return ClassStep(cls, options)
