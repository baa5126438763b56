"""Wrong arguments for parameters that take a value or a node. Each tagged line must be an error."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from vocabulary import *

from dataflow import Node, bind, cond, const, expand, fan_out, match, switch

score(a=number, b=number)  # err: wrong node by name
score(number, text, flag=text)  # err: wrong node by name
tail(b=number)  # err: wrong node by name, a partial
fetch(a=text)  # err: wrong node by name, async
tagged(number, z=number)  # err: wrong node by name, variadic
drawn(number, width=text)  # err: wrong node by name, typed dict
drawn(number, wide=1)  # err: unknown name, typed dict
by_place(x=number)  # err: positional only, by name
by_place(number, z=text)  # err: wrong node by name
host.times(x=text)  # err: method, by name
bind(Model, "w")(x=text)  # err: class step, by name
bind(Model, "w")(image, t=text)  # err: class step, by name
score.map(numbers, b=number)  # err: map, shared node
fan_out(score, numbers, b=number)  # err: fan_out, shared node
fan_out(score, numbers, number)  # err: fan_out, shared node by position
fanned_out: Node[list[float]] = fan_out(score, numbers, number)  # err: fan_out, shared node, its value used
fan_out(score, const(["a"]), b=text)  # err: fan_out, items

same(number, 1)  # err: generic, too many
same()  # err: generic, missing
either(number)  # err: generic, missing
pairup(number, 1)  # err: generic, positional
newest(number)  # err: generic, no list
newest([number], 1)  # err: generic, too many
generic_number: Node[str] = same(number)  # err: generic, result
generic_list: Node[str] = newest([number])  # err: generic, result

twins(ratio)  # err: overloaded, no variant
twins(number, times=number)  # err: overloaded, no variant
twins(text, times=text)  # err: overloaded, wrong node
twice_text: Node[int] = twins(text)  # err: overloaded, result

cond(number.output > 1, number, text)  # err: output computed with
cond(len(text.output) > 3, number, text)  # err: output computed with
cond("a" in text.output, number, 1)  # err: output computed with
cond(flag.output and number.output == 3, 1, [number])  # err: output computed with
switch(number.output % 2, {0: number, 1: number})  # err: output computed with
match(number.output > 3).case(True, number).default(text)  # err: output computed with
cond(not point().output.x, number, text)  # err: output computed with
score(number.output + 1)  # err: output computed with
score(1, b="a" + (text.output + "b"))  # err: output computed with

shown([text])  # err: wrong node in a list
shown(["a", number])  # err: wrong value in a list
several_texts = [show(at) for at in range(3)]
shown(several_texts)  # err: wrong list of nodes in a variable
mean(several_texts)  # err: wrong list of nodes in a variable
mean([ratio, "s"])  # err: wrong value in a list for a sequence
mean([ratio], "s")  # err: node in a list, wrong value after it
mean([ratio], nope=1)  # err: node in a list, unknown name
mean((text, ratio))  # err: wrong node in a tuple for a sequence
picked(1, [text])  # err: wrong node in a list, second
picked(text, [number])  # err: node in a list, wrong node before it
priced({"a": text})  # err: wrong node in a dict
priced({"a": ratio, "b": "s"})  # err: wrong value in a dict
score([number])  # err: list where a value is taken
score(several_texts)  # err: list of nodes where a value is taken
shown((number, number))  # err: tuple for a list
texts_of_two = (text, number)
joined(texts_of_two)  # err: wrong tuple of nodes in a variable
numbers.map(double)  # err: Node.map of a step, list
pair.map(double)  # err: Node.map of a step, tuple
expand(pair, double)  # err: expand, tuple
joined((number, number))  # err: wrong node in a tuple
joined((number,))  # err: tuple too short
longest({"a": [text]})  # err: wrong node in a dict of lists
longest({number: numbers})  # err: wrong key
distinct({text})  # err: wrong node in a set

Ranker(3)("s")  # err: decorated class, constructor
Ranker("w")(text)  # err: decorated class, wrong node
Ranker("w")(number, top="s")  # err: decorated class, wrong value
Ranker("w", nope=1)  # err: decorated class, constructor
Ranker("w")()  # err: decorated class, missing
Ranker.options(replica=2)  # err: decorated class, options
AsyncRanker("w")(text)  # err: decorated class, async
ranked: Node[int] = AsyncRanker("w")(1)  # err: decorated class, async, result

by_node.run(x="s", y="s")  # err: run where nodes are declared
by_node.run(x=1)  # err: run where nodes are declared
by_node.run(x=1, y="s", z=1)  # err: run where nodes are declared
by_node.stream(["s"], y="s")  # err: stream where nodes are declared
by_node.stream([1], y=1)  # err: stream where nodes are declared
by_node.stream([1])  # err: stream where nodes are declared
deployed = by_node.deploy()
deployed.call("s", "s")  # err: call where nodes are declared
deployed.call(x=1)  # err: call where nodes are declared
deployed.stream(["s"], y="s")  # err: pipeline's stream where nodes are declared
ensemble.deploy().call(text)  # err: node of another type into a pipeline
