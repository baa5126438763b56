"""Exceptions of every kind reach the caller as themselves, from every executor."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import attrs
import pytest

from dataflow import INPUT, Futures, Inline, Threads, bind, deploy, fan_out, gather, recover, step, submit
from dataflow.errors import StepError
from dataflow.executors.base import Executor
from tests.patience import DEADLINE, within

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")

EXECUTORS = ("inline", "threads", "thread-pool", "process-pool")
HERE = EXECUTORS[:3]


@pytest.fixture(scope="module")
def executors() -> Iterator[dict[str, Executor]]:
    with ThreadPoolExecutor(2) as threads, ProcessPoolExecutor(1) as processes:
        yield dict(zip(EXECUTORS, (Inline(), Threads(2), Futures(threads), Futures(processes)), strict=True))


@pytest.fixture
def executor(request: pytest.FixtureRequest, executors: dict[str, Executor]) -> Executor:
    return executors[request.param]


on_each = pytest.mark.parametrize("executor", EXECUTORS, indirect=True)
here = pytest.mark.parametrize("executor", HERE, indirect=True)


class TwoReasons(Exception):
    """Pickle cannot restore it: its constructor takes other arguments than `args`."""

    def __init__(self, first: int, second: int) -> None:
        super().__init__(f"{first} and {second}")
        self.first, self.second = first, second


class KeywordOnly(Exception):
    """Pickle cannot restore it either."""

    def __init__(self, *, code: int) -> None:
        super().__init__("keyword")
        self.code = code


class Locked(Exception):
    """It has an attribute that cannot be pickled."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.lock, self.number = threading.Lock(), 3


class Frozen(Exception):
    """It forbids changes, also to its traceback and cause."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        object.__setattr__(self, "code", 7)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"frozen: {name}")


@attrs.frozen
class FrozenFields(Exception):
    """The frozen exception of attrs."""

    code: int


class Slotted(Exception):
    """Its attribute is not in its `__dict__`."""

    __slots__ = ("code",)

    def __init__(self, code: int) -> None:
        super().__init__("slotted")
        self.code = code


class MadeByNew(Exception):
    """Its `__new__` takes other arguments than `args`."""

    def __new__(cls, first: int, second: int) -> MadeByNew:
        made = super().__new__(cls, first, second)
        made.args = ("made",)
        return made

    def __init__(self, first: int, second: int) -> None:
        super().__init__("made")
        self.first = first


class Unspeakable(Exception):
    """It has no text."""

    def __str__(self) -> str:
        raise RuntimeError("no text")


class Unshowable(Exception):
    """It has no repr."""

    def __repr__(self) -> str:
        raise RuntimeError("no repr")


class Abort(BaseException):
    """It is no Exception."""


class Unpicklable:
    """An argument that can be neither pickled nor shown."""

    def __reduce__(self) -> str:
        raise RuntimeError("not sent")

    def __repr__(self) -> str:
        raise RuntimeError("not shown")


SHARED = ValueError("one instance, raised again and again")


def shared() -> BaseException:
    """One instance for all, without the notes of earlier tests."""
    vars(SHARED).pop("__notes__", None)
    return SHARED


def chained() -> BaseException:
    """An error with a cause."""
    try:
        raise ZeroDivisionError("the cause")
    except ZeroDivisionError as cause:
        error = KeyError("chained")
        error.__cause__ = cause
        return error


def noted() -> BaseException:
    """An error that has a note already."""
    error = ValueError("noted")
    error.add_note("mine")
    return error


KINDS: dict[str, Callable[[], BaseException]] = {
    "plain": lambda: ValueError("plain", 1),
    "key": lambda: KeyError("k"),
    "two arguments": lambda: TwoReasons(1, 2),
    "keyword-only": lambda: KeywordOnly(code=5),
    "unpicklable attribute": lambda: Locked("locked"),
    "frozen": lambda: Frozen("frozen"),
    "frozen attrs class": lambda: FrozenFields(4),
    "slots": lambda: Slotted(9),
    "own __new__": lambda: MadeByNew(1, 2),
    "str raises": lambda: Unspeakable("x"),
    "repr raises": lambda: Unshowable("x"),
    "unpicklable argument": lambda: ValueError(Unpicklable()),
    "BaseException": lambda: Abort("abort"),
    "SystemExit": lambda: SystemExit(3),
    "KeyboardInterrupt": lambda: KeyboardInterrupt("k"),
    "GeneratorExit": lambda: GeneratorExit("g"),
    "StopIteration": lambda: StopIteration(5),
    "StopAsyncIteration": lambda: StopAsyncIteration(6),
    "OSError": lambda: OSError(2, "no such file", "a.txt"),
    "OSError of two files": lambda: OSError(18, "cross-device", "a", None, "b"),
    "UnicodeDecodeError": lambda: UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"),
    "ImportError": lambda: ImportError("missing", name="module", path="/a"),
    "AttributeError": lambda: AttributeError("missing", name="attribute", obj=3),
    "SyntaxError": lambda: SyntaxError("wrong", ("file.py", 1, 2, "text")),
    "group": lambda: ExceptionGroup("several", [ValueError(1), KeyError(2)]),
    "group of two arguments": lambda: ExceptionGroup("several", [ValueError(1), TwoReasons(1, 2)]),
    "with a cause": chained,
    "with a note": noted,
    "the same instance": shared,
}
ATTRIBUTES = (
    *("first", "second", "code", "number", "errno", "strerror", "filename", "filename2", "encoding", "object", "start"),
    *("end", "reason", "value", "name", "path", "obj", "msg", "lineno", "offset", "text", "message"),
)


def fail(kind: str) -> None:
    """Raise an error of a kind."""
    raise KINDS[kind]()


def fail_locally(_: int) -> None:
    """Raise an error of a class that cannot be imported."""

    class Local(ValueError):
        pass

    raise Local("local")


failing: Any = step(fail)


def shown(value: object) -> str:
    """A value as text, whatever it is."""
    if isinstance(value, BaseExceptionGroup):
        return str([described(each) for each in value.exceptions])
    return "not shown" if isinstance(value, Unpicklable) else repr(value)


def described(error: BaseException) -> dict[str, str]:
    """What must be the same everywhere: type, arguments, attributes, members."""
    found = {name: shown(getattr(error, name)) for name in ATTRIBUTES if hasattr(error, name)}
    members = [str(described(each)) for each in getattr(error, "exceptions", ())]
    arguments = [shown(each) for each in (error.args if not members else error.args[:1])]
    return {"type": type(error).__qualname__, "args": str(arguments), "members": str(members), **found}


def raised_by(node: Any, executor: Executor) -> BaseException:
    """The error with which a node ends."""
    error = within(lambda: submit(node, executor=executor).exception(DEADLINE))
    assert error is not None
    return error


@on_each
@pytest.mark.parametrize("kind", KINDS)
def test_an_error_keeps_type_arguments_and_attributes(kind: str, executor: Executor) -> None:
    error, expected = raised_by(failing(kind), executor), described(KINDS[kind]())
    if kind == "unpicklable argument":
        assert type(error) is ValueError
        assert len(error.args) == 1
    else:
        assert described(error) == expected


@on_each
@pytest.mark.parametrize("kind", KINDS)
def test_the_node_is_named_once_in_the_notes(kind: str, executor: Executor) -> None:
    notes = raised_by(failing(kind).map(repr), executor).__notes__
    assert len([note for note in notes if note.startswith("in fail, composed at ")]) == 1
    assert [note for note in notes if "in fail" not in note] == (["mine"] if kind == "with a note" else [])


@here
def test_the_same_instance_raised_in_two_runs_has_one_note(executor: Executor) -> None:
    instance = ValueError("again")

    def again() -> None:
        raise instance

    node = step(again)()
    for _ in range(3):
        assert raised_by(node, executor) is instance
    assert len(instance.__notes__) == 1


@on_each
def test_an_attribute_that_cannot_be_sent_arrives_as_its_text(executor: Executor) -> None:
    error: Any = raised_by(failing("unpicklable attribute"), executor)
    assert "lock" in repr(error.lock)
    assert error.number == 3


def test_a_local_class_keeps_its_name_and_text_across_processes(executors: dict[str, Executor]) -> None:
    error = raised_by(step(fail_locally)(1), executors["process-pool"])
    assert isinstance(error, StepError)
    assert error.kind.endswith("Local")
    assert "raise Local" in error.text
    assert "local" in str(error)
    assert type(raised_by(step(fail_locally)(1), executors["threads"])).__name__ == "Local"


@on_each
@pytest.mark.parametrize(
    "kind", ["BaseException", "SystemExit", "KeyboardInterrupt", "GeneratorExit", "str raises", "frozen"]
)
def test_the_executor_lives_on(kind: str, executor: Executor) -> None:
    with deploy(INPUT.map(len), executor) as pipeline, deploy(failing(INPUT), executor) as poisoned:
        for _ in range(3):
            error = within(lambda: poisoned.submit(kind).exception(DEADLINE))
            assert type(error) is type(KINDS[kind]())
            assert within(lambda: pipeline.call("four")) == 4


@here
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "StopIteration"])
def test_an_error_of_an_async_step_is_the_same(kind: str, executor: Executor) -> None:
    async def fail_later(kind: str) -> None:
        raise KINDS[kind]()

    error = raised_by(step(fail_later)(kind), executor)
    if kind != "unpicklable argument":
        assert described(error) == described(KINDS[kind]())


@on_each
def test_the_traceback_shows_the_line_of_the_step(executor: Executor) -> None:
    error = raised_by(failing("plain"), executor)
    assert "raise KINDS[kind]()" in "".join(traceback.format_exception(error))


@here
def test_a_cause_is_kept(executor: Executor) -> None:
    assert isinstance(raised_by(failing("with a cause"), executor).__cause__, ZeroDivisionError)


def test_a_cause_is_kept_as_text_across_processes(executors: dict[str, Executor]) -> None:
    error = raised_by(failing("with a cause"), executors["process-pool"])
    assert "ZeroDivisionError: the cause" in "".join(traceback.format_exception(error))


@pytest.mark.parametrize("executor", ["threads", "thread-pool"], indirect=True)
@pytest.mark.parametrize("kind", ["plain", "str raises", "repr raises", "frozen", "BaseException", "slots"])
def test_of_several_errors_the_first_is_raised_and_names_the_others(kind: str, executor: Executor) -> None:
    other = threading.Event()

    def first() -> None:
        assert other.wait(DEADLINE)
        raise LookupError("first")

    def second() -> None:
        other.set()
        raise KINDS[kind]()

    error = raised_by(gather(step(first)(), step(second)()), executor)
    assert isinstance(error, LookupError)
    attached = [note for note in error.__notes__ if note.startswith("also failed: ")]
    assert len(attached) <= 1  # the second may be on its way still when the first ends the run
    for note in attached:
        assert type(KINDS[kind]()).__name__ in note


@pytest.mark.parametrize("executor", ["threads", "thread-pool"], indirect=True)
@pytest.mark.parametrize("kind", ["str raises", "repr raises", "frozen"])
def test_of_several_elements_the_first_error_is_raised(kind: str, executor: Executor) -> None:
    seen = threading.Event()

    def each(x: int) -> int:
        if x == 0:
            assert seen.wait(DEADLINE)
            raise LookupError("first")
        try:
            raise KINDS[kind]()
        finally:
            seen.set()

    assert isinstance(raised_by(fan_out(step(each), [0, 1]), executor), LookupError)


@on_each
@pytest.mark.parametrize("kind", ["plain", "two arguments", "frozen", "BaseException", "SystemExit"])
def test_an_error_of_a_constructor_is_raised_at_deploy(kind: str, executor: Executor) -> None:
    with pytest.raises(type(KINDS[kind]())) as caught:
        within(lambda: deploy(bind(Unconstructible, kind)(INPUT), executor))
    assert "in the constructor of Unconstructible" in caught.value.__notes__
    assert described(caught.value) == described(KINDS[kind]())


class Unconstructible:
    """A class step whose constructor fails."""

    def __init__(self, kind: str) -> None:
        fail(kind)

    def __call__(self, x: int) -> int:
        return x


@on_each
@pytest.mark.parametrize(
    "kind", ["two arguments", "str raises", "frozen", "slots", "OSError", "group of two arguments"]
)
def test_a_handler_is_given_the_error_itself(kind: str, executor: Executor) -> None:
    def look(error: Exception) -> tuple[str, list[str]]:
        return type(error).__name__, sorted(str(described(error)))

    handled = recover(failing(kind), lambda error: error.map(look))
    expected = type(KINDS[kind]()).__name__, sorted(str(described(KINDS[kind]())))
    assert within(lambda: submit(handled, executor=executor).result(DEADLINE)) == expected


@here
def test_a_failure_that_was_handled_is_not_named_on_a_later_error(executor: Executor) -> None:
    fine: Any = step(lambda _: 1)
    handled = recover(failing("plain"), fine)
    late = step(lambda _: fail("key"))
    error = raised_by(gather(late(handled), recover(failing("plain"), fine)), executor)
    assert isinstance(error, KeyError)
    assert not [note for note in error.__notes__ if "also failed" in note]
