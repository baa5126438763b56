"""`step`: make a function or a class callable on nodes.

A call binds the signature at once, so a wrong argument is an error on the line that writes it. Signatures are bound
once per call shape (number of positionals, names of keywords), which keeps a call at about a microsecond.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Sequence
from sys import _getframe
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, Generic, NoReturn, TypeVar, Unpack, overload

import attrs

from dataflow.binding import bind_call
from dataflow.callee import Callee, Function, label_of, parameter_at, taken_by
from dataflow.combinators.repeat import fan_out
from dataflow.errors import CompositionError
from dataflow.lookups import ON_STEPS, missing
from dataflow.names import find, is_wrapper, name_of
from dataflow.node import In, Node, clock, node_of
from dataflow.ops import call_of
from dataflow.options import LONGEST_NAME, Batch, OptionChanges, Options, Placement, Resources, Retry
from dataflow.place import PACKAGE, Place, here
from dataflow.scan import ATOMS, operand, uncalled
from dataflow.variables import (
    FifthT,
    FirstT,
    FourthT,
    FunctionT_co,
    ItemT,
    KeyT,
    ParamsP,
    RestP,
    ResultT,
    SecondT,
    SixthT,
    ThirdT,
)

MiddleT = TypeVar("MiddleT")
OwnerT = TypeVar("OwnerT")


@attrs.frozen(eq=False, repr=False, slots=False)
class Step(Generic[FunctionT_co]):
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
    if TYPE_CHECKING:  # a step is no `FunctionBody`, whose `__doc__` may be set

        @property
        def __doc__(self) -> str | None: ...  # type: ignore[override]  # narrower than object's, which is the point

    callee: Callee
    _shapes: set[int | tuple[int | str, ...]] = attrs.field(factory=set, init=False)
    _places: dict[int, Place] = attrs.field(factory=dict, init=False)  # of the last calls, one for each line's offset

    def __attrs_post_init__(self) -> None:
        target = self.callee.fn if isinstance(self.callee, Function) else self.callee.cls
        look_like(self, target, self.callee.name)

    # overloads: Step.__call__
    @overload
    def __call__(
        self: Step[Callable[[FirstT, SecondT], ResultT]], first: Node[FirstT], second: Node[SecondT], /
    ) -> Node[ResultT]: ...
    @overload
    def __call__(
        self: Step[Callable[Concatenate[FirstT, RestP], ResultT]],
        first: In[FirstT],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> Node[ResultT]: ...
    @overload
    def __call__(
        self: Step[Callable[[FirstT, SecondT], ResultT]], first: In[FirstT], second: In[SecondT], /
    ) -> Node[ResultT]: ...
    @overload
    def __call__(
        self: Step[Callable[Concatenate[FirstT, SecondT, RestP], ResultT]],
        first: In[FirstT],
        second: In[SecondT],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> Node[ResultT]: ...
    @overload
    def __call__(
        self: Step[Callable[[FirstT, SecondT, ThirdT], ResultT]],
        first: In[FirstT],
        second: In[SecondT],
        third: In[ThirdT],
        /,
    ) -> Node[ResultT]: ...
    @overload
    def __call__(
        self: Step[Callable[Concatenate[FirstT, SecondT, ThirdT, RestP], ResultT]],
        first: In[FirstT],
        second: In[SecondT],
        third: In[ThirdT],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> Node[ResultT]: ...
    @overload
    def __call__(
        self: Step[Callable[[FirstT, SecondT, ThirdT, FourthT], ResultT]],
        first: In[FirstT],
        second: In[SecondT],
        third: In[ThirdT],
        fourth: In[FourthT],
        /,
    ) -> Node[ResultT]: ...
    @overload
    def __call__(
        self: Step[Callable[Concatenate[FirstT, SecondT, ThirdT, FourthT, RestP], ResultT]],
        first: In[FirstT],
        second: In[SecondT],
        third: In[ThirdT],
        fourth: In[FourthT],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> Node[ResultT]: ...
    @overload
    def __call__(
        self: Step[Callable[[FirstT, SecondT, ThirdT, FourthT, FifthT], ResultT]],
        first: In[FirstT],
        second: In[SecondT],
        third: In[ThirdT],
        fourth: In[FourthT],
        fifth: In[FifthT],
        /,
    ) -> Node[ResultT]: ...
    @overload
    def __call__(
        self: Step[Callable[Concatenate[FirstT, SecondT, ThirdT, FourthT, FifthT, RestP], ResultT]],
        first: In[FirstT],
        second: In[SecondT],
        third: In[ThirdT],
        fourth: In[FourthT],
        fifth: In[FifthT],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> Node[ResultT]: ...
    @overload
    def __call__(
        self: Step[Callable[[FirstT, SecondT, ThirdT, FourthT, FifthT, SixthT], ResultT]],
        first: In[FirstT],
        second: In[SecondT],
        third: In[ThirdT],
        fourth: In[FourthT],
        fifth: In[FifthT],
        sixth: In[SixthT],
        /,
    ) -> Node[ResultT]: ...
    @overload
    def __call__(
        self: Step[Callable[Concatenate[FirstT, SecondT, ThirdT, FourthT, FifthT, SixthT, RestP], ResultT]],
        first: In[FirstT],
        second: In[SecondT],
        third: In[ThirdT],
        fourth: In[FourthT],
        fifth: In[FifthT],
        sixth: In[SixthT],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> Node[ResultT]: ...
    @overload
    def __call__(
        self: Step[Callable[Concatenate[list[ItemT], RestP], ResultT]],
        items: list[Node[ItemT]],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> Node[ResultT]: ...
    @overload
    def __call__(
        self: Step[Callable[Concatenate[list[ItemT], RestP], ResultT]],
        items: list[In[ItemT]],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> Node[ResultT]: ...
    @overload
    def __call__(
        self: Step[Callable[Concatenate[Sequence[ItemT], RestP], ResultT]],
        items: Sequence[Node[ItemT]],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> Node[ResultT]: ...
    @overload
    def __call__(
        self: Step[Callable[Concatenate[dict[KeyT, ItemT], RestP], ResultT]],
        items: dict[KeyT, Node[ItemT]],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> Node[ResultT]: ...
    @overload
    def __call__(
        self: Step[Callable[Concatenate[dict[KeyT, ItemT], RestP], ResultT]],
        items: dict[KeyT, In[ItemT]],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> Node[ResultT]: ...
    @overload
    def __call__(
        self: Step[Callable[Concatenate[tuple[FirstT, SecondT], RestP], ResultT]],
        items: tuple[Node[FirstT], In[SecondT]],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> Node[ResultT]: ...
    @overload
    def __call__(
        self: Step[Callable[Concatenate[tuple[FirstT, SecondT], RestP], ResultT]],
        items: tuple[In[FirstT], Node[SecondT]],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> Node[ResultT]: ...
    @overload
    def __call__(
        self: Step[Callable[Concatenate[list[ItemT], FirstT, RestP], ResultT]],
        items: list[Node[ItemT]],
        first: In[FirstT],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> Node[ResultT]: ...
    @overload
    def __call__(
        self: Step[Callable[Concatenate[list[ItemT], FirstT, RestP], ResultT]],
        items: list[In[ItemT]],
        first: In[FirstT],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> Node[ResultT]: ...
    @overload
    def __call__(
        self: Step[Callable[Concatenate[FirstT, list[ItemT], RestP], ResultT]],
        first: In[FirstT],
        items: list[Node[ItemT]],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> Node[ResultT]: ...
    @overload
    def __call__(
        self: Step[Callable[Concatenate[FirstT, list[ItemT], RestP], ResultT]],
        first: In[FirstT],
        items: list[In[ItemT]],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> Node[ResultT]: ...
    @overload
    def __call__(
        self: Step[Callable[ParamsP, ResultT]], /, *args: ParamsP.args, **kwargs: ParamsP.kwargs
    ) -> Node[ResultT]: ...
    # end of overloads
    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        shape: int | tuple[int | str, ...] = (len(args), *kwargs) if kwargs else len(args)
        if shape not in self._shapes:
            self._bind(args, kwargs)
            self._shapes.add(shape)
        frame = _getframe(1)
        code = frame.f_code
        place = self._places.get(frame.f_lasti)
        if place is None or place[0] is not code:
            place = here() if code.co_filename.startswith(PACKAGE) else (code, frame.f_lasti)
            self._places[frame.f_lasti] = place
        for arg in args:
            if type(arg) not in PLAIN:
                args = tuple([self._operand(value, at, place) for at, value in enumerate(args)])
                break
        if not kwargs:
            return node_of(self.callee, args, next(clock), place)
        named = tuple([(name, self._operand(value, name, place)) for name, value in kwargs.items()])
        return node_of(call_of(self.callee, args, named), None, next(clock), place)

    @property
    def fn(self) -> FunctionT_co:
        """The plain callable: for a function the function itself, for a class a new instance."""
        plain: Any = self.callee.plain()
        return plain  # type: ignore[no-any-return]  # F_co is the type of what was decorated

    @property
    def name(self) -> str:
        """What texts, errors and overrides call the step."""
        return self.callee.name

    # overloads: Step.options
    @overload
    def options(self) -> Step[FunctionT_co]: ...
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
    ) -> Step[FunctionT_co]: ...
    # end of overloads
    def options(self, **changes: Unpack[OptionChanges]) -> Step[FunctionT_co]:
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

    # overloads: Step.map
    @overload
    def map(
        self: Step[Callable[[ItemT, FirstT], ResultT]],
        xs: Node[Iterable[ItemT]] | Iterable[In[ItemT]],
        first: In[FirstT],
        /,
    ) -> Node[list[ResultT]]: ...
    @overload
    def map(
        self: Step[Callable[Concatenate[ItemT, FirstT, RestP], ResultT]],
        xs: Node[Iterable[ItemT]] | Iterable[In[ItemT]],
        first: In[FirstT],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> Node[list[ResultT]]: ...
    @overload
    def map(
        self: Step[Callable[[ItemT, FirstT, SecondT], ResultT]],
        xs: Node[Iterable[ItemT]] | Iterable[In[ItemT]],
        first: In[FirstT],
        second: In[SecondT],
        /,
    ) -> Node[list[ResultT]]: ...
    @overload
    def map(
        self: Step[Callable[Concatenate[ItemT, FirstT, SecondT, RestP], ResultT]],
        xs: Node[Iterable[ItemT]] | Iterable[In[ItemT]],
        first: In[FirstT],
        second: In[SecondT],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> Node[list[ResultT]]: ...
    @overload
    def map(
        self: Step[Callable[[ItemT, FirstT, SecondT, ThirdT], ResultT]],
        xs: Node[Iterable[ItemT]] | Iterable[In[ItemT]],
        first: In[FirstT],
        second: In[SecondT],
        third: In[ThirdT],
        /,
    ) -> Node[list[ResultT]]: ...
    @overload
    def map(
        self: Step[Callable[Concatenate[ItemT, FirstT, SecondT, ThirdT, RestP], ResultT]],
        xs: Node[Iterable[ItemT]] | Iterable[In[ItemT]],
        first: In[FirstT],
        second: In[SecondT],
        third: In[ThirdT],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> Node[list[ResultT]]: ...
    @overload
    def map(
        self: Step[Callable[Concatenate[ItemT, RestP], ResultT]],
        xs: Node[Iterable[ItemT]] | Iterable[In[ItemT]],
        /,
        *args: RestP.args,
        **kwargs: RestP.kwargs,
    ) -> Node[list[ResultT]]: ...
    # end of overloads
    def map(self, xs: Any, /, *args: Any, **kwargs: Any) -> Any:
        """The step for each item: the same as `fan_out(step, xs, ...)`.

        >>> from dataflow import run, step
        >>> run(step(abs).map([-1, 2]))
        [1, 2]
        """
        each: Any = self
        return fan_out(each, xs, *args, **kwargs)

    def __rshift__(
        self: Step[Callable[RestP, MiddleT]], then: Step[Callable[[MiddleT], ResultT]], /
    ) -> Step[Callable[RestP, ResultT]]:
        """One step after the other: `(f >> g)(x)` is `g(f(x))`, two nodes."""
        _refuse_function(self, then)
        if not isinstance(then, Step):
            return NotImplemented
        return chained(self, then)

    @overload
    def __get__(self, instance: None, owner: object = None) -> Step[FunctionT_co]: ...
    @overload
    def __get__(
        self: Step[Callable[Concatenate[OwnerT, RestP], ResultT]], instance: OwnerT, owner: object = None
    ) -> Step[Callable[RestP, ResultT]]: ...
    @overload
    def __get__(self, instance: object, owner: object = None) -> Step[FunctionT_co]: ...
    def __get__(self, instance: object, owner: Any = None) -> Step[Any]:
        """A step in a class body is a method: its first argument is the instance."""
        if instance is None or not isinstance(self.callee, Function) or not inspect.isfunction(self.callee.fn):
            return self
        return Step(attrs.evolve(self.callee, fn=self.callee.fn.__get__(instance, owner)))

    if not TYPE_CHECKING:  # to checkers an attribute that is not there is an error without it

        def __getattr__(self, name: str) -> NoReturn:
            raise missing(self, name, self.name if name in ON_STEPS else "", ON_STEPS)

    def __repr__(self) -> str:
        return f"step {self.name!r}"

    def __reduce__(self) -> Any:
        name = name_of(self)
        return (Step, (self.callee,)) if name is None else (find, (name,))

    def _bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        expected = taken_by(self.callee)
        if expected is not None:
            bind_call(expected, f"step {self.name!r}", args, kwargs)

    def _operand(self, value: Any, at: int | str, place: Place) -> Any:
        return operand(value, place, lambda: f"argument {parameter_at(self.callee, at)!r} of step {self.name!r}")


@attrs.frozen(eq=False, repr=False, slots=False)
class Chain(Step[FunctionT_co]):
    """What `f >> g` makes: a call makes a node of each of its steps."""

    steps: tuple[Step[Any], ...] = attrs.field(kw_only=False)

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        node = self.steps[0](*args, **kwargs)
        for each in self.steps[1:]:
            node = each(node)
        return node

    @property
    def fn(self) -> FunctionT_co:
        composed: Any = functools.partial(_one_after_the_other, tuple(each.fn for each in self.steps))
        return composed  # type: ignore[no-any-return]  # F_co is the type of the composition

    def options(self, **changes: Unpack[OptionChanges]) -> Step[FunctionT_co]:
        raise CompositionError(f"{self!r} is several steps; set the options on each: f.options(...) >> g.options(...)")

    def __reduce__(self) -> Any:
        return (chained, self.steps)


def chained(*steps: Step[Any]) -> Chain[Any]:
    """Steps one after the other, as one."""
    flat = tuple(each for step in steps for each in (step.steps if isinstance(step, Chain) else (step,)))
    name = " >> ".join(each.name for each in flat)
    label = name if len(name) <= LONGEST_NAME else f"{flat[0].name} >> ... >> {flat[-1].name}"
    return Chain(Function(_one_after_the_other, Options(name=label)), flat)


def _refuse_function(step: Step[Any], then: object) -> None:
    """Refuse a function where a step was meant; of anything else Python says that it cannot follow."""
    if inspect.isroutine(then) and not is_wrapper(then):
        name = label_of(then)
        raise CompositionError(f"{step!r} >> {name}: `>>` joins steps, and {name} is a function; write step({name})")


def _one_after_the_other(fns: tuple[Callable[..., Any], ...], /, *args: Any, **kwargs: Any) -> Any:
    value = fns[0](*args, **kwargs)
    for fn in fns[1:]:
        value = fn(value)
    return value


def look_like(wrapper: Any, target: Any, name: str) -> None:
    """Give a frozen wrapper the name, documentation and `__wrapped__` of what it wraps."""
    seen = {each: getattr(target, each) for each in functools.WRAPPER_ASSIGNMENTS if hasattr(target, each)}
    wrapper.__dict__.update(seen, __wrapped__=target, __name__=name)


PLAIN: frozenset[type] = ATOMS | {Node}
uncalled.append(Step)
