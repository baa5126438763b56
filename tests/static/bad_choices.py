"""Choices of another type, and keys that equal no member. Each tagged line must be an error."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

import json
import math
import operator
import statistics

from good_choices import Level, at_place, checked, dark, fast, high, nodes_or_none
from vocabulary import *

from dataflow import In, Node, cond, const, flow, gather, match, recover, switch, unpack

double(switch(size(), {Size.SMALL: None, Size.LARGE: number}))  # err: None for a step
not_none: Node[int] = switch(flag, {True: None, False: number})  # err: None is not asked for
double(switch(text, nodes_or_none))  # err: None of cases that stand in a variable
switch(size(), {Size.SMALL: None})  # err: None, switch lacks a member

added(cond(flag, [text], [number]))  # err: list of another type
added(cond(flag, [number], {"a": number}))  # err: another container
list_of_nodes: Node[list[Node[int]]] = cond(flag, [number], [number])  # err: no list of nodes when it runs
texts: Node[list[str]] = cond(flag, [number], [number])  # err: list of another type is asked for
texts_too: Node[list[str]] = match(flag).case(True, [number]).default([text])  # err: match, list of another type
texts_of: Node[list[str]] = switch(flag, {True: [text], False: [number]})  # err: switch, list of another type
joined(cond(flag, (text, text), (number, text)))  # err: pair of another type
added(match(flag).case(True, [number]).case(False, [text]).exhaustive())  # err: match of another list
merged(switch(flag, {True: {"a": text}, False: table}))  # err: dict of another type
cond(text, [number], [number])  # err: lists of nodes, test of another type

switch(fast, {"fast": number})  # err: value of one member alone
switch(fast, {"fast": number, "z": number}, default=number)  # err: value of no member
switch(fast, {"fast": number, "slow": number, "z": number})  # err: value of no member beside all
match(fast).case("fast", number).exhaustive()  # err: match, value of one member alone
match(fast).case("z", number)  # err: match, value of no member
match(fast).case(1, number)  # err: match, value of another type
switch(high, {1: number})  # err: number of one member alone
switch(high, {1: number, 3: number}, default=number)  # err: number of no member
match(high).case(1, number).case(3, number)  # err: match, number of no member
switch(dark, {"dark": number})  # err: name of one member alone
switch(dark, {"DARK": number}, default=number)  # err: name of no member
switch(high, {Level.LOW: number, 1: number})  # err: one member twice

switch(at_place, {("c", 0): number}, default=text)  # err: pair, no such literal
switch(at_place, {("a", 0): number, ("a", 5): number}, default=text)  # err: pair, no such number
switch(gather(color(), size()), {("xx", Size.SMALL): number}, default=text)  # err: pair of a literal and a member
switch(gather(fast, number), {("z", 1): number}, default=text)  # err: pair with a value of no member

switch(number, {number: text}, default=text)  # err: a node as a key
switch(text, {"a": number, text: number}, default=text)  # err: a node as a key beside a value

const([number, text])  # err: const of a list of nodes
const((number, 1))  # err: const of a pair with a node
const({"a": number})  # err: const of a dict of nodes
const([[1], [number]])  # err: const of a list of lists with a node
const([double(each) for each in [1]])  # err: const of a comprehension of nodes

unpack(one())  # err: unpack of a number
unpack(one(), 2)  # err: unpack of a number, into two
unpack(cond(flag, pair, None))  # err: unpack of a pair or None
unpack(cond(flag, pair, number))  # err: unpack of a pair or a number
unpack(cond(flag, pair, gather(number, text, flag)))  # err: unpack of a pair or a triple
unpack(checked(1), 3)  # err: unpack of one of two pairs, number
loud(unpack(checked(1))[1])  # err: unpack of one of two pairs, item
only_number: Node[int] = unpack(cond(flag, pair, gather(text, number)))[0]  # err: item of either pair

added([each.output * 2 for each in [number]])  # err: comprehension that computes
added([each.output for each in [number] if each.output > 1])  # err: comprehension that compares
added([sum([number.output])])  # err: sum of outputs inside a list
added([sum(each.output for each in [number])])  # err: sum of a comprehension
double(math.floor(ratio.output))  # err: math
loud(json.dumps(number.output))  # err: text of an output
loud(json.dumps({"a": number.output}))  # err: text of a dict of outputs
third(statistics.mean([ratio.output, 1.0]))  # err: mean of outputs
double(operator.add(number.output, 1))  # err: operator
merged({text.output.upper(): 1})  # err: key that is computed

recover(number, double)  # err: handler of a number
recover(number, wired)  # err: function of another node as a handler
handled_wrongly: Node[int] = recover(number, on_any)  # err: handler of another result


@flow
def chosen_wrongly(x: In[int], on: In[bool]) -> Node[int]:
    return cond(on, x, show(1.0))  # err: one of both is of another type


@flow
def sized_wrongly(of: In[Size]) -> Node[int]:
    return switch(of, {Size.SMALL: one(), Size.LARGE: text})  # err: one case is of another type
