"""The text of a graph, read again: structure from the text, and what its labels stand for from a mapping."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Generic, TypeAlias, TypeVar

import attrs

from dataflow.callee import Function, Instance
from dataflow.errors import DataflowError, GraphError
from dataflow.ir.keys import same
from dataflow.ir.labels import KINDS, WORDS
from dataflow.ir.textline import Line
from dataflow.ir.walks import GraphLike
from dataflow.names import is_wrapper
from dataflow.ops import ABSENT, Build, Call, Const, Expand, Grower, Input, Loop, Map, Op, Recover, Switch
from dataflow.options import exception_types
from dataflow.shapes import DICT, FROZENSET, LIST, SET, TUPLE, Named, Record, Shape

GraphT = TypeVar("GraphT", bound=GraphLike)
Make: TypeAlias = Callable[[tuple[Op[GraphT], ...], int], GraphT]
Signature: TypeAlias = list[tuple[str, object]]
"""The names of inputs, each with its default."""

SHAPES: Final[dict[type, Shape]] = {list: LIST, tuple: TUPLE, set: SET, frozenset: FROZENSET, dict: DICT}
WORD: Final = re.compile(rf"({'|'.join(sorted(WORDS))})(?= )|({'|'.join(KINDS)})\[")
KEYWORD: Final = re.compile(r"([^\W\d]\w*)\s*=")
BOUND: Final = re.compile(r"(rounds|limit)=([0-9]{1,4000})")
DEFAULT: Final = re.compile(r"default\s*->")
AS: Final = re.compile(r"as\s*\(")
INDENT: Final = 2


@attrs.define
class _Open(Generic[GraphT]):
    """A graph whose ops are being read.

    Attributes:
        line: the one that announces it.
        signature: its inputs, as they are announced.
        output: its output.
        make: the op that it is the body of; None for the whole.
        ops: its ops so far.
    """

    line: Line
    signature: Signature
    output: int
    make: Callable[[GraphT], Op[GraphT]] | None = None
    ops: list[Op[GraphT]] = attrs.field(factory=list)


def loads(text: str, names: Mapping[str, object], make: Make[GraphT]) -> GraphT:
    """The graph of a text.

    Args:
        text: what `textform.text` gave, or what is like it.
        names: what each label in it stands for.
        make: the class of graphs, called with ops and output.

    Raises:
        GraphError: it is no such text, with the line where it is wrong; or a label is not among the names.
    """
    try:
        return _read(text, names, make)
    except RecursionError:
        raise GraphError("a literal of the text is nested too deeply") from None


def _read(text: str, names: Mapping[str, object], make: Make[GraphT]) -> GraphT:
    lines = _lines(text)
    number, indent, first = next(lines, (1, 0, ""))
    stack: list[_Open[GraphT]] = [_header(Line(number, first, names))]
    for number, spaces, content in lines:
        level = (spaces - indent) / INDENT  # how many graphs the op is inside of
        while len(stack) > level >= 1:
            _close(stack, make)
        line = Line(number, content, names, len(stack[-1].ops))
        if level != len(stack):
            raise line.refused(f"an op here is indented by {indent + INDENT * len(stack)} spaces, not {spaces}")
        found: Op[GraphT] | _Open[GraphT] = _op(line)
        if isinstance(found, _Open):
            stack.append(found)
        else:
            stack[-1].ops.append(found)
    while len(stack) > 1:
        _close(stack, make)
    return _graph(stack[0], make)


def _lines(text: str) -> Iterator[tuple[int, int, str]]:
    """The lines that say something: number, spaces before it, content."""
    for number, line in enumerate(text.split("\n"), 1):
        content = line.lstrip(" ")
        if content.strip() and not content.startswith("#"):
            yield number, len(line) - len(content), content


def _close(stack: list[_Open[GraphT]], make: Make[GraphT]) -> None:
    """Make the innermost graph, and the op that it is the body of."""
    body = stack.pop()
    assert body.make is not None
    stack[-1].ops.append(body.make(_graph(body, make)))


def _graph(read: _Open[GraphT], make: Make[GraphT]) -> GraphT:
    try:
        graph = make(tuple(read.ops), read.output)
    except DataflowError as error:
        raise GraphError(f"line {read.line.number}: {error}") from error
    inputs = [(given.name, given.default) for given in graph.survey.inputs]
    if not same(inputs, read.signature):
        said, there = (", ".join(name for name, _ in each) for each in (read.signature, inputs))
        raise GraphError(f"line {read.line.number}: the inputs are said to be ({said}), and are ({there})")
    return graph


def _header(line: Line) -> _Open[Any]:
    if not line.take("graph("):
        raise line.refused("the text of a graph begins with a line like graph(x) -> %1")
    signature, output = _signature(line)
    line.end()
    return _Open(line, signature, output)


def _signature(line: Line) -> tuple[Signature, int]:
    signature, _ = line.items(")", lambda: _input(line))
    line.need("->")
    return signature, line.reference()


def _input(line: Line) -> tuple[str, object]:
    return line.input_name(), line.literal() if line.take("=") else ABSENT


def _op(line: Line) -> Op[Any] | _Open[Any]:
    """The op of a line; of one that has a body, what is known of it so far."""
    number = line.reference()
    if number != line.known:
        raise line.refused(f"this is op %{line.known} of its graph, not %{number}")
    line.need("=")
    word = line.match(WORD)
    found = _of_kind(word, line) if word else _built(line) or _called(line)
    line.end()
    return found


def _of_kind(word: re.Match[str], line: Line) -> Op[Any] | _Open[Any]:
    match word[1]:
        case "input":
            return Input(*_input(line))
        case "const":
            return Const(line.literal())
        case "switch":
            return _switch(line)
        case "recover":
            return _recover(line)
        case None:
            name = line.input_name()
            line.need("]")
            return _repeated(KINDS[word[2]], name, line)
        case kind:
            return _repeated(KINDS[kind], kind, line)


def _built(line: Line) -> Build | None:
    container = line.container(line.operand)
    return container and Build(SHAPES[container[0]], tuple(container[1]))


def _switch(line: Line) -> Switch:
    selector, cases = line.operand(), []
    default: object = ABSENT
    line.need(":")
    while not line.ended():
        if line.match(DEFAULT):
            default = line.operand()
            break
        cases.append(_case(line))
        if not line.take(";"):
            break
    return Switch(selector, tuple(cases), default)


def _case(line: Line) -> tuple[object, object]:
    key = line.literal()
    try:
        hash(key)
    except TypeError as error:
        raise line.refused(f"what comes before is no key: {error}") from None
    line.need("->")
    return key, line.operand()


def _recover(line: Line) -> _Open[Any]:
    attempt = line.operand()
    line.need("on")
    kinds = [line.thing()]
    while line.take(","):
        kinds.append(line.thing())
    try:
        on = exception_types(tuple(kinds), "what comes before")
    except DataflowError as error:
        raise line.refused(str(error)) from None
    captured = line.operands()
    return _body(line, lambda handler: Recover(attempt, handler, on, captured))


def _repeated(kind: type, name: str, line: Line) -> Expand | _Open[Any]:
    source = line.operand()
    if kind is Expand:
        return _expand(line, source, name)
    bound = line.match(BOUND) if kind is Loop else None
    captured = line.operands()
    if kind is Map:
        return _body(line, lambda body: Map(body, source, captured, name))
    limit, lenient = (int(bound[2]), bound[1] == "rounds") if bound else (sys.maxsize, False)
    return _body(line, lambda body: Loop(body, source, limit, lenient, captured, name))


def _expand(line: Line, source: object, name: str) -> Expand:
    captured = line.operands()
    line.need("with")
    grow = line.thing()
    if not isinstance(grow, Grower):
        grow = Grower(grow)
    if not callable(grow.fn):
        raise line.refused(f"what comes before is of type {type(grow.fn).__name__}, which cannot be called")
    if len(grow.known) != len(captured):
        raise line.refused(f"the function knows {len(grow.known)} nodes from outside, not {len(captured)}")
    return Expand(source, grow, captured, name)


def _body(line: Line, make: Callable[[Any], Op[Any]]) -> _Open[Any]:
    if not line.match(AS):
        raise line.refused("'as (' must stand here, and the inputs of the body")
    signature, output = _signature(line)
    line.need(":")
    return _Open(line, signature, output, make)


def _called(line: Line) -> Call | Build:
    thing = line.callee()
    line.need("(")
    args: list[object] = []
    kwargs: dict[str, object] = {}
    line.items(")", lambda: _argument(line, args, kwargs))
    callee = getattr(thing, "callee", thing) if is_wrapper(thing) else thing
    if isinstance(callee, Function | Instance):
        return Call(callee, tuple(args), tuple(kwargs.items()))
    if isinstance(thing, type):
        return _object(line, thing, args, kwargs)
    if not callable(thing) or is_wrapper(thing):
        raise line.refused(f"what is called is {thing!r}, which is no step, function or class")
    return Call(Function(thing), tuple(args), tuple(kwargs.items()))


def _argument(line: Line, args: list[object], kwargs: dict[str, object]) -> None:
    """Read an argument; of `**{'any name': value}`, one for each pair."""
    named: dict[str, object] = {}
    keyword = line.match(KEYWORD)
    if keyword:
        named = {keyword[1]: line.operand()}
    elif line.take("**{"):
        named = dict(line.items("}", lambda: _pair(line))[0])
    elif kwargs:
        raise line.refused("an argument without a name cannot stand after one that has a name")
    else:
        args.append(line.operand())
    for name in named.keys() & kwargs.keys():
        raise line.refused(f"there are two arguments {name!r}")
    kwargs |= named


def _pair(line: Line) -> tuple[str, object]:
    name = line.input_name()
    line.need(":")
    return name, line.operand()


def _object(line: Line, cls: Any, args: list[object], kwargs: dict[str, object]) -> Build:
    """A named tuple, dataclass or attrs class."""
    if args:
        raise line.refused(f"{cls.__name__} is no step but a class, whose parts have names: {cls.__name__}(part=%0)")
    if not (issubclass(cls, tuple) and hasattr(cls, "_fields") and hasattr(cls, "_make")):
        return Build(Record(cls, tuple(kwargs)), tuple(kwargs.values()))
    if tuple(kwargs) != cls._fields:
        raise line.refused(f"the parts of {cls.__name__} are {', '.join(cls._fields)}, all of them in this order")
    return Build(Named(cls), tuple(kwargs.values()))
