"""Steps that are passed on as functions of nodes, chains, and arguments that are spread. Each tagged line must be an error."""

# ruff: noqa: F403, F405, PIE804  # all names of the vocabulary are meant; and dicts that are spread

from __future__ import annotations

import functools

from good_passed import (
    Applier,
    alone,
    averaged,
    called,
    every_one,
    handed,
    ident,
    noted,
    objects,
    scored,
    tenth,
    texts,
    top,
)
from vocabulary import *

from dataflow import Node, cond, const, gather

score(*[number, number])  # err: spread list, second
score(*[text, "x"])  # err: spread list, first
score(*(1, number))  # err: spread tuple
score(*[number, "x", 1])  # err: spread list, too many
score(*["x"])  # err: spread list of values
score(**{"a": number, "b": number})  # err: spread dict
score(**{"a": number, "c": text})  # err: spread dict, unknown name
score(**{"b": text})  # err: spread dict, missing
score(1, **{"b": text, "flag": 1.5})  # err: spread dict behind a value
scored(*[number, 1])  # err: spread list for a flow
scored(**{"a": 1, "b": number})  # err: spread dict for a flow
ident(*[number, 1])  # err: spread list, generic, too many

list(map(top, [number, number]))  # err: generic step for map
handed(top, number)  # err: generic step as a function of nodes
other: Node[str] = handed(ident, number)  # err: bare generic step as a function of nodes, result
handed(show, text)  # err: step as a function of nodes

called(top, number)  # err: generic step for a ParamSpec
every_one(top)  # err: generic step for *args
Applier().apply(top, number)  # err: generic step for a method
Applier.apply_to_one(top)  # err: generic step for a static method

functools.partial(score, b=text)(text)  # err: partial of a step, then another type
functools.partial(score, b=text)()  # err: partial of a step, then missing
functools.partial(score, b=text)(1, flag=tenth)  # err: partial of a step, then another type by name
functools.partial(score, text)  # err: partial of a step, another type
functools.partial(score, b=number)  # err: partial of a step, another type by name
functools.partial(score, bb=text)  # err: partial of a step, unknown name
functools.partial(averaged, [text])  # err: partial of a step, list of another type
wrong_partial: Node[str] = functools.partial(score, number)()  # err: partial of a step, result

(top >> show)(number)  # err: generic step first, argument
(top >> show)(texts)  # err: generic step first, items
alone >> show  # err: generic step first, result
top >> show >> show  # err: generic step first, then another type
(alone >> averaged)(text)  # err: generic step that makes a list first, argument

added(gather(*[number, number]))  # err: spread list, gathered
loud(cond(flag, *[number, number]))  # err: spread branches
objects(double)  # err: step that is not called, for anything
same(double)  # err: step that is not called, generic
same([double])  # err: step that is not called, in a list
const(double)  # err: step that is not called, const
loud(noted(number).map(len))  # err: In of a union, result
