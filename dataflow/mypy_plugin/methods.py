"""Steps that are methods: what `instance.step` and `Class.step` are."""

from __future__ import annotations

from mypy.erasetype import erase_typevars
from mypy.plugin import MethodContext
from mypy.subtypes import is_subtype
from mypy.typeops import bind_self, get_type_vars
from mypy.types import CallableType, FunctionLike, Instance, NoneType, Type, TypeVarType, get_proper_type


def bound(context: MethodContext) -> Type:
    """`instance.step` of a step that is a method: bound as a function is, with its name and type variables.

    Through the class it takes the instance, and has the type variables of the class.
    """
    of, result = get_proper_type(context.type), get_proper_type(context.default_return_type)
    if not isinstance(of, Instance) or not isinstance(result, Instance) or not of.args or not result.args:
        return context.default_return_type
    whole, instance = get_proper_type(of.args[0]), context.arg_types[0][0]
    if isinstance(whole, CallableType) and isinstance(get_proper_type(instance), NoneType):
        return result.copy_modified(args=[_through_class(whole)])
    if not isinstance(whole, FunctionLike) or not all(_may_be_bound(each, instance) for each in whole.items):
        return context.default_return_type
    return result.copy_modified(args=[bind_self(whole, instance)])


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
