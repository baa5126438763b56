"""Steps: functions and classes that may be called on nodes."""

from __future__ import annotations

import abc
import asyncio
import functools
import inspect
import pickle
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any, Generic, ParamSpec, TypeVar

import attrs
import pytest

from dataflow import In, Node, Options, Retry, Step, bind, const, flow, run, step
from dataflow.errors import CompositionError, OptionTypeError, OptionValueError, StepResultError
from dataflow.ops import Call
from dataflow.step import ClassStep
from dataflow.step_type import Chain

T = TypeVar("T")
R = TypeVar("R")
P = ParamSpec("P")


@step
def add(a: int, b: int = 1) -> int:
    """Add two numbers."""
    return a + b


@step(replicas=5, name="tally")
class Counter:
    """Counts."""

    made = 0

    def __init__(self, start: int = 0) -> None:
        type(self).made += 1
        self.start = start

    def __call__(self, x: int, *, by: int = 1) -> int:
        return self.start + x * by


tally: Any = Counter
"""The class step; for type checkers the decorated class is still the class."""


class Plain:
    made = 0

    def __init__(self, amount: int, *, sign: int = 1) -> None:
        type(self).made += 1
        self.amount = amount * sign

    def __call__(self, x: int) -> int:
        return x + self.amount


class Scorer:
    def __init__(self, weight: int) -> None:
        self.weight = weight

    @step
    def score(self, x: int) -> int:
        return self.weight * x


@step
async def later(x: int) -> int:
    await asyncio.sleep(0)
    return x + 1


def plain(x: int) -> int:
    return x


def call(node: Any) -> Call:
    """The op of a node that calls a step."""
    assert isinstance(node, Node)
    assert isinstance(node._op, Call)
    return node._op


# Making steps


def test_bare_and_with_options_give_the_same_kind_of_step() -> None:
    assert isinstance(step(plain), Step)
    assert isinstance(step()(plain), Step)
    assert isinstance(step(retries=1)(plain), Step)
    assert isinstance(step(Plain), ClassStep)
    assert isinstance(step(replicas=2)(Plain), ClassStep)


def test_a_step_looks_like_its_function() -> None:
    face: Any = add
    assert (face.__name__, face.__doc__, face.__module__) == ("add", "Add two numbers.", __name__)
    assert face.__qualname__ == "add"
    assert getattr(add, "__wrapped__") is add.fn
    assert inspect.signature(add) == inspect.signature(add.fn)
    assert repr(add) == "step 'add'"
    assert repr(Counter) == "class step 'tally'"


def test_fn_is_the_plain_callable() -> None:
    assert add.fn(2) == 3
    assert bind(Plain, 3).fn(1) == 4


@pytest.mark.parametrize(
    "fn",
    [len, str.upper, functools.partial(plain), lambda x: x, Plain(1), [].append, abs, int.__add__, max],
)
def test_any_callable_can_be_a_step(fn: Any) -> None:
    assert step(fn).fn is fn


def test_built_ins_and_callable_objects_compute() -> None:
    upper: Any = step(str.upper)
    assert run(upper(const("a"))) == "A"
    assert run(step(Plain(4))(const(1))) == 5
    assert run(step(functools.partial(add.fn, b=10))(const(1))) == 11


@pytest.mark.parametrize("fn", [3, "f", const(1)])
def test_what_cannot_be_called_is_no_step(fn: Any) -> None:
    with pytest.raises(CompositionError, match=r"step\(\) takes a function or a class"):
        step(fn)


class Held(Generic[T]):
    def __init__(self, held: T) -> None:
        self.held = held

    def __call__(self, x: T) -> tuple[T, T]:
        return self.held, x


class Unfinished(abc.ABC):
    @abc.abstractmethod
    def __call__(self, x: int) -> int: ...


class Counted:
    @classmethod
    @step
    def named(cls, x: int) -> str:
        return cls.__name__ * x


def test_a_class_with_its_type_is_a_class_step() -> None:
    held: Any = step(Held[int], name="held")
    assert isinstance(held, ClassStep)
    assert run(held(3)(const(4))) == (3, 4)
    assert run(bind(Held[int], 3)(const(4))) == (3, 4)


def test_an_abstract_class_is_no_class_step() -> None:
    for made in (step, bind):
        with pytest.raises(CompositionError, match="'Unfinished' is abstract: it has no __call__"):
            made(Unfinished)


def test_a_class_method_is_made_a_step_first() -> None:
    named: Any = Counted.named
    assert run(named(const(2))) == "CountedCounted"
    made: Any = classmethod
    method = made(plain)
    with pytest.raises(CompositionError, match="write @classmethod above @step"):
        step(method)


def test_the_wrapper_of_an_async_function_is_told_to_await() -> None:
    async def later(x: int) -> int:
        return x

    wrapped: Any = step(functools.wraps(later)(lambda x: later(x)))
    with pytest.raises(StepResultError, match="await it in what wraps it"):
        run(wrapped(1))


def generate(x: int) -> Iterator[int]:
    yield x


async def generate_later(x: int) -> AsyncIterator[int]:
    yield x


class Generates:
    def __call__(self, x: int) -> Iterator[int]:
        yield x


@pytest.mark.parametrize("fn", [generate, generate_later, Generates(), functools.partial(generate, 1), Generates])
def test_generator_functions_are_refused_at_decoration(fn: Any) -> None:
    with pytest.raises(CompositionError, match=r"generator function; a step returns one value: return a list"):
        step(fn)


def test_so_are_classes_whose_instances_are_generator_functions_when_bound() -> None:
    with pytest.raises(CompositionError, match="generator function"):
        bind(Generates)


def test_a_step_of_a_step_is_refused() -> None:
    again: Any = step
    for thing in (add, Counter, bind(Plain, 1)):
        with pytest.raises(CompositionError, match=r"is a step already; change it with \.options"):
            again(thing)


def test_so_are_a_step_of_a_flow_and_of_a_decorator() -> None:
    again: Any = step
    with pytest.raises(CompositionError, match=r"flow '<lambda>' wires steps, and is none itself: write @flow alone"):
        again(flow(lambda: const(1)))
    with pytest.raises(CompositionError, match=r"step\(\.\.\.\) with options is a decorator, and no function yet"):
        again(step(pure=True))


def test_a_class_without_call_is_refused() -> None:
    class Config: ...

    wrong: Any = Config
    for make in (step, bind):
        with pytest.raises(
            CompositionError, match=r"instances of 'Config' cannot be called.*step\(lambda x: Config\(x\)\)"
        ):
            make(wrong)


def test_a_node_as_a_default_is_refused() -> None:
    node: Any = const(1)

    def positional(x: int = node) -> int:
        return x

    def keyword(*, x: int = node) -> int:
        return x

    for fn in (positional, keyword):
        with pytest.raises(CompositionError, match="reads <Node .* from outside"):
            step(fn)


# Calling steps


def test_a_call_composes_and_computes_nothing() -> None:
    ran: list[int] = []
    note: Any = step(ran.append)
    node = note(1)
    assert isinstance(node, Node)
    assert ran == []
    run(node)
    assert ran == [1]


def test_values_nodes_keywords_and_defaults_go_where_python_sends_them() -> None:
    @step
    def show(a: Any, /, b: Any, *rest: Any, c: Any = "c", **others: Any) -> Any:
        return a, b, rest, c, others

    every: Any = show
    n = const
    assert run(every(n(1), 2)) == (1, 2, (), "c", {})
    assert run(every(1, b=n(2))) == (1, 2, (), "c", {})
    assert run(every(1, 2, n(3), 4, c=n(5), d=6, a=n(7))) == (1, 2, (3, 4), 5, {"d": 6, "a": 7})


def test_keywords_named_like_python_words_pass() -> None:
    names: Any = step(lambda **named: named)
    assert run(names(self=1, args=const(2), kwargs=3, fn=4)) == {"self": 1, "args": 2, "kwargs": 3, "fn": 4}


@pytest.mark.parametrize(
    ("args", "kwargs", "words"),
    [
        ((), {}, "missing a required argument: 'a'"),
        ((1, 2, 3), {}, "too many positional arguments"),
        ((1,), {"c": 2}, "got an unexpected keyword argument 'c'"),
        ((1,), {"a": 2}, "multiple values for argument 'a'"),
    ],
)
def test_wrong_arguments_are_an_error_at_the_call(args: tuple[Any, ...], kwargs: dict[str, Any], words: str) -> None:
    loose: Any = add
    for _ in range(2):  # a call shape that failed must not be remembered as a good one
        with pytest.raises(CompositionError, match=words) as caught:
            loose(*args, **kwargs)
        assert "step 'add'" in str(caught.value)
        assert "its signature is (a: " in str(caught.value)


def test_built_ins_that_do_not_tell_their_signature_are_called_as_they_are() -> None:
    largest: Any = step(max)
    assert run(largest(const(1), 2)) == 2
    with pytest.raises(TypeError):
        run(largest())


def test_each_call_is_a_node_of_its_own() -> None:
    assert add(1) != add(1)
    assert call(add(1)).callee is call(add(1)).callee


def test_errors_name_the_parameter_that_takes_an_argument() -> None:
    loose: Any = step(lambda first, *rest, key=None: None)
    with pytest.raises(CompositionError, match=r"argument 'first' of step '<lambda>'"):
        loose(add)
    with pytest.raises(CompositionError, match=r"argument 'rest' of step"):
        loose(1, 2, add)
    with pytest.raises(CompositionError, match=r"argument 'key' of step"):
        loose(1, key=[add])


def test_an_async_function_is_a_step_of_its_value() -> None:
    assert run(add(later(const(1)))) == 3


# Options


def test_options_make_another_step() -> None:
    changed = add.options(retries=3, name="plus")
    assert changed.callee.options == Options(name="plus", retries=Retry(3))
    assert (changed.name, getattr(changed, "__name__")) == ("plus", "plus")
    assert add.callee.options == Options()
    assert run(changed(const(1))) == 2


def test_options_are_merged_over_those_of_the_decorator() -> None:
    score = step(replicas=1, timeout=9, pure=True)(plain)
    assert score.options(timeout=5).callee.options == Options(timeout=5, pure=True)


def test_options_of_one_use_do_not_leak_into_another() -> None:
    node, other = add.options(retries=3)(1), add(1)
    assert call(node).callee.options.retries.times == 3
    assert call(other).callee.options.retries.times == 0


def test_unknown_and_wrong_options_are_refused_at_once() -> None:
    strict: Any = step
    loose: Any = add
    with pytest.raises(OptionTypeError, match="there is no option 'num_replicas'"):
        strict(num_replicas=2)
    with pytest.raises(OptionValueError, match="replicas"):
        step(replicas=0)
    with pytest.raises(OptionTypeError, match="there is no option 'retry'"):
        loose.options(retry=2)
    with pytest.raises(OptionValueError, match="timeout"):
        tally.options(timeout=-1)


# Classes


def test_a_class_step_takes_constructor_arguments_and_constructs_nothing() -> None:
    before = tally.cls.made
    counter: Any = Counter(10)
    node = counter(const(2), by=3)
    assert tally.cls.made == before
    assert isinstance(counter, Step)
    assert run(node) == 16
    assert tally.cls.made == before + 1
    assert counter.callee.options.replicas == 5


def test_bind_is_the_same_for_a_plain_class_and_for_a_class_step() -> None:
    assert run(bind(Plain, 2, sign=-1)(const(10))) == 8
    from_step: Any = bind
    assert run(from_step(Counter, 3)(const(1))) == 4
    assert from_step(Counter, 3).callee.options.replicas == 5


@pytest.mark.parametrize(("args", "kwargs"), [((), {}), ((1, 2), {}), ((1,), {"sgn": 1})])
def test_the_constructors_signature_is_checked_when_it_is_bound(args: Any, kwargs: Any) -> None:
    loose: Any = bind
    with pytest.raises(CompositionError, match="the constructor of 'Plain'"):
        loose(Plain, *args, **kwargs)


def test_the_calls_signature_of_a_class_step_has_no_self() -> None:
    loose: Any = bind(Plain, 1)
    with pytest.raises(CompositionError, match=r"missing a required argument: 'x'; its signature is \(x: "):
        loose()


@pytest.mark.parametrize("hide", [lambda n: n, lambda n: [n], lambda n: n.output, lambda n: {"a": (n,)}])
def test_a_node_in_a_constructor_is_refused(hide: Callable[[Any], Any]) -> None:
    loose: Any = bind
    with pytest.raises(CompositionError, match="it runs at deploy, before there are values: pass it to the call"):
        loose(Plain, hide(const(1)))
    with pytest.raises(CompositionError, match="it runs at deploy"):
        loose(Plain, 1, sign=hide(const(1)))


def test_bind_takes_a_class() -> None:
    loose: Any = bind
    with pytest.raises(CompositionError, match=r"bind\(\) takes a class, not 3"):
        loose(3)


def is_large(x: int) -> bool:
    return x > 3


class Maker:
    """An object that makes what can be called."""

    def __call__(self, amount: int) -> Plain:
        return Plain(amount)


@functools.cache
def cached(amount: int) -> Any:
    return Plain(amount)


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        (add, r"not step 'add'; to give some of its arguments, step\(functools\.partial\(add\.fn, \.\.\.\)\)"),
        (flow(lambda x: add(x)), "not flow '<lambda>'; call it on nodes"),
        (is_large, r"what the function 'is_large' returns cannot be called: step\(is_large\) makes a step"),
        (later.fn, "what the function 'later' returns cannot be called"),
        (Plain(1), r"makes the instance itself: bind\(Plain, \.\.\.\); of an instance .* step\(instance\)"),
        (functools.partial(is_large), "what the function 'partial' returns cannot be called"),
    ],
)
def test_bind_refuses_what_makes_nothing_to_call(thing: Any, words: str) -> None:
    loose: Any = bind
    for args in ((), (1,)):
        with pytest.raises(CompositionError, match=rf"bind\(\) takes a class.*{words}"):
            loose(thing, *args)


@pytest.mark.parametrize(
    "maker", [lambda amount: Plain(amount), functools.partial(Plain), Maker(), cached, functools.partial(cached)]
)
def test_bind_takes_what_makes_an_instance(maker: Any) -> None:
    assert run(bind(maker, 2)(const(1))) == 3


def test_constructor_arguments_are_a_snapshot() -> None:
    class Words:
        def __init__(self, words: list[str]) -> None:
            self.words = words

        def __call__(self, x: str) -> bool:
            return x in self.words

    words = ["a"]
    known = bind(Words, words)
    words.append("b")
    assert run(known(const("b"))) is False


def test_class_attributes_and_subclasses_with_call_are_class_steps() -> None:
    class Child(Plain): ...

    assert run(bind(Child, 1)(const(1))) == 2


# Methods


def test_a_step_in_a_class_body_is_a_method() -> None:
    loose: Any = Scorer(3)
    assert run(loose.score(const(5))) == 15
    assert Scorer.score is Scorer.__dict__["score"]
    with pytest.raises(CompositionError, match="step 'score'"):
        loose.score(1, 2)


# Chains


@step
def text(x: int) -> str:
    return str(x)


def test_a_chain_is_one_step_after_the_other() -> None:
    chain: Any = add >> text
    assert isinstance(chain, Chain)
    assert run(chain(const(1))) == run(text(add(const(1)))) == "2"
    assert chain.fn(1) == "2"
    assert chain.name == "add >> text"


def test_a_chain_is_two_nodes() -> None:
    chain: Any = add >> text
    node = call(chain(1))
    assert node.callee is text.callee
    assert call(node.args[0]).callee is add.callee


def test_chains_are_associative() -> None:
    loose: Any = add
    assert run((loose >> (loose >> text))(1)) == run(((loose >> loose) >> text)(1)) == "3"


def test_a_chain_has_no_options_of_its_own() -> None:
    chain: Any = add >> text
    with pytest.raises(CompositionError, match="set the options on each"):
        chain.options(retries=1)


def test_a_chain_of_something_else_is_a_type_error() -> None:
    loose: Any = add
    with pytest.raises(TypeError):
        loose >> 3
    with pytest.raises(CompositionError, match=r"step 'add' >> plain: .* plain is a function; write step\(plain\)"):
        loose >> plain


def test_a_chain_of_two_thousand_steps_computes() -> None:
    loose: Any = add
    chain = functools.reduce(lambda f, g: f >> g, [loose] * 2_000)
    assert run(chain(const(0))) == 2_000


def test_a_chain_passes_the_rest_of_the_arguments_to_its_first_step() -> None:
    chain: Any = add >> text
    assert run(chain(1, b=const(5))) == "6"


# Mapping


def test_map_is_a_fan_out() -> None:
    assert run(add.map([1, 2], 10)) == [11, 12]
    assert run(add.map(const([1, 2]), b=20)) == [21, 22]
    assert run(add.map([])) == []


# Values


def test_steps_do_not_change() -> None:
    for thing, name in ((add, "callee"), (Counter, "cls"), (step(pure=True), "options")):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(thing, name, None)


def test_importable_steps_are_pickled_by_name() -> None:
    assert pickle.loads(pickle.dumps(add)) is add
    assert pickle.loads(pickle.dumps(Counter)) is Counter


def test_other_steps_are_pickled_with_their_options() -> None:
    again = pickle.loads(pickle.dumps(add.options(retries=2)))
    assert run(again(const(1))) == 2
    assert again.callee.options.retries.times == 2
    assert pickle.loads(pickle.dumps(tally.options(replicas=2)))(1).callee.options.replicas == 2
    bound = pickle.loads(pickle.dumps(bind(Plain, 5, sign=-1)))
    assert run(bound(const(1))) == -4
    chain: Any = pickle.loads(pickle.dumps(add >> text))
    assert run(chain(const(1))) == "2"


def test_a_call_of_a_known_shape_does_not_bind_the_signature_again(monkeypatch: pytest.MonkeyPatch) -> None:
    binds: list[Any] = []
    original = inspect.Signature.bind

    def counted(self: inspect.Signature, /, *args: Any, **kwargs: Any) -> inspect.BoundArguments:
        binds.append(args)
        return original(self, *args, **kwargs)

    monkeypatch.setattr(inspect.Signature, "bind", counted)
    fresh = step(add.fn)
    for at in range(100):
        fresh(at)
        fresh(at, b=at)
    assert len(binds) == 2


def of_node(x: Node[int]) -> int:
    return 1


def of_either(x: int, *, y: In[int]) -> int:
    return 1


class OfNode:
    def __call__(self, x: Node[int]) -> int:
        return 1


@pytest.mark.parametrize(("fn", "of"), [(of_node, "x"), (of_either, "y"), (OfNode, "x"), (OfNode(), "x")])
def test_a_step_takes_values(fn: Callable[..., int], of: str) -> None:
    with pytest.raises(
        CompositionError, match=f"takes values, and '{of}' is annotated as a node: write the value's type"
    ):
        step(fn)


def test_what_holds_functions_of_nodes_is_a_value() -> None:
    def wiring(of: Callable[[Node[int]], Node[str]], inputs: Sequence[str]) -> int:
        return len(inputs)

    assert run(step(wiring)(lambda node: node.map(str), ["a"])) == 1


def supplied(fn: Callable[..., str]) -> Callable[..., str]:
    """A decorator that gives the first argument."""

    @functools.wraps(fn)
    def wrapper(*args: Any, **kwargs: Any) -> str:
        return fn("db", *args, **kwargs)

    return wrapper


def narrowed(fn: Callable[..., str]) -> Callable[[str], str]:
    """The same, which says what is left."""

    @functools.wraps(fn)
    def wrapper(sql: str) -> str:
        return fn("db", sql)

    return wrapper


def query(conn: str, sql: str) -> str:
    return f"{conn}: {sql}"


def test_a_decorated_function_takes_what_its_decorator_takes() -> None:
    for fn in (supplied(query), narrowed(query)):
        assert run(step(fn)("select")) == run(step(fn)(const("select"))) == "db: select"
    with pytest.raises(CompositionError, match=r"too many positional arguments; its signature is \(sql: str\)"):
        step(narrowed(query))("db", "select")  # type: ignore[call-arg]  # on purpose
    with pytest.raises(TypeError, match="takes 2 positional arguments but 3 were given"):
        run(step(supplied(query))("db", "select"))


def test_what_a_cache_wraps_says_what_it_takes() -> None:
    loose: Any = step(functools.cache(query))
    assert run(loose("db", "select")) == "db: select"
    with pytest.raises(CompositionError, match=r"missing a required argument: 'sql'"):
        loose("db")


def passed_on(fn: Callable[P, R]) -> Callable[P, R]:
    """A decorator that takes anything, as those of other libraries do."""

    @functools.wraps(fn)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        return fn(*args, **kwargs)

    return wrapper


class Sum:
    @passed_on
    def __call__(self, x: int, y: int = 0) -> int:
        return x + y


class Named:
    """A method that says that it wraps another, and takes more than that."""

    def _plain(self, x: int) -> int:
        return x

    @functools.wraps(_plain)
    def __call__(self, x: int, extra: int = 0) -> int:
        return x + extra


def test_the_call_of_a_class_step_may_be_decorated() -> None:
    assert run(bind(Sum)(1, y=2)) == run(step(Sum())(const(1), 2)) == 3
    more: Any = bind(Named)
    assert run(more(1, extra=const(2))) == 3
    with pytest.raises(CompositionError, match="step 'Named': too many positional arguments"):
        more(1, 2, 3)
