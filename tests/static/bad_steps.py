"""Wrong calls of steps. Each tagged line must be an error."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from collections.abc import Callable

from vocabulary import *

from dataflow import Node, Step, bind, fan_out, step

score("s")  # err: wrong literal
score(1, 2)  # err: wrong literal
score(1, b=2)  # err: wrong literal by name
score(number, b=2)  # err: wrong literal by name
score(number, flag="no")  # err: wrong literal by name
score(text)  # err: wrong node
score(number, number)  # err: wrong node
three(1, text, text)  # err: wrong node
three(text, text, ratio)  # err: wrong node
six(1, 2, 3, 4, 5, text)  # err: wrong node
show(text)  # err: wrong node
score(ratio)  # err: node of a supertype
shown(number)  # err: wrong node
tail(number)  # err: wrong node, a partial
tail(text, text)  # err: too many, a partial
tail(text, nope=1)  # err: no such parameter, a partial
tail(b=1)  # err: wrong value by name, a partial
fan_out(tail, numbers)  # err: items, a partial
[*map(double, [text])]  # err: passed as a function of a wrong node
[*map(score, ["a"])]  # err: passed as a function of a wrong value
[*map(score, [number], [number])]  # err: passed as a function of a wrong node
applied(show, text)  # err: passed as a function of a wrong node
applied(score, number)  # err: passed as a function to something else
applied_to_two(three)  # err: passed as a function of two, but takes three
applied_to_two(add)  # err: passed as a function of other nodes
strung(text)  # err: variadic, wrong node
strung(number, text)  # err: variadic, wrong node
strung(number, sep=1)  # err: variadic, wrong keyword
fetch(text)  # err: wrong node, async
tuned(text)  # err: wrong node, options
tuned_fetch(text)  # err: wrong node, options
score.options(retries=2)(text)  # err: wrong node, options
score(1, b=number)  # err: wrong node by name
score(a=text)  # err: wrong node by name
score(1, flag=text)  # err: wrong node by name
named(p=text)  # err: wrong node by name
score(1, b=number.output)  # err: wrong output
score(text.output)  # err: wrong output
shown([text.output])  # err: wrong output
score(point().output.name)  # err: wrong output
score(row().output["name"])  # err: wrong output
point().output.nope  # err: no such attribute
row().output["nope"]  # err: no such key
first(number.output)  # err: generic
score()  # err: missing
three(number, text)  # err: missing
named()  # err: missing
three(number, b=text.output)  # err: missing
score(1, "s", True)  # err: too many
score(number, text, flag)  # err: too many
one(number)  # err: too many
score(1, nope=1)  # err: unknown name
score(number, nope=1)  # err: unknown name
score(number, nope=text.output)  # err: unknown name
score(number, a=1)  # err: given twice
total(number, text)  # err: variadic
tagged(1, z=number)  # err: variadic by name
wrong_result: Node[str] = score(1)  # err: result
no_value: float = score(1)  # err: node as a value
score(1) + 1  # err: node as a value
show(score)  # err: step as a value
score.fn("s")  # err: Step.fn
score.nope  # err: no such attribute

step(3)  # err: not a function
step(retry=2)  # err: no such option
step(retries="two")  # err: wrong option
step(placement="gpu")  # err: wrong option
score.options(retry=2)  # err: no such option
score.options(timeout="1s")  # err: wrong option
step(plain, nope=2)  # err: no such option
step(plain)(text)  # err: step of a function

ModelStep(3)  # err: constructor
ModelStep("w", nope=1)  # err: constructor
ModelStep("w")(text)  # err: call of a class step
ModelStep("w")()  # err: call of a class step
step(AsyncModel)("w")(text)  # err: call of a class step
step(NotCallable)()  # err: instances cannot be called
bind(Model, 3)  # err: constructor
bind(Model, "w")(text)  # err: call of a class step
bind(ModelStep, 3)  # err: constructor
bind(AsyncModel, "w")(text)  # err: call of a class step
bind(NotCallable)  # err: instances cannot be called

host.times(text)  # err: method
host.times()  # err: method

score.map([text])  # err: Step.map
score.map(numbers, nope=1)  # err: Step.map
shown >> upto  # err: compose
(plus >> show)(text, 3)  # err: compose, two parameters
(plus >> show)(number, 3, 4)  # err: compose, an argument too many
(show >> plus)(1.5)  # err: compose, a step of two parameters
(one >> show)(1)  # err: compose, no parameters
double((plus >> show)(number, 3))  # err: compose, result


def apply(to: Step[Callable[[int], float]], node: Node[int]) -> Node[float]:
    return to(node)


apply(show, text)  # err: step as an argument
apply(upto, number)  # err: step as an argument
apply(three, number)  # err: step as an argument
