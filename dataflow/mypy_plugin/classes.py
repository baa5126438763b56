"""What `step` makes of functions and classes.

mypy does not look at what a class decorator returns, so a class that is decorated with `@step` stays a class to it:
that its constructor gives a step is remembered with the class.
"""

from __future__ import annotations

from mypy.erasetype import erase_typevars
from mypy.nodes import ARG_NAMED_OPT, Argument, CallExpr, TypeInfo, Var
from mypy.plugin import ClassDefContext, FunctionContext, MethodContext, MethodSigContext, Plugin
from mypy.plugins.common import add_method_to_class
from mypy.subtypes import is_subtype
from mypy.typeops import bind_self
from mypy.types import (
    CallableType,
    FunctionLike,
    Instance,
    NoneType,
    Overloaded,
    Type,
    TypeType,
    TypeVarType,
    get_proper_type,
)
from mypy.typevars import fill_typevars

from dataflow.mypy_plugin import solving
from dataflow.mypy_plugin.lifting import awaited, signatures
from dataflow.mypy_plugin.names import CLASS_STEP, OPTION_CHANGES, STEP
from dataflow.mypy_plugin.overloads import never
from dataflow.mypy_plugin.reports import of_anything
from dataflow.mypy_plugin.solving import Call

METADATA = "dataflow"


def made(context: FunctionContext | MethodContext) -> Type:
    """`step(fn)`: the function itself; mypy would lose names and type variables in the overload for coroutines."""
    result = get_proper_type(context.default_return_type)
    if not isinstance(result, Instance) or result.type.fullname != STEP or not context.arg_types[0]:
        return context.default_return_type
    fn = get_proper_type(context.arg_types[0][0])
    if isinstance(fn, CallableType) and not fn.is_type_obj():
        return result.copy_modified(args=[_awaited(fn)])
    if isinstance(fn, Overloaded):
        return result.copy_modified(args=[Overloaded([_awaited(item) for item in fn.items])])
    return context.default_return_type


def method(context: MethodContext) -> Type:
    """`instance.step` of a step that is a method: bound as a function is, with its name and type variables."""
    of, result = get_proper_type(context.type), get_proper_type(context.default_return_type)
    if not isinstance(of, Instance) or not isinstance(result, Instance) or not of.args or not result.args:
        return context.default_return_type
    whole, instance = get_proper_type(of.args[0]), context.arg_types[0][0]
    if not isinstance(whole, FunctionLike) or not all(_may_be_bound(each, instance) for each in whole.items):
        return context.default_return_type
    return result.copy_modified(args=[bind_self(whole, instance)])


def _may_be_bound(signature: CallableType, instance: Type) -> bool:
    """Whether the first parameter may be the instance; it is not in an attribute that holds a step, or of the class."""
    if not signature.arg_kinds or not signature.arg_kinds[0].is_positional():
        return False
    first = get_proper_type(signature.arg_types[0])
    widest = first.upper_bound if isinstance(first, TypeVarType) else erase_typevars(first)
    return not isinstance(get_proper_type(instance), NoneType) and is_subtype(instance, widest)


def of_constructor(context: MethodSigContext) -> FunctionLike:
    """`ClassStep(...)` of a generic or overloaded constructor, which mypy does not solve through `ParamSpec`."""
    default, made_by = context.default_signature, get_proper_type(context.type)
    found = signatures(made_by.args[0]) if isinstance(made_by, Instance) and made_by.args else []
    result = get_proper_type(default.ret_type)
    call = context.context
    if len(found) == 1 and not found[0].variables:
        return default
    if not found or not isinstance(result, Instance) or not isinstance(call, CallExpr):
        return default
    if isinstance(get_proper_type(result.args[0]), CallableType):
        return never(default)  # the overload for coroutines
    given = Call(call.args, call.arg_kinds, call.arg_names)
    solved = solving.solved(found, [given], call, context.api)
    if solved is not None:
        return solved.copy_modified(ret_type=result.copy_modified(args=[_stepped(solved.ret_type)]))
    made_of = solving.explained(found, given, call, context.api)
    return of_anything(default, result.copy_modified(args=[made_of]))


def _stepped(instance: Type) -> Type:
    """What a step of an instance is of: the instance, or its call where that is a coroutine."""
    found = signatures(instance)
    is_async = len(found) == 1 and awaited(found[0].ret_type) is not found[0].ret_type
    return _awaited(found[0]) if is_async else instance


def bound(context: MethodContext) -> Type:
    """`ClassStep(...)`: its instances must be callable."""
    step = get_proper_type(context.default_return_type)
    if isinstance(step, Instance) and step.args:
        _check_callable(step.args[0], context)
    return context.default_return_type


def decorated(context: ClassDefContext, plugin: Plugin) -> bool:
    """Remember that a class is a class step, and that it has `options`."""
    info = context.cls.info
    info.metadata[METADATA] = {"step": True}
    changes, class_step = class_named(plugin, OPTION_CHANGES), class_named(plugin, CLASS_STEP)
    if changes is None or changes.typeddict_type is None or class_step is None:
        return False
    if "options" not in info.names:
        arguments = [
            Argument(Var(name, of), of, None, ARG_NAMED_OPT) for name, of in changes.typeddict_type.items.items()
        ]
        result = Instance(class_step, [TypeType.make_normalized(fill_typevars(info))])
        add_method_to_class(context.api, context.cls, "options", arguments, result, is_classmethod=True)
    return True


def with_options(context: MethodContext) -> Type:
    """`Model.options(...)` of a class that is decorated: a class step of its constructor."""
    result = get_proper_type(context.default_return_type)
    return result.copy_modified(args=[context.type]) if isinstance(result, Instance) else result


def is_step(info: TypeInfo) -> bool:
    """Whether a class is decorated with `step`."""
    return METADATA in info.metadata


def constructed(context: FunctionContext, plugin: Plugin) -> Type:
    """`Model(...)` of a class that is decorated: a step."""
    step, instance = class_named(plugin, STEP), context.default_return_type
    if step is None or not isinstance(get_proper_type(instance), Instance):
        return instance
    _check_callable(instance, context)
    return Instance(step, [_stepped(instance)])


def _check_callable(instance: Type, context: FunctionContext | MethodContext) -> None:
    proper = get_proper_type(instance)
    if isinstance(proper, Instance) and not signatures(proper):
        context.api.fail(f'Instances of "{proper.type.name}" cannot be called, so it is no class step', context.context)


def _awaited(signature: CallableType) -> CallableType:
    return signature.copy_modified(ret_type=awaited(signature.ret_type))


def class_named(plugin: Plugin, fullname: str) -> TypeInfo | None:
    """The class of a full name, if mypy knows it."""
    found = plugin.lookup_fully_qualified(fullname)
    return found.node if found is not None and isinstance(found.node, TypeInfo) else None
