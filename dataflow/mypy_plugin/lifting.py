"""Types lifted over nodes: each parameter takes a value or a node of it, and the result is a node."""

from __future__ import annotations

from mypy.subtypes import find_member
from mypy.types import (
    AnyType,
    CallableType,
    FunctionLike,
    Instance,
    Overloaded,
    ParamSpecType,
    ProperType,
    TupleType,
    Type,
    TypeAliasType,
    TypeVarTupleType,
    TypeVarType,
    UnionType,
    UnpackType,
    flatten_nested_unions,
    get_proper_type,
)

from dataflow.mypy_plugin.names import CONTAINERS, COROUTINES, KINDS, NODE, PARTIAL, STEP


def is_node(of: Type) -> bool:
    """Whether a type is that of nodes."""
    proper = get_proper_type(of)
    return isinstance(proper, Instance) and proper.type.has_base(NODE)


def members(of: Type) -> list[ProperType]:
    """What a union is of, those of aliases in it too; of what is none, itself."""
    return [get_proper_type(each) for each in flatten_nested_unions([of])]


def node_in(of: Type) -> Instance | None:
    """`Node[T]` of `T | Node[T]`; None of what is something else."""
    parts = members(of) if isinstance(get_proper_type(of), UnionType) else []
    return next((each for each in parts if isinstance(each, Instance) and is_node(each)), None)


def kind_of(of: Type) -> str | None:
    """What to call a step or flow; None of anything else."""
    proper = get_proper_type(of)
    found = [kind for base, kind in KINDS.items() if isinstance(proper, Instance) and proper.type.has_base(base)]
    return found[0] if found else None


def node_of(template: Instance, value: Type) -> Instance:
    """`Node[value]`, made from any node type."""
    return template.copy_modified(args=[value])


def lifted(value: Type, template: Instance) -> Type:
    """`T | Node[T]` for a parameter of type T."""
    proper = get_proper_type(value)
    if isinstance(proper, (AnyType, UnpackType, ParamSpecType, TypeVarTupleType)):
        return value
    return UnionType.make_union([value, node_of(template, value)])


def deep(value: Type, template: Instance) -> Type:
    """What a container of values and nodes is: for `list[T]`, `list[T | Node[T]]`, at any depth."""
    proper = get_proper_type(value)
    if isinstance(proper, UnionType):
        return UnionType.make_union([deep(item, template) for item in proper.items])
    if isinstance(proper, TupleType) and not is_named(proper):
        return proper.copy_modified(items=[_item(item, template) for item in proper.items])
    if isinstance(proper, Instance) and proper.type.fullname in CONTAINERS:
        return proper.copy_modified(args=[_item(each, template) for each in proper.args])
    return value


def held(value: Type, template: Instance) -> Type:
    """What a variable may be whose items are nodes: for `list[T]`, `list[Node[T]]`, which is no `list[T | Node[T]]`."""
    proper = get_proper_type(value)
    if isinstance(proper, UnionType):
        return UnionType.make_union([held(item, template) for item in proper.items])
    if isinstance(proper, Instance) and proper.type.fullname in CONTAINERS:
        *keys, item = proper.args
        return proper.copy_modified(args=[*keys, node_of(template, item)])
    return value


def holds_nodes(of: Type) -> bool:
    """Whether a type is that of a container in which there may be nodes, at any depth."""
    proper = get_proper_type(of)
    if isinstance(proper, UnionType):
        return any(map(holds_nodes, proper.items))
    if isinstance(proper, TupleType):
        return not is_named(proper) and any(map(may_be_node, proper.items))
    return isinstance(proper, Instance) and proper.type.fullname in CONTAINERS and any(map(may_be_node, proper.args))


def may_be_node(of: Type) -> bool:
    """Whether a type is that of nodes, of what may be one, or of a container in which there may be some."""
    if is_recursive(of):
        return False
    return any(is_node(each) or holds_nodes(each) for each in members(of))


def may_give_nodes(called: Type) -> bool:
    """Whether a call may give a container of nodes, by what is called: a step does not, nor what gives a node."""
    proper = get_proper_type(called)
    if isinstance(proper, Overloaded):
        return any(map(may_give_nodes, proper.items))
    if not isinstance(proper, CallableType):
        return False
    result = get_proper_type(proper.ret_type)
    unknown = bool(proper.variables) or not isinstance(result, Instance)
    return not is_node(result) and (unknown or holds_nodes(result))


def _item(value: Type, template: Instance) -> Type:
    if is_open(value):
        return value
    inside = value if is_recursive(value) else deep(value, template)
    return UnionType.make_union([inside, node_of(template, value)])


def is_recursive(of: Type) -> bool:
    """Whether a type is a name for one that it is part of: `Json = dict[str, "Json"] | int`, a tree of named tuples."""
    return isinstance(of, TypeAliasType) and of.is_recursive


def is_named(of: TupleType) -> bool:
    """Whether a tuple is a named one: what is written out in brackets is none."""
    return of.partial_fallback.type.fullname != "builtins.tuple"


def is_open(value: Type) -> bool:
    """Whether a type says nothing that could be lifted: Any, or what mypy is solving."""
    proper = get_proper_type(value)
    return isinstance(proper, (AnyType, UnpackType, ParamSpecType, TypeVarTupleType)) or _is_unsolved(proper)


def _is_unsolved(value: Type) -> bool:
    """Whether a type is a variable that mypy is solving, and not one of the function around the call."""
    proper = get_proper_type(value)
    if isinstance(proper, UnionType):
        return any(map(_is_unsolved, proper.items))
    return isinstance(proper, TypeVarType) and proper.id.is_meta_var()


def value_of(parameter: Type) -> Type:
    """The type of the values of a flow's parameter: T of `Node[T]` and of `T | Node[T]`."""
    proper = get_proper_type(parameter)
    if isinstance(proper, UnionType):
        return UnionType.make_union([value_of(item) for item in proper.items])
    return proper.args[0] if isinstance(proper, Instance) and is_node(proper) else parameter


def awaited(result: Type) -> Type:
    """The type of a step's value: what a coroutine gives when it is awaited."""
    proper = get_proper_type(result)
    if isinstance(proper, Instance) and proper.type.fullname in COROUTINES and proper.args:
        return proper.args[-1]
    return result


def signatures(of: Type) -> list[CallableType]:
    """How something may be called: one signature, one for each overload, or those of what an instance calls."""
    proper = get_proper_type(of)
    if isinstance(proper, CallableType):
        return [proper.with_unpacked_kwargs()]
    if isinstance(proper, Overloaded):
        return [item.with_unpacked_kwargs() for item in proper.items]
    if isinstance(proper, Instance):
        called = _left_of_partial(proper) or find_member("__call__", proper, proper, is_operator=True)
        known = None if called is None else get_proper_type(called)
        return signatures(known) if isinstance(known, FunctionLike) else []
    return []


def _left_of_partial(of: Instance) -> Type | None:
    """What a `functools.partial` leaves of its function, which mypy's own plugin keeps for its calls."""
    return of.extra_attrs.attrs.get(PARTIAL) if of.extra_attrs else None


def of_step(of: Type) -> list[CallableType]:
    """How the function of a step may be called; none of what is no step."""
    proper = get_proper_type(of)
    is_step = isinstance(proper, Instance) and bool(proper.args) and proper.type.has_base(STEP)
    return signatures(proper.args[0]) if is_step and isinstance(proper, Instance) else []
