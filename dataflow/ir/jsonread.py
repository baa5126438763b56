"""JSON text as a graph: the reader of what `jsonform` writes. Of anything else it says where it is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Generic, NoReturn, TypeVar

import attrs

from dataflow.callee import Callee, Function, Instance
from dataflow.errors import DataflowError
from dataflow.ir.jsonvalues import VERSION, Json, Path, imported, read, refused, short
from dataflow.ir.literals import is_named_tuple
from dataflow.ir.walks import GraphLike
from dataflow.names import unwrapped
from dataflow.ops import ABSENT, Build, Call, Const, Expand, Grower, Input, Loop, Map, Op, Recover, Ref, Switch
from dataflow.options import DEFAULTS, Batch, Options, Resources, Retry, exception_types
from dataflow.shapes import DICT, FROZENSET, LIST, SET, TUPLE, Named, Record, Shape, Table
from dataflow.variables import ValueT

GraphT = TypeVar("GraphT", bound=GraphLike)

SHAPES: Final[dict[str, Shape]] = {shape.name: shape for shape in (LIST, TUPLE, SET, FROZENSET, DICT)}
REQUIRED: Final = object()
NESTED: Final[dict[str, type]] = {"retries": Retry, "resources": Resources, "batch": Batch}


def loads(text: str, make: Callable[[tuple[Op[GraphT], ...], int], GraphT]) -> GraphT:
    """The graph of a JSON text.

    Args:
        text: what `jsonform.dumps` gave.
        make: the class of graphs, called with ops and output.

    Raises:
        GraphError: it is no such text, with where it is wrong; or a step cannot be imported.
    """
    try:
        document = _Fields(_parsed(text), None)
        if document.take("dataflow", int) != VERSION:
            raise refused(None, f"is of another version than {VERSION}, the one that is read here")
        steps = [_step(_Fields(step, path)) for step, path in document.each("steps")]
        graph = _GraphReader(steps, make).graph(document)
    except RecursionError:
        raise refused(None, "is nested too deeply") from None
    return graph


def _parsed(text: str) -> Json:
    try:
        return json.loads(text, parse_constant=_no_constant)
    except ValueError as error:
        raise refused(None, f"is no JSON: {error}") from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


class _Fields:
    """The fields of a JSON object, taken one by one; what is left over at the end is refused."""

    def __init__(self, value: Json, path: Path) -> None:
        if type(value) is not dict:
            raise refused(path, f"must be an object, not {short(value)}")
        self.path: Path = path
        self._rest: dict[str, Json] = dict(value)

    def __contains__(self, name: str) -> bool:
        return name in self._rest

    def any(self, name: str) -> Json:
        """A field that must be there."""
        if name not in self._rest:
            raise refused(self.path, f"has no {name!r}")
        return self._rest.pop(name)

    def take(self, name: str, kind: type[ValueT]) -> ValueT:
        """A field that must be there, of that very type."""
        value = self.any(name)
        if type(value) is not kind:
            raise refused((self.path, name), f"must be of type {kind.__name__}, not {short(value)}")
        return value

    def inside(self, name: str) -> _Fields:
        """The fields of a field; none if it is left out."""
        return _Fields(self._rest.pop(name, {}), (self.path, name))

    def each(self, name: str) -> Iterator[tuple[Json, Path]]:
        """The items of a list that must be there, with their paths."""
        path = (self.path, name)
        return ((value, (path, at)) for at, value in enumerate(self.take(name, list)))

    def rest(self) -> Iterator[tuple[str, Json, Path]]:
        """All the fields that are left, with their paths."""
        rest, self._rest = self._rest, {}
        return ((name, value, (self.path, name)) for name, value in rest.items())

    def literal(self, name: str, default: object = REQUIRED) -> Any:
        """A literal; without a default it must be there."""
        return self._value(name, default, read)

    def operand(self, name: str, default: object = REQUIRED) -> object:
        """A reference or a literal; without a default it must be there."""
        return self._value(name, default, _operand)

    def _value(self, name: str, default: object, reader: Callable[[Json, Path], object]) -> object:
        missing = default is not REQUIRED and name not in self._rest
        return default if missing else reader(self.any(name), (self.path, name))

    def operands(self, name: str) -> tuple[object, ...]:
        """A list of references and literals."""
        return tuple([_operand(value, path) for value, path in self.each(name)])

    def end(self) -> None:
        """Refuse what has not been taken."""
        for name in self._rest:
            raise refused(self.path, f"has an unknown field {name!r}")


def _operand(value: Json, path: Path) -> object:
    if type(value) is not dict or "$ref" not in value:
        return read(value, path)
    fields = _Fields(value, path)
    index = fields.take("$ref", int)
    fields.end()
    return Ref(index)


def _checked(path: Path, build: Callable[..., ValueT], *args: Any, **kwargs: Any) -> ValueT:
    """What `build` gives; what it refuses is refused here too, with the place."""
    try:
        return build(*args, **kwargs)
    except DataflowError as error:
        raise refused(path, f"is refused: {error}") from error


def _step(fields: _Fields) -> Callee:
    key = "class" if "class" in fields else "function"
    target = _callable(fields, key)
    args = tuple([read(value, path) for value, path in fields.each("args")]) if "args" in fields else ()
    kwargs = tuple([(name, read(value, path)) for name, value, path in fields.inside("kwargs").rest()])
    options = _options(fields.inside("options"), Options) if "options" in fields else DEFAULTS
    fields.end()
    if key == "class":
        return Instance(target, args, kwargs, options)
    if args or kwargs:
        raise refused(fields.path, "is a function, which is not constructed with arguments")
    return Function(target, options)


def _callable(fields: _Fields, key: str) -> Callable[..., Any]:
    path = (fields.path, key)
    found = fields.literal(key)
    if isinstance(found, str):
        found = unwrapped(imported(found, path))
    if not callable(found):
        raise refused(path, f"is of type {type(found).__name__}, which cannot be called")
    target: Callable[..., Any] = found
    return target


def _options(fields: _Fields, kind: Any) -> Any:
    given: dict[str, Any] = {}
    for name, value, path in fields.rest():
        if name in NESTED:
            given[name] = _options(_Fields(value, path), NESTED[name]) if value is not None else None
        elif name == "on":
            given[name] = tuple([imported(one, (path, at)) for at, one in enumerate(_list(value, path))])
        else:
            given[name] = read(value, path)
    known = {field.name for field in attrs.fields(kind)}
    for name in given:
        if name not in known:
            raise refused(fields.path, f"has an unknown option {name!r}")
    return _checked(fields.path, kind, **given)


def _list(value: Json, path: Path) -> list[Json]:
    if type(value) is not list:
        raise refused(path, f"must be a list, not {short(value)}")
    return value


def _case(pair: Json, path: Path) -> tuple[object, object]:
    if len(_list(pair, path)) != 2:
        raise refused(path, f"must be a key and an operand, not {short(pair)}")
    key = read(pair[0], (path, 0))
    try:
        hash(key)
    except TypeError as error:
        raise refused((path, 0), f"is no key: {error}") from None
    return key, _operand(pair[1], (path, 1))


def _shape(shape: Json, path: Path) -> Shape:
    if isinstance(shape, str) and shape in SHAPES:
        return SHAPES[shape]
    fields = _Fields(shape, path)
    key = "named" if "named" in fields else "record"
    cls = imported(fields.take(key, str), (path, key))
    names = tuple([str(name) for name, _ in fields.each("fields")]) if key == "record" else ()
    fields.end()
    if not isinstance(cls, type) or (key == "named" and not is_named_tuple(cls)):
        raise refused((path, key), f"is of type {type(cls).__name__}, and not a class of that kind")
    return Record(cls, names) if key == "record" else Named(cls)


def _part_count(shape: Shape, count: int) -> bool:
    """Whether a container of this shape may have so many parts."""
    match shape:
        case Table():
            return count % 2 == 0
        case Named(cls=cls):
            return count == len(cls._fields)
        case Record(fields=fields):
            return count == len(fields)
        case _:
            return True


class _GraphReader(Generic[GraphT]):
    """Reads the graphs of one document."""

    def __init__(self, steps: Sequence[Callee], make: Callable[[tuple[Op[GraphT], ...], int], GraphT]) -> None:
        self._steps, self._make = steps, make

    def graph(self, fields: _Fields) -> GraphT:
        """The graph whose ops and output are what is left of an object."""
        ops = tuple([self._op(_Fields(op, path)) for op, path in fields.each("ops")])
        output = fields.take("output", int)
        fields.end()
        return _checked(fields.path, self._make, ops, output)

    def _op(self, fields: _Fields) -> Op[GraphT]:
        op = self._of_kind(fields.take("op", str), fields)
        fields.end()
        return op

    def _of_kind(self, kind: str, fields: _Fields) -> Op[GraphT]:
        match kind:
            case "input":
                return Input(fields.take("name", str), fields.literal("default", ABSENT))
            case "const":
                return Const(fields.literal("value"))
            case "call":
                return self._call(fields)
            case "build":
                return self._build(fields)
            case "switch":
                cases = tuple([_case(pair, path) for pair, path in fields.each("cases")])
                return Switch(fields.operand("selector"), cases, fields.operand("default", ABSENT))
            case "recover":
                kinds = tuple([imported(name, path) for name, path in fields.each("on")])
                on = _checked((fields.path, "on"), exception_types, kinds, "it")
                return Recover(
                    fields.operand("attempt"), self._body(fields, "handler"), on, fields.operands("captured")
                )
            case "map":
                source, captured = fields.operand("source"), fields.operands("captured")
                return Map(self._body(fields, "body"), source, captured, fields.take("name", str))
            case "loop":
                return self._loop(fields)
            case "expand":
                return self._expand(fields)
            case _:
                raise refused((fields.path, "op"), f"is {short(kind)}, which is no kind of op")

    def _loop(self, fields: _Fields) -> Op[GraphT]:
        limit, lenient, name = fields.take("limit", int), fields.take("lenient", bool), fields.take("name", str)
        source, captured = fields.operand("source"), fields.operands("captured")
        return Loop(self._body(fields, "body"), source, limit, lenient, captured, name)

    def _call(self, fields: _Fields) -> Op[GraphT]:
        number = fields.take("step", int)
        if not 0 <= number < len(self._steps):
            raise refused((fields.path, "step"), f"is {number}, but there are {len(self._steps)} steps")
        named = fields.inside("kwargs").rest() if "kwargs" in fields else ()
        kwargs = tuple([(name, _operand(value, path)) for name, value, path in named])
        return Call(self._steps[number], fields.operands("args"), kwargs)

    def _build(self, fields: _Fields) -> Op[GraphT]:
        path, parts = (fields.path, "shape"), fields.operands("parts")
        shape = _shape(fields.any("shape"), path)
        if not _part_count(shape, len(parts)):
            raise refused(path, f"does not hold {len(parts)} parts")
        return Build(shape, parts)

    def _expand(self, fields: _Fields) -> Op[GraphT]:
        grow, name = fields.literal("grow"), fields.take("name", str)
        if not callable(grow):
            raise refused((fields.path, "grow"), f"is of type {type(grow).__name__}, which cannot be called")
        if fields.operands("captured"):
            raise refused((fields.path, "captured"), "must be empty: the function knows no nodes from outside")
        return Expand(fields.operand("source"), Grower(grow), (), name)

    def _body(self, fields: _Fields, name: str) -> GraphT:
        return self.graph(fields.inside(name))
