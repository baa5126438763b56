"""What `step` makes of functions and classes.

mypy does not look at what a class decorator returns, so a class that is decorated with `@step` stays a class to it:
that its constructor gives a step is remembered with the class.
"""

from __future__ import annotations

from mypy.nodes import ARG_NAMED_OPT, ARG_POS, Argument, CallExpr, Expression, TypeInfo, Var
from mypy.plugin import (
    ClassDefContext,
    FunctionContext,
    FunctionSigContext,
    MethodContext,
    MethodSigContext,
    Plugin,
)
from mypy.plugins.common import add_method_to_class
from mypy.types import (
    CallableType,
    FunctionLike,
    Instance,
    Overloaded,
    Type,
    TypeType,
    get_proper_type,
)
from mypy.typevars import fill_typevars

from dataflow.mypy_plugin import alone, reports, solving
from dataflow.mypy_plugin.lifting import awaited, kind_of, signatures
from dataflow.mypy_plugin.names import CLASS_STEP, OPTION_CHANGES, STEP
from dataflow.mypy_plugin.overloads import never
from dataflow.mypy_plugin.remembered import type_of
from dataflow.mypy_plugin.reports import of_anything, reported
from dataflow.mypy_plugin.solving import Call
from dataflow.mypy_plugin.values import ANYTHING

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
    if not isinstance(fn, Instance):
        return result
    kind = kind_of(fn)
    if kind is not None:
        context.api.fail(f"This is a {kind} already", context.context)
    return result.copy_modified(args=[_stepped(fn)])


def of_step(context: FunctionSigContext) -> FunctionLike:
    """`step(Class)`: its instances must be callable."""
    return alone.refused(context, slice(1), _why) or reports.of_keywords(context)


def _why(given: Expression, context: FunctionSigContext) -> str | None:
    found = get_proper_type(type_of(given, context.api))
    is_class = isinstance(found, FunctionLike) and found.is_type_obj()
    return next((_no_step(each.ret_type) for each in signatures(found)), None) if is_class else None


def _no_step(instance: Type) -> str | None:
    """Why a class is no class step, for certain."""
    proper = get_proper_type(instance)
    if not isinstance(proper, Instance) or proper.type.fallback_to_any or signatures(proper):
        return None
    return f'Instances of "{proper.type.name}" cannot be called, so it is no class step'


def of_constructor(context: MethodSigContext) -> FunctionLike:
    """`ClassStep(...)` of a generic or overloaded constructor, which mypy does not solve through `ParamSpec`."""
    default, made_by = context.default_signature, get_proper_type(context.type)
    found = signatures(made_by.args[0]) if isinstance(made_by, Instance) and made_by.args else []
    result = get_proper_type(default.ret_type)
    call = context.context
    if not found or not isinstance(result, Instance) or not isinstance(call, CallExpr):
        return default
    if len(found) == 1 and not found[0].variables:
        return _meant(default, found[0].ret_type)
    if _is_for_async(default):
        return never(default)
    given = Call(call.args, call.arg_kinds, call.arg_names)
    solved = solving.solved(found, [given], call, context.api)
    if solved is not None:
        of_step = isinstance(solved.ret_type, Instance) and solved.ret_type.type.has_base(STEP)  # it is decorated
        step = solved.ret_type if of_step else result.copy_modified(args=[_stepped(solved.ret_type)])
        return solved.copy_modified(ret_type=step)
    made_of = solving.explained(found, given, call, context.api)
    return of_anything(default, result.copy_modified(args=[made_of]))


def of_bind(context: FunctionSigContext) -> FunctionLike:
    """`bind(Class, ...)`: the constructor's own parameters, and a step of what it makes."""
    default = context.default_signature
    step, given = get_proper_type(default.ret_type), context.args[0] if context.args else []
    found = _makers(type_of(given[0], context.api)) if len(given) == 1 else []
    if not found or not isinstance(step, Instance) or not signatures(found[0].ret_type):
        return default
    if len(found) > 1:
        return _meant(default, found[0].ret_type)
    maker, instance = found[0], found[0].ret_type
    exact = default.copy_modified(
        arg_types=[ANYTHING, *maker.arg_types],
        arg_kinds=[ARG_POS, *maker.arg_kinds],
        arg_names=[None, *maker.arg_names],
        ret_type=step.copy_modified(args=[_stepped(instance)]),
        variables=maker.variables,
        name=f"{default.name} of {maker.name}",
    )
    return reported(exact, context)


def _makers(of: Type) -> list[CallableType]:
    """How a class, or what a class step is of, makes instances."""
    proper = get_proper_type(of)
    held = proper.args[0] if isinstance(proper, Instance) and proper.type.has_base(CLASS_STEP) else proper
    return signatures(held)


def _meant(default: CallableType, instance: Type) -> CallableType:
    """An overload, if it is the one for what is made."""
    return never(default) if _is_for_async(default) and not _is_async(instance) else default


def _is_for_async(overload: CallableType) -> bool:
    """Whether it is that for classes whose call is a coroutine."""
    step = get_proper_type(overload.ret_type)
    return isinstance(step, Instance) and isinstance(get_proper_type(step.args[0]), CallableType)


def _is_async(instance: Type) -> bool:
    found = signatures(instance)
    return len(found) == 1 and awaited(found[0].ret_type) is not found[0].ret_type


def _stepped(instance: Type) -> Type:
    """What a step of an instance is of: the instance, or its call where that is a coroutine."""
    return _awaited(signatures(instance)[0]) if _is_async(instance) else instance


def bound(context: MethodContext) -> Type:
    """`ClassStep(...)`: its instances must be callable."""
    step = get_proper_type(context.default_return_type)
    if not isinstance(step, Instance) or not step.args:
        return step
    _check_callable(step.args[0], context)
    instance = [each.ret_type for each in _makers(context.type)][:1]
    return step.copy_modified(args=[_stepped(instance[0])]) if instance and _is_async(instance[0]) else step


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
    said = _no_step(instance)
    if said is not None:
        context.api.fail(said, context.context)


def _awaited(signature: CallableType) -> CallableType:
    return signature.copy_modified(ret_type=awaited(signature.ret_type))


def class_named(plugin: Plugin, fullname: str) -> TypeInfo | None:
    """The class of a full name, if mypy knows it."""
    found = plugin.lookup_fully_qualified(fullname)
    return found.node if found is not None and isinstance(found.node, TypeInfo) else None
