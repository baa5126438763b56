"""Wrong calls of generic and overloaded steps. Each tagged line must be refused."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from generic_steps import *
from vocabulary import *

from dataflow import Node, fan_out, step

grouped([1], lambda x: x.nope)  # err: lambda
grouped(numbers, lambda x: x.nope)  # err: lambda, node
grouped([number, 2], key=lambda x: x.nope)  # err: lambda, values and nodes
grouped(number, str)  # err: no iterable
given(1, lambda x: x.nope)  # err: lambda, one value
given(point(), lambda x: x.nope)  # err: lambda, attribute
double(given(point(), lambda x: x.name))  # err: lambda, result
ordered(numbers, lambda x: "a")  # err: lambda, what it gives
ordered([2, 1], key=lambda x: x.nope)  # err: lambda, values
loud(packed(number, text))  # err: TypeVarTuple, result
through(together, text, b=text)  # err: ParamSpec, argument
through(together, number)  # err: ParamSpec, an argument missing
through(together, number, c=text)  # err: ParamSpec, name
loud(through(together, number, text))  # err: ParamSpec, result
sizes([text])  # err: overloaded, list of nodes
sizes({"a": text})  # err: overloaded, dict
sizes(number)  # err: overloaded, node
sizes([number], 1)  # err: overloaded, an argument too many
loud(sizes([number]))  # err: overloaded, result
head_of(number)  # err: no sequence
loud(head_of([[number], [1]]))  # err: lists in a list, result
fan_out(given, numbers, lambda x: x.nope)  # err: fanned out with a lambda
fan_out(sizes, [[text], ["a"]])  # err: overloaded, fanned out
loud(fan_out(same, [number, number])[0])  # err: fanned out over nodes, result
of_text: Node[str] = head_of([1, number])  # err: type that is asked for
loud(kept(number))  # err: helper over In
kept(number, 1)  # err: helper over In, an argument too many
headed(number)  # err: helper over In, no list
headed([text, number])  # err: helper over In, list of nodes
loud(kept_flow(number))  # err: flow over In
kept_flow(y=1)  # err: flow over In, name
double(paired_flow(number, "a")[1])  # err: flow over In, two type variables
headed_flow(number)  # err: flow over In, no list
headed_flow([1, number])  # err: flow over In, list of values and nodes
loud(fan_out(kept_flow, [1, number])[0])  # err: flow over In, fanned out
step(Default)(3)(text)  # err: class step of a generic class
step(Default)()  # err: class step of a generic class, an argument missing
step(Named)("a")  # err: class step, overloaded constructor
step(Named)("a", 1)(text)  # err: class step, overloaded constructor
plain.fn(doubled.run(text)[0])  # err: generic flow, run, result
paired_flow.run(number)  # err: flow over In, run, argument missing
kept_flow.run(number, 1)  # err: flow over In, run, too many
