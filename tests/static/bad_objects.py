"""Callable objects, classes with type variables, Self, and methods that wire. Each tagged line must be an error."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from generic_steps import ItemT
from good_objects import (
    Box,
    Cache,
    Either,
    Later,
    Pick,
    Pipe,
    Query,
    TextTrainer,
    Trainer,
    Wirer,
    beside,
    first_of,
    named_like,
    ones,
    query,
    soon,
    through,
    trainer,
    wired_here,
)
from vocabulary import *

from dataflow import In, Node, bind, const, step


def maker(x: int) -> Pick:
    return Pick()


class NoCall:
    """Nothing that can be called."""

    def __init__(self, x: int) -> None: ...


step(Pick())(number)  # err: generic object
bind(Pick)(number)  # err: bind of a generic call
step(Either())(ones)  # err: overloaded object
bind(Either)(ones)  # err: bind of an overloaded call
bind(Later)(number, times=text)  # err: bind of a generic coroutine
late: Node[str] = step(Later())(number)  # err: generic object with a coroutine, result
soon(text)  # err: partial of a coroutine function
bind(Box)  # err: bind of a generic class, missing
bind(Box, 1, times="a")  # err: bind of a generic class, by name
bind(Box, 1, time=1)  # err: bind of a generic class, unknown name
bind(Box, 1)(text)  # err: bind of a generic class, then another type
bind(Box[int], "a")  # err: bind of a generic class of int
bind(maker, "a")  # err: bind of a function that makes it
bind(NoCall, 1)  # err: bind of what cannot be called
Cache.options(replicas=2)(1)(text)  # err: decorated generic class with options

trainer.again(text)  # err: Self in a generic class
trainer.fit([text])  # err: type variable of the class
TextTrainer("a").fit([number])  # err: type variable that a subclass sets
Trainer.fit(trainer, const(["a"]))  # err: through the generic class
Trainer.again(text, 1)  # err: Self through the generic class, another instance
Query.where(text, "a")  # err: Self through the class, another instance
Query.where(query, number)  # err: Self through the class, argument
Query.count(number)  # err: method through the class, another instance
other_query: Node[int] = Query.where(query, "a")  # err: Self through the class, result

kept_text: Node[str] = Wirer().kept(number)  # err: method over In, result
Wirer.pair(number)  # err: static method over In, missing
Pipe()  # err: constructor over In, missing
Pipe(number).with_()  # err: method of what is made of In, missing
paired: Node[tuple[str, str]] = Pipe(number).with_("a")  # err: method of what is made of In, result
beside(wired_here, "a", number, y="b")  # err: In beside a ParamSpec, by name
beside(wired_here, "a", text, 1)  # err: In beside a ParamSpec, by place
named_like(number, x="a", name="a")  # err: In beside a typed dict
named_like(number, x=1)  # err: In beside a typed dict, missing
step(double)  # err: a step already
step(Cache(1))  # err: a step of a class already
step(twice)  # err: a flow
first_text: Node[str] = first_of([number, 1])  # err: list of In, result
through(number, lambda x: x.nothing)  # err: lambda for a helper, attribute
through(text, lambda x: double(x))  # err: lambda for a helper, argument
through(text, double)  # err: step for a helper


def inside() -> Node[str]:
    def kept(x: In[ItemT]) -> Node[ItemT]:
        return const(x)

    kept()  # err: inner function over In, missing
    return kept(number)  # err: inner function over In, result
