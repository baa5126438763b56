"""`step` and `bind`: make a function or a class callable on nodes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar, Generic, ParamSpec, TypeVar, Unpack, get_origin, overload

import attrs

from dataflow.annotations import alternatives, read
from dataflow.binding import bind_call
from dataflow.callee import Function, Instance, label_of, signature
from dataflow.errors import CompositionError
from dataflow.makers import check_maker
from dataflow.names import find, name_of, unwrapped
from dataflow.node import Node
from dataflow.options import DEFAULTS, Batch, OptionChanges, Options, Placement, Resources, Retry
from dataflow.scan import operand, refuse_captured, uncalled
from dataflow.step_type import Step, look_like
from dataflow.variables import FunctionT, ParamsP, ResultT

CallP = ParamSpec("CallP")
ConstructorT_co = TypeVar("ConstructorT_co", bound=Callable[..., Any], covariant=True)
InstanceT = TypeVar("InstanceT", bound=Callable[..., Any])
ClassT = TypeVar("ClassT", bound=type[Any])


@attrs.frozen(eq=False, repr=False, slots=False)
class ClassStep(Generic[ConstructorT_co]):
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

    cls: ConstructorT_co
    _options: Options = DEFAULTS

    def __attrs_post_init__(self) -> None:
        look_like(self, self.cls, self._options.name or label_of(self.cls))

    @overload
    def __call__(
        self: ClassStep[Callable[ParamsP, Callable[CallP, Coroutine[Any, Any, ResultT]]]],
        /,
        *args: ParamsP.args,
        **kwargs: ParamsP.kwargs,
    ) -> Step[Callable[CallP, ResultT]]: ...
    @overload
    def __call__(
        self: ClassStep[Callable[ParamsP, InstanceT]], /, *args: ParamsP.args, **kwargs: ParamsP.kwargs
    ) -> Step[InstanceT]: ...
    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        return Step(_instance(self.cls, args, kwargs, self._options))

    # overloads: ClassStep.options
    @overload
    def options(self) -> ClassStep[ConstructorT_co]: ...
    @overload
    def options(
        self,
        *,
        name: str | None = ...,
        pure: bool = ...,
        retries: int | Retry = ...,
        timeout: float | None = ...,
        placement: Placement = ...,
        replicas: int = ...,
        resources: Resources = ...,
        batch: Batch | None = ...,
        max_concurrency: int = ...,
    ) -> ClassStep[ConstructorT_co]: ...
    # end of overloads
    def options(self, **changes: Unpack[OptionChanges]) -> ClassStep[ConstructorT_co]:
        """The same class with some options changed; see `Step.options`."""
        return ClassStep(self.cls, self._options.but(changes))

    def __repr__(self) -> str:
        return f"class step {self._options.name or label_of(self.cls)!r}"

    def __reduce__(self) -> Any:
        name = name_of(self)
        if name is not None:
            return (find, (name,))
        inner = name_of(self.cls)
        return (ClassStep, (self.cls, self._options)) if inner is None else (_class_step, (inner, self._options))


@attrs.frozen(repr=False)
class StepMaker:
    """What `step(...)` with options returns: the decorator."""

    options: Options

    @overload
    def __call__(self, fn: ClassT, /) -> ClassStep[ClassT]: ...
    @overload
    def __call__(self, fn: Callable[ParamsP, Coroutine[Any, Any, ResultT]], /) -> Step[Callable[ParamsP, ResultT]]: ...
    @overload
    def __call__(self, fn: FunctionT, /) -> Step[FunctionT]: ...
    def __call__(self, fn: Any, /) -> Any:
        return _made(fn, self.options)

    def __repr__(self) -> str:
        return "step(...) with options"


# overloads: step
@overload
def step(
    fn: ClassT,
    /,
    *,
    name: str | None = ...,
    pure: bool = ...,
    retries: int | Retry = ...,
    timeout: float | None = ...,
    placement: Placement = ...,
    replicas: int = ...,
    resources: Resources = ...,
    batch: Batch | None = ...,
    max_concurrency: int = ...,
) -> ClassStep[ClassT]: ...
@overload
def step(
    fn: Callable[ParamsP, Coroutine[Any, Any, ResultT]],
    /,
    *,
    name: str | None = ...,
    pure: bool = ...,
    retries: int | Retry = ...,
    timeout: float | None = ...,
    placement: Placement = ...,
    replicas: int = ...,
    resources: Resources = ...,
    batch: Batch | None = ...,
    max_concurrency: int = ...,
) -> Step[Callable[ParamsP, ResultT]]: ...
@overload
def step(
    fn: FunctionT,
    /,
    *,
    name: str | None = ...,
    pure: bool = ...,
    retries: int | Retry = ...,
    timeout: float | None = ...,
    placement: Placement = ...,
    replicas: int = ...,
    resources: Resources = ...,
    batch: Batch | None = ...,
    max_concurrency: int = ...,
) -> Step[FunctionT]: ...
@overload
def step(
    fn: None = None,
    /,
    *,
    name: str | None = ...,
    pure: bool = ...,
    retries: int | Retry = ...,
    timeout: float | None = ...,
    placement: Placement = ...,
    replicas: int = ...,
    resources: Resources = ...,
    batch: Batch | None = ...,
    max_concurrency: int = ...,
) -> StepMaker: ...
# end of overloads
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
    cls: ClassStep[Callable[ParamsP, Callable[CallP, Coroutine[Any, Any, ResultT]]]],
    /,
    *args: ParamsP.args,
    **kwargs: ParamsP.kwargs,
) -> Step[Callable[CallP, ResultT]]: ...
@overload
def bind(
    cls: ClassStep[Callable[ParamsP, InstanceT]], /, *args: ParamsP.args, **kwargs: ParamsP.kwargs
) -> Step[InstanceT]: ...
@overload
def bind(
    cls: Callable[ParamsP, Callable[CallP, Coroutine[Any, Any, ResultT]]],
    /,
    *args: ParamsP.args,
    **kwargs: ParamsP.kwargs,
) -> Step[Callable[CallP, ResultT]]: ...
@overload
def bind(cls: Callable[ParamsP, InstanceT], /, *args: ParamsP.args, **kwargs: ParamsP.kwargs) -> Step[InstanceT]: ...
def bind(cls: Any, /, *args: Any, **kwargs: Any) -> Any:
    """A step of a class and its constructor's arguments. The instance is constructed once per replica, at deploy.

    Args:
        cls: a class whose instances can be called, or a function that makes such an instance.
        args: arguments of the constructor: values, not nodes.
        kwargs: keyword arguments of the constructor.

    Raises:
        CompositionError: the arguments do not fit the constructor, there is a node among them, or `cls` is a step, a
            flow, an instance, or a function that makes nothing to call.

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


def _made(fn: Any, options: Options) -> Any:
    _refuse_made(fn)
    cls = get_origin(fn) or fn  # Model[int] is made as Model is
    if isinstance(cls, type):
        _check_class(cls)
        return ClassStep(fn, options)
    if not callable(fn):
        way = "; write @classmethod above @step" if isinstance(fn, classmethod) else ""
        raise CompositionError(f"step() takes a function or a class, not {fn!r}{way}")
    _check_call(fn, label_of(fn))
    refuse_captured(fn)
    return Step(Function(fn, options))


def _refuse_made(fn: Any) -> None:
    """Refuse what one of our decorators has made."""
    if isinstance(fn, Step | ClassStep):
        raise CompositionError(f"{fn!r} is a step already; change it with .options(...)")
    if isinstance(fn, StepMaker):
        raise CompositionError(f"{fn!r} is a decorator, and no function yet; write step(retries=2)(function)")
    if isinstance(fn, tuple(uncalled)):
        raise CompositionError(
            f"{fn!r} wires steps, and is none itself: write @flow alone; options are set on its steps"
        )


def _check_call(fn: Any, name: str) -> None:
    for target in (fn, getattr(fn, "__call__", None)):  # the method, not whether there is one
        if inspect.isgeneratorfunction(target) or inspect.isasyncgenfunction(target):
            raise CompositionError(f"{name!r} is a generator function; a step returns one value: return a list")
        _check_values(target, name)


def _check_values(target: Any, name: str) -> None:
    """Refuse parameters that are annotated as nodes: a step gets their values."""
    for of, said in (getattr(target, "__annotations__", None) or {}).items():
        if of != "return" and ("Node" in str(said) or "In" in str(said)):
            parts = alternatives(read(said, target))
            if any(Node in (part, get_origin(part)) for part in parts):
                raise CompositionError(
                    f"{name!r} takes values, and {of!r} is annotated as a node: write the value's type, as in "
                    f"`{of}: int`; what is called on nodes, to wire others, is a flow or a plain function"
                )


def _check_class(cls: Any) -> None:
    if not any("__call__" in vars(base) for base in cls.__mro__):
        name = label_of(cls)
        raise CompositionError(
            f"instances of {name!r} cannot be called, so it is no class step; "
            f"to use its constructor as a function, write step(lambda x: {name}(x))"
        )
    if inspect.isabstract(cls):
        raise CompositionError(
            f"{label_of(cls)!r} is abstract: it has no {', '.join(sorted(cls.__abstractmethods__))}; "
            f"make a step of a class that has it"
        )
    _check_call(getattr(cls, "__call__"), label_of(cls))  # noqa: B009  # the method, not whether there is one


def _instance(cls: Any, args: tuple[Any, ...], kwargs: dict[str, Any], options: Options) -> Instance:
    if isinstance(get_origin(cls) or cls, type):
        _check_class(get_origin(cls) or cls)
    else:
        check_maker(cls)
    who = f"the constructor of {label_of(cls)!r}"
    expected = signature(cls)
    if expected is not None:
        bind_call(expected, who, args, kwargs)
    values = tuple([_value(arg, who) for arg in args])
    return Instance(cls, values, tuple([(name, _value(value, who)) for name, value in kwargs.items()]), options)


def _value(value: Any, who: str) -> Any:
    """A constructor's argument, of which containers are copied."""
    found = operand(value, None, lambda: f"an argument of {who}")
    if isinstance(found, Node):
        raise CompositionError(f"{who} got a node; it runs at deploy, before there are values: pass it to the call")
    return found


def _class_step(name: str, options: Options) -> ClassStep[Any]:
    cls: Any = unwrapped(find(name))
    return ClassStep(cls, options)


uncalled.extend([ClassStep, StepMaker])
