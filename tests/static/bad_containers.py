"""Wrong containers of nodes, in all places that take a value or a node. Each tagged line must be refused."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from vocabulary import *

from dataflow import fan_out, fold, gather, iterate

texts = [text, text]
plain_texts = ["a"]

fan_out(weighed, numbers, {"a": text})  # err: shared, dict of nodes
fan_out(weighed, numbers, by={"a": ratio, "b": "c"})  # err: shared by name, dict of nodes
weighed.map(numbers, {"a": text})  # err: shared in map, dict of nodes
fan_out(picked, numbers, [number, "a"])  # err: shared, list of nodes
fan_out(picked, numbers, texts)  # err: shared, list of nodes that is not written out
fan_out(added, [[number, "a"], numbers])  # err: items, list of nodes
fan_out(added, [[number, 1], text])  # err: items, list of nodes
fold(longer, [[number, 1], numbers], [text])  # err: state, list of nodes
fold(longer, [[1], [text]], [1])  # err: items, list of nodes
fold(moved, numbers, (text, "a"))  # err: state, pair of a node
fold(moved, numbers, (number, "a", 1))  # err: state, pair of three
fold(lambda at, x: moved(at, x), numbers, (text, text))  # err: state, pair, lambda
iterate(lambda at: moved(at, 1), (1, number), limit=2)  # err: state, pair, lambda
chosen_from([number, 1], number)  # err: flow, list of nodes
chosen_from(xs=[number], at=number)  # err: flow by name, list of nodes
chosen_from([number], [number])  # err: flow, a list where it takes a node
chosen_from([number, number], number)  # err: flow, list of nodes that is not written out
flat([[number, "a"], numbers])  # err: lists in a list, one of them a node
flat([[number, 1], text.output])  # err: lists in a list, one of them an output
flat([[number, 1], plain_texts])  # err: lists in a list, one of them a variable
flat([plain_texts, plain_texts])  # err: variables in a list
flat([texts, texts])  # err: lists of nodes in a list
added([each for each in texts if each is not text])  # err: comprehension of nodes
flat([[each, 1] for each in texts])  # err: comprehension of lists of nodes
flat([each for each in [texts, texts] if len(each) > 1])  # err: comprehension of lists of nodes, variable
weighed(1, {key.upper(): text for key in ("a", "b")})  # err: comprehension of a dict
flat([show(each) for each in [1.5]])  # err: comprehension of calls
fold(lambda best, x: larger(best, x), numbers, text)  # err: state wider later, lambda
fold(lambda best, x: larger(best, x), numbers, "a")  # err: state wider later, lambda
loud(gather([numbers, split(1)])[0])  # err: gather, several containers
