"""Combinators of the wrong things. Each tagged line must be an error."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from vocabulary import *

from dataflow import Node, cond, const, expand, fan_out, fold, gather, iterate, match, recover, switch

fan_out(show, const(["a"]))  # err: fan_out of a step
fan_out(show, ["a"])  # err: fan_out of a step
fan_out(three, numbers)  # err: fan_out, missing
fan_out(score, numbers, nope=1)  # err: fan_out, shared
fan_out(score, numbers, b=1)  # err: fan_out, shared
fan_out(score, number)  # err: fan_out over no items
fan_out(ensemble, const(["a"]))  # err: fan_out of a flow
fan_out(ensemble, numbers, y=1)  # err: fan_out of a flow, shared
fan_out(ensemble, numbers, z=text)  # err: fan_out of a flow, shared
fan_out(score, numbers, text, 1)  # err: fan_out, too many
fan_out(wired, const(["a"]))  # err: fan_out of a function
fan_out(wired_with, numbers, text)  # err: fan_out of a function, missing
fan_out(wired_with, numbers, text, k="s")  # err: fan_out of a function, shared
fan_out(wired_with, numbers, number, k=1)  # err: fan_out of a function, shared
fan_out(wired_any, numbers, number)  # err: fan_out of a generic function, shared
fan_out(wired_once, numbers, number)  # err: fan_out of a partial, shared
fan_out(wired_once, numbers, text, text)  # err: fan_out of a partial, too many
fan_out(Wiring(), numbers, number)  # err: fan_out of a callable, shared
fan_out(Wiring(), numbers)  # err: fan_out of a callable, missing
fan_out(Wiring(), numbers, text, z=number)  # err: fan_out of a callable, shared
fan_out(three, numbers, text, text)  # err: fan_out, shared
fan_out(three, numbers, text)  # err: fan_out, missing
three.map(numbers, text, text)  # err: Step.map, shared
three.map(numbers, text)  # err: Step.map, missing
score.map(numbers, text, 1)  # err: Step.map, too many
fan_out(plain, numbers)  # err: fan_out of a plain function
fan_out(numbers, score)  # err: fan_out, order
fanned: Node[list[str]] = fan_out(score, numbers)  # err: fan_out, type

fold(add, numbers, "s")  # err: fold, initial
fold(add, const(["a"]), 0.5)  # err: fold, items
fold(joined, numbers, 0.5)  # err: fold, body
fold(plain, numbers, 0)  # err: fold, body
folded: Node[str] = fold(add, numbers, 0.5)  # err: fold, type

iterate(score, 1, limit=3)  # err: iterate, body
iterate(double, "s", limit=3)  # err: iterate, initial
iterate(double, text, limit=3)  # err: iterate, initial
iterate(double, 1)  # err: iterate, limit
iterate(double, 1, until=show, limit=3)  # err: iterate, until
iterate(double, 1, until=lambda x: x.nope, limit=3)  # err: iterate, until
iterate(double, 1, until=number, limit=3)  # err: iterate, until
iterate(plain, 1, limit=3)  # err: iterate, body
iterate(ensemble, 1, limit=3)  # err: iterate, body

expand(text, double)  # err: expand, step
expand(text, ensemble)  # err: expand, flow
expand(number, plain)  # err: expand, plain function
expand(number, lambda n: double(n.nope))  # err: expand, lambda
expanded: Node[str] = expand(number, double)  # err: expand, type

cond(number, number, text)  # err: cond, test
cond("yes", number, text)  # err: cond, test
chosen: Node[int] = cond(flag, number, text)  # err: cond, type
cond(flag, number)  # err: cond, missing
switch(text, {1: number})  # err: switch, key
switched: Node[int] = switch(text, {"a": number}, default=text)  # err: switch, type
switch(text, [number])  # err: switch, cases
match(color()).case("nope", number)  # err: match, key
match(text).case(1, number)  # err: match, key
match(text).default(number)  # err: match without a case
matched: Node[int] = match(text).case("a", number).default(text)  # err: match, type

recover(number, ensemble)  # err: recover by a flow
recover(number, on_value)  # err: recover, handler
recover(number, on_value, on=KeyError)  # err: recover, handler
recover(number, on_value, on=(ValueError, KeyError))  # err: recover, handler
recover(number, on_value, on=(ValueError, KeyError, OSError))  # err: recover, handler
recover(number, score, on=KeyError)  # err: recover, handler
recover(number, plain)  # err: recover, handler
recover(number, on_any, on=3)  # err: recover, on
recover(number, on_any, on=BaseException)  # err: recover, on
recover(1, on_any)  # err: recover, node
recovered: Node[int] = recover(number, on_any)  # err: recover, type
mixed_cases: Node[int] = switch(text, {"a": number, "b": text})  # err: switch, cases of several types
score(switch(text, {"a": number, "b": text}))  # err: switch, cases of several types
listed_wrong: Node[list[int]] = gather([number, text])  # err: gather a list of several types
