"""A plan as the text of Python functions: a line for each call, variables used again after their last reader.

    def piece(link, captured, x0):
     global double_0_kind
     x0 = double_0(x0)
     if double_0_kind is not x0.__class__: double_0_kind = double_0_seen(x0)
     return x0

After each call its value's class is compared with that of the last one which the function gave. A value of another
class is looked at by `checked`, which costs more than a call; to compare costs a fifth of one. There is no `try`: which
op failed is known from the line, so the writer keeps the op of each line.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Sequence
from typing import Final

import attrs

from dataflow.executors.straight_division import Division
from dataflow.executors.straight_names import Names
from dataflow.ir.graph import GraphOp
from dataflow.ops import Build, Call, Const, Input, Ref, Switch
from dataflow.plan import Plan

NOBODY: Final = -1
OFTEN_USED: Final = 4
"""A function with so many uses is held in a local variable, which is read faster than a global one."""


@attrs.frozen
class Text:
    """The text of one function, and the op of each of its lines."""

    lines: tuple[str, ...]
    ops: tuple[int, ...]

    def __str__(self) -> str:
        return "\n".join(self.lines)


def texts(plan: Plan, division: Division, names: Names) -> list[Text]:
    """The functions of a plan: one, of the plan's inputs; or several pieces, of a frame."""
    for at in {*plan.main, *(at for ops in plan.regions.values() for at in ops)}:
        op = plan.graph.ops[at]
        if type(op) is Call or type(op) is Build:
            names.uses[names.function(op)] += 1
    return [_Writer(plan, division, names).piece(ops) for ops in division.pieces]


class _Writer:
    """Writes one piece.

    Attributes:
        places: the expressions of the values that this piece has in variables, or that are constants.
        pooled: the variables of main, by the value that each holds.
        free: those that hold none.
    """

    def __init__(self, plan: Plan, division: Division, names: Names) -> None:
        self.plan, self.division, self.names = plan, division, names
        self.lines: list[str] = []
        self.ops: list[int] = []
        self.places: dict[int, str] = {}
        self.pooled: dict[int, str] = {}
        self.free: list[str] = []
        self.kinds: dict[str, None] = {}
        self.held: dict[str, None] = {}
        self.variables = 0
        self.alone = len(division.pieces) == 1
        self.has_frame = not self.alone or bool(division.machine or division.shared or division.framed)

    def piece(self, ops: Sequence[int]) -> Text:
        """The function that runs some ops of main."""
        inputs = range(len(self.plan.graph.inputs))
        if self.alone:
            for at in inputs:
                self.places[at] = self.pooled[at] = f"x{at}"
        self.run(ops, 1)
        head = self._head(inputs)
        last = f" return {self.read(self.plan.graph.output)}" if self.alone else " return"
        return Text((*head, *self.lines, last), (*[NOBODY] * len(head), *self.ops, NOBODY))

    def _head(self, inputs: range) -> list[str]:
        given, captured = inputs[: self.plan.given], inputs[self.plan.given :]
        head = [f"def piece({', '.join(['link', 'captured', *(f'x{at}' for at in given)])}):"]
        if not self.alone:
            head = ["def piece(frame):"]
        if self.kinds:
            head.append(f" global {', '.join(self.kinds)}")
        head.extend(f" my_{name} = {name}" for name in self.held)
        if self.alone and captured:
            head.append(f" {', '.join(f'x{at}' for at in captured)}, = captured")
        if self.alone and self.has_frame:
            head.append(" frame = fresh(); frame[-1] = link")
            head.extend(f" frame[{at}] = x{at}" for at in inputs if at in self.division.framed)
        return head

    def line(self, depth: int, text: str, at: int) -> None:
        """One line, and the op that is to blame for what happens there."""
        self.lines.append(" " * depth + text)
        self.ops.append(at)

    def read(self, at: int) -> str:
        """The expression of an op's value."""
        op = self.plan.graph.ops[at]
        if at not in self.places and type(op) is Const:
            self.places[at] = self.names.constant(op.value)
        return self.places.get(at, f"frame[{at}]")

    def operand(self, operand: object) -> str:
        """The expression of an operand."""
        return self.read(operand.index) if type(operand) is Ref else self.names.constant(operand)

    def run(self, ops: Sequence[int], depth: int) -> None:
        """Write ops in order."""
        for at in ops:
            if at in self.division.shared:
                self.line(depth, f"if frame[{at}] is PENDING:", at)
                self.op(at, self.plan.graph.ops[at], depth + 1)
            else:
                self.op(at, self.plan.graph.ops[at], depth)

    def op(self, at: int, op: GraphOp, depth: int) -> None:
        """Write one op, and drop what nothing reads after it."""
        dead = self.release(at) if depth == 1 else []
        if at in self.division.machine:
            self.line(depth, f"execute({self.names.code(at)}, frame)", at)
        elif type(op) is Const:
            self.keep(at, self.read(at), depth)
        elif type(op) is Switch:
            self.assign(at, depth, dead, lambda target: self.switch(at, op, target, depth))
        elif type(op) is Call or type(op) is Build:
            self.assign(at, depth, dead, lambda target: self.call(at, op, target, depth))
        else:
            assert type(op) is Input, op
        if at != self.plan.graph.output or depth > 1:
            self.drop(at, depth, dead)

    def assign(self, at: int, depth: int, dead: list[str], write: Callable[[str], None]) -> None:
        """Write what gives the value of an op, which goes into a variable, the frame, or both."""
        if at in self.division.shared:
            write("value")
            self.line(depth, f"frame[{at}] = value; del value", at)
            return
        target = f"w{at}" if depth > 1 else self.variable(dead)
        write(target)
        self.places[at] = target
        if depth == 1:
            self.pooled[at] = target
        self.keep(at, target, depth)

    def variable(self, dead: list[str]) -> str:
        """A variable for a value of main: best one of an argument that nothing else reads."""
        if dead:
            return dead.pop()
        if self.free:
            return self.free.pop()
        self.variables += 1
        return f"v{self.variables}"

    def release(self, at: int) -> list[str]:
        """The variables of the values that nothing reads after an op."""
        return [self.pooled.pop(read) for read in self.plan.drops.get(at, ()) if read in self.pooled]

    def keep(self, at: int, text: str, depth: int) -> None:
        """Put a value into the frame, too, if somebody reads it there."""
        if at in self.division.framed or at in self.division.shared:
            self.line(depth, f"frame[{at}] = {text}", at)

    def drop(self, at: int, depth: int, dead: list[str]) -> None:
        """Let go of the values that nothing reads after an op."""
        if dead:
            self.line(depth, f"del {', '.join(dead)}", at)
            self.free += dead
        drops = self.plan.drops.get(at, ())
        names = [self.places[read] for read in drops if self.places.get(read) == f"w{read}"]
        if self.has_frame and at not in self.division.machine:
            names += [f"frame[{read}]" for read in drops]
        if names:
            self.line(depth, f"{' = '.join(names)} = None", at)

    def call(self, at: int, op: Call | Build, target: str, depth: int) -> None:
        """A call, and the look at what it gives."""
        name = self.names.function(op)
        kind, seen = f"{name}_kind", f"{name}_seen"
        self.kinds[kind] = None
        assigned = kind
        if self.names.uses[name] >= OFTEN_USED:
            self.held.update({name: None, kind: None})
            name, kind, assigned = f"my_{name}", f"my_{kind}", f"my_{kind} = {kind}"
        given = self.arguments(op.args, op.kwargs) if isinstance(op, Call) else self.arguments(op.parts)
        self.line(depth, f"{target} = {name}({given})", at)
        self.line(depth, f"if {kind} is not {target}.__class__: {assigned} = {seen}({target})", at)

    def arguments(self, args: Sequence[object], kwargs: Sequence[tuple[str, object]] = ()) -> str:
        """The arguments of a call."""
        texts = [self.operand(arg) for arg in args]
        if all(map(_may_stand, [name for name, _ in kwargs])):
            texts += [f"{name}={self.operand(value)}" for name, value in kwargs]
        else:
            texts.append(f"**{{{', '.join(f'{name!r}: {self.operand(value)}' for name, value in kwargs)}}}")
        return ", ".join(texts)

    def switch(self, at: int, op: Switch, target: str, depth: int) -> None:
        """The case that is chosen: what its region lacks, and its value."""
        self.line(depth, f"case = chosen({self.names.switch(op)}, {self.operand(op.selector)})", at)
        cases: dict[int, list[str]] = {}
        for operand in (*[case for _, case in op.cases], op.default):
            if type(operand) is Ref:
                cases.setdefault(operand.index, []).append(f"case is {self.names.case(operand)}")
        word = "if"
        for index, tests in cases.items():
            self.line(depth, f"{word} {' or '.join(tests)}:", at)
            self.demand(index, depth + 1)
            self.line(depth + 1, f"{target} = {self.read(index)}", at)
            word = "elif"
        if cases:
            self.line(depth, f"else: {target} = case", at)
        else:
            self.line(depth, f"{target} = case", at)

    def demand(self, target: int, depth: int) -> None:
        """Run what the region of a target lacks."""
        ops = self.plan.regions.get(target, ())
        if target in self.division.shared:
            self.line(depth, f"if frame[{target}] is PENDING:", target)
            depth += 1
        self.run(ops, depth)


def _may_stand(name: str) -> bool:
    """Whether a name may be written as a keyword of a call: Python would change one that is not ASCII."""
    return name.isascii() and name.isidentifier() and not keyword.iskeyword(name) and name != "__debug__"
