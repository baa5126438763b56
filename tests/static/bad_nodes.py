"""Nodes used as values, or put together wrongly. Each tagged line must be an error."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from vocabulary import *

from dataflow import Input, Node, const, gather, run, submit, unpack

for each in numbers:  # err: iterate
    pass
[*numbers]  # err: iterate
left, right = pair  # err: take apart
len(numbers)  # err: length
number + 1  # err: compute
flag == True  # noqa: E712  # err: compare
number.nope  # err: attribute
point().x  # err: attribute
number.order  # err: attribute of the value
number.result()  # err: result of a node


def truth() -> None:
    if flag:  # err: truth
        pass


def choice() -> int:
    return 1 if flag else 2  # err: truth


async def waits() -> None:
    await number  # err: await a node


numbers[text]  # err: item
table[number]  # err: item
number[0]  # err: item
pair[0].map(len)  # err: item
point().map(lambda p: p.nope)  # err: Node.map
number.map(len)  # err: Node.map
text.map(double)  # err: Node.map of a step

a, b, c = unpack(pair)  # err: unpack, arity
unpack(number)  # err: unpack, no tuple
unpack(number, 2)  # err: unpack, no tuple
unpack(numbers)  # err: unpack, not counted
one_of: tuple[Node[str], Node[int]] = unpack(pair)  # err: unpack, types
gather(1, 2)  # err: gather values
gather([1, 2])  # err: gather values
gather({"a": 1})  # err: gather values
gathered: Node[tuple[int, int]] = gather(number, text)  # err: gather, types
joined(gather(text, number))  # err: gather into a step

run(1)  # err: run a value
run(number, 1)  # err: run a value
run(score)  # err: run a step
run(number, executor="threads")  # err: executor
run(number, observe=3)  # err: observers
ran: int = run(text)  # err: run, type
ran_both: tuple[str, int] = run(number, text)  # err: run, types
submit(score)  # err: submit a step
submit(3)  # err: submit a value
submitted: str = submit(number).result()  # err: result, type


async def waits_too() -> None:
    print(str.upper(await submit(number)))  # err: await, type


const(3).output.nope  # err: const, type
Input(int)  # err: Input without a name
score(Input(str, "x"))  # err: Input into a step
