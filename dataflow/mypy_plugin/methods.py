"""Steps that are methods: what `instance.step` and `Class.step` are."""

from __future__ import annotations

from mypy.checker import TypeChecker
from mypy.erasetype import erase_typevars
from mypy.messages import format_type
from mypy.nodes import Context, Decorator, FuncDef, MemberExpr, SymbolNode, TypeInfo, Var
from mypy.plugin import CheckerPluginInterface, MethodContext
from mypy.subtypes import is_subtype
from mypy.typeops import bind_self, get_type_vars
from mypy.types import CallableType, FunctionLike, Instance, NoneType, Type, TypeVarType, get_proper_type


def bound(context: MethodContext) -> Type:
    """`instance.step` of a step that is a method: bound as a function is, with its name and type variables.

    Through the class it takes the instance, and has the type variables of the class. A step that an instance holds, as
    in a field of a dataclass, is itself; mypy cannot tell, and asks all the same.
    """
    of, result = get_proper_type(context.type), get_proper_type(context.default_return_type)
    if not isinstance(of, Instance) or not isinstance(result, Instance) or not of.args or not result.args:
        return context.default_return_type
    whole, instance = get_proper_type(of.args[0]), context.arg_types[0][0]
    if isinstance(whole, CallableType) and isinstance(get_proper_type(instance), NoneType):
        return result.copy_modified(args=[_through_class(whole)])
    attribute = _attribute(context.context, instance)
    if attribute is not None and not _is_of_the_class(attribute):
        return of
    if isinstance(whole, FunctionLike) and all(_may_be_bound(each, instance) for each in whole.items):
        return result.copy_modified(args=[bind_self(whole, instance)])
    if not isinstance(attribute, Var) or not isinstance(whole, CallableType) or not whole.arg_types:
        return context.default_return_type
    if _is_python(whole.definition, context.api):
        given, first = [format_type(each, context.api.options) for each in (instance, whole.arg_types[0])]
        said = f'"{attribute.name}" is a step of the class, which gets the instance as its first argument'
        context.api.fail(f"{said}: {given} is no {first}; hold it as staticmethod(...)", context.context)
    return context.default_return_type


def _attribute(access: Context, instance: Type) -> SymbolNode | None:
    """What a name stands for in the class of an instance, if that is known."""
    proper = get_proper_type(instance)
    if not isinstance(access, MemberExpr) or not isinstance(proper, Instance):
        return None
    found = proper.type.get(access.name)
    return None if found is None else found.node


def _is_python(function: SymbolNode | None, api: CheckerPluginInterface) -> bool:
    """Whether it is written in Python, for certain: one of C, which only a stub describes, is not bound."""
    if not isinstance(function, FuncDef) or not isinstance(api, TypeChecker):
        return False
    name = function.fullname
    while name and name not in api.modules:
        name = name.rpartition(".")[0]
    return bool(name) and not api.modules[name].is_stub


def _is_of_the_class(attribute: SymbolNode) -> bool:
    """Whether the class has it, and not each instance: a field, or what a property returns."""
    if isinstance(attribute, Decorator):
        return not attribute.var.is_property and not attribute.var.is_staticmethod
    if not isinstance(attribute, Var):
        return True
    is_field = any(attribute.name in fields(attribute.info) for fields in (_dataclass_fields, _attrs_fields))
    return attribute.is_classvar or (attribute.has_explicit_value and not is_field)


def _dataclass_fields(info: TypeInfo) -> set[str]:
    return {each["name"] for each in info.metadata.get("dataclass", {}).get("attributes", [])}


def _attrs_fields(info: TypeInfo) -> set[str]:
    return {each["name"] for each in info.metadata.get("attrs", {}).get("attributes", [])}


def _may_be_bound(signature: CallableType, instance: Type) -> bool:
    """Whether the first parameter may be the instance; it is not in an attribute that holds a step, or of the class."""
    if not signature.arg_kinds or not signature.arg_kinds[0].is_positional():
        return False
    first = get_proper_type(signature.arg_types[0])
    widest = erase_typevars(first.upper_bound if isinstance(first, TypeVarType) else first)
    return not isinstance(get_proper_type(instance), NoneType) and is_subtype(instance, widest)


def _through_class(method: CallableType) -> CallableType:
    """A method that is called on its class: mypy has put the class for its `Self`, and leaves the class's variables."""
    first = get_proper_type(method.arg_types[0]) if method.arg_types else None
    of_self = next((each for each in method.variables if each.name == "Self"), None)
    if of_self is not None and isinstance(first, CallableType) and first.is_type_obj():
        types = [of_self if get_proper_type(each) == first else each for each in method.arg_types]
        result = of_self if get_proper_type(method.ret_type) == first else method.ret_type
        method = method.copy_modified(arg_types=types, ret_type=result)
    own = [each for each in get_type_vars(method) if each not in method.variables]
    return method.copy_modified(variables=[*dict.fromkeys(own), *method.variables])
