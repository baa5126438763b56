"""Programs as data: lines over earlier nodes, which print as the Python that they are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import count
from string import Formatter
from typing import Any, TypeAlias

import attrs

import dataflow
from dataflow.flow import Flow, flow
from dataflow.testing import steps

FILE = "<program>"
NAMES = re.compile(r"\b[xn]\d+\b")
HEADER = ("from dataflow import *", "from dataflow.testing.steps import *", "")


@attrs.frozen
class Expression:
    """A template such as `mix({n}, {v})`, and what stands in each of its holes.

    The name of a hole says what may stand there: n, a node; v, a value or node; l, a container of such; k, a
    constant; f, a function from node to node (d: not a step); b, one of two nodes; g, one from a value to a node;
    h, one from an error's node; x and e, exception classes.
    """

    template: str
    holes: tuple[Hole, ...] = ()


@attrs.frozen
class Function:
    """A function of the program: lines, and its result. Its parameters are the latest names in its scope.

    `grows` if it is called with values, not with nodes.
    """

    parameters: int
    lines: tuple[Expression, ...]
    result: Hole
    grows: bool = False


Hole: TypeAlias = int | str | Expression | Function
"""A name in scope by how far back it is; text; or what is written out in place."""


@attrs.frozen(repr=False)
class Program:
    """A flow of random steps, with a value for each of its parameters.

    >>> one = Expression("mix({n}, {v})", (0, "7"))
    >>> print(Program((one, Expression("fan_out({f}, [{n}])", ("big", 0))), (0,), (3,)))
    from dataflow import *
    from dataflow.testing.steps import *
    <BLANKLINE>
    @flow
    def program(x1):
        n1 = mix(x1, 7)
        n2 = fan_out(big, [n1])
        return n2
    <BLANKLINE>
    program.run(3)
    """

    lines: tuple[Expression, ...]
    outputs: tuple[int, ...]
    values: tuple[Any, ...]

    @cached_property
    def text(self) -> str:
        """The Python of the flow."""
        result = Expression(", ".join(["{n}"] * len(self.outputs)), self.outputs)
        body = Function(len(self.values), self.lines, result)
        return "\n".join(["@flow", *_Writer().defined("program", body, ())])

    @property
    def flow(self) -> Flow[Any]:
        """The program as a flow, composed anew."""
        scope: dict[str, Any] = {**_public(dataflow), **_public(steps), "__name__": FILE, "flow": flow}
        exec(compile(self.text, FILE, "exec"), scope)
        made: Flow[Any] = scope["program"]
        return made

    def __str__(self) -> str:
        return "\n".join([*HEADER, self.text, "", f"program.run({', '.join(map(repr, self.values))})"])

    __repr__ = __str__

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        """How hypothesis prints a failing example: in lines of its own, which can be copied."""
        printer.text(f"\n{self}\n")


class _Writer:
    """Writes functions, each line with a name of its own."""

    def __init__(self) -> None:
        self._number = {letter: count(1) for letter in "xnf"}

    def defined(self, name: str, function: Function, scope: Sequence[str]) -> list[str]:
        """A function as a `def`, without the lines that its result does not need."""
        params = [self._name("x") for _ in range(function.parameters)]
        known = [*scope, *(_as_nodes(params) if function.grows else params)]
        blocks: list[tuple[str, list[str]]] = []
        for line in function.lines:
            before, text = self._written(line, known)
            known.append(self._name("n"))
            blocks.append((known[-1], [*before, f"{known[-1]} = {text}"]))
        before, text = self._written(function.result, known)
        body = [*_needed(blocks, [*before, f"return {text}"])]
        return [f"def {name}({', '.join(params)}):", *("    " + line for line in body)]

    def _written(self, hole: Hole, scope: Sequence[str]) -> tuple[list[str], str]:
        """The lines that must stand before, and the text."""
        match hole:
            case str():
                return [], hole
            case int():
                return [], scope[-1 - hole % len(scope)]
            case Expression(template=template, holes=holes):
                parts = [self._written(part, scope) for part in holes]
                return [line for before, _ in parts for line in before], _filled(template, [text for _, text in parts])
            case Function(lines=lines):
                name = self._name("f")
                written = self.defined(name, hole, scope)
                return ([], _as_lambda(written)) if not lines and len(written) == 2 else (written, name)

    def _name(self, letter: str) -> str:
        return f"{letter}{next(self._number[letter])}"


def _as_nodes(params: Sequence[str]) -> list[str]:
    return [f"const({name})" for name in params]


def _as_lambda(written: Sequence[str]) -> str:
    """`def f(x):`, `return y` as `lambda x: y`."""
    head, result = written
    return f"lambda {head[head.index('(') + 1 : -2]}: {result.strip().removeprefix('return ')}"


def _needed(blocks: Sequence[tuple[str, list[str]]], result: Sequence[str]) -> list[str]:
    """The lines that define what the result mentions, in order, and the result."""
    body, mentioned = list(result), set(NAMES.findall("\n".join(result)))
    for name, lines in reversed(blocks):
        if name in mentioned:
            body = [*lines, *body]
            mentioned |= set(NAMES.findall("\n".join(lines)))
    return body


def _filled(template: str, texts: Sequence[str]) -> str:
    rest = iter(texts)
    return "".join(
        literal + (next(rest) if field is not None else "") for literal, field, _, _ in Formatter().parse(template)
    )


def _public(module: Any) -> Mapping[str, Any]:
    return {name: value for name, value in vars(module).items() if not name.startswith("_")}
