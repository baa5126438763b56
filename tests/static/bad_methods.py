"""Wrong calls of steps as methods, over types that are part of themselves. Each tagged line must be refused."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from step_methods import *
from vocabulary import *

from dataflow import Step, fan_out, step

loud(shape.itself(number))  # err: method, type variable
shape.itself(number, 1)  # err: method, an argument too many
shape.copied(text)  # err: method, Self
shape.copied()  # err: method, Self, an argument missing
loud(square.copied(1))  # err: method, Self, result
square.beside(number)  # err: method, Self as a parameter
square.beside(shape)  # err: method, Self, of a class above
square.own(text)  # err: method, self with a type variable
shape.paired(number, c=text)  # err: method, name
loud(shape.paired(number, b=text))  # err: method, result
fan_out(square.copied, [text])  # err: method, fanned out
box.get(text)  # err: method of a generic class
double(box.get(1))  # err: method of a generic class, result
box.turned(lambda x: x.nope)  # err: method of a generic class, lambda
saved({"a": image})  # err: recursive type
saved({"a": [number, {"b": image}]})  # err: recursive type, deeper
saved({"a": [number, {"b": b"c"}]})  # err: recursive type, value
lines([1, image])  # err: recursive type, list
lines(text)  # err: recursive type, no list
planted([number])  # err: recursive named tuple
loud(same(seed()))  # err: recursive named tuple, generic
repeated(1, text)  # err: a default before *args
repeated(1, 2, number)  # err: *args after a default
repeated()  # err: an argument missing


class Shares:
    """A class that has a step."""

    plain = double


@step
def show_int(x: int) -> str:
    return str(x)


@dataclass
class Field:
    """Data with a step."""

    work: Step[Callable[[int], str]]


Shares().plain(1)  # err: a step of the class is bound
Shares().plain()  # err: a step of the class is bound
Shares.plain(text)  # err: a step of the class
Field(show_int).work(text)  # err: a field that is a step
Field(double)  # err: a field that is a step
step(NotCallable)  # err: instances cannot be called
step(int)  # err: instances cannot be called, overloaded constructor
