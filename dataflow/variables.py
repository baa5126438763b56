"""The type variables of the public signatures: one name for one meaning, wherever an editor shows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

FirstT = TypeVar("FirstT")
SecondT = TypeVar("SecondT")
ThirdT = TypeVar("ThirdT")
FourthT = TypeVar("FourthT")
FifthT = TypeVar("FifthT")
SixthT = TypeVar("SixthT")
SeventhT = TypeVar("SeventhT")
EighthT = TypeVar("EighthT")
"""The first, second, third ... of several parameters, nodes or items."""

ValueT = TypeVar("ValueT")
ValueT_co = TypeVar("ValueT_co", covariant=True)
"""The value of a node."""

ItemT = TypeVar("ItemT")
"""An item of a value, or of several nodes together."""

KeyT = TypeVar("KeyT")
"""A key of a dict, or of a switch."""

ResultT = TypeVar("ResultT")
ResultT_co = TypeVar("ResultT_co", covariant=True)
"""What a step, a flow or a run gives."""

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])
FunctionT_co = TypeVar("FunctionT_co", bound=Callable[..., Any], covariant=True)
"""The whole function of a step or flow, with its parameters and its result."""

ParamsP = ParamSpec("ParamsP")
"""All parameters of a function."""

RestP = ParamSpec("RestP")
"""The parameters of a function after those that have a type variable each."""
