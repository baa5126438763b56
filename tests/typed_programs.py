"""Random programs that say their own types: each line is right and of one known type, or wrong in one argument."""

from __future__ import annotations

import itertools
import random
from typing import Final, NamedTuple

from tests.kinds import (
    AB,
    SCALARS,
    Kind,
    Size,
    either,
    fits,
    inner,
    is_mixed,
    made_of,
    members,
    origin,
    overlap,
    spelled,
)

HEADER: Final = """\
from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Generic, Literal, TypeVar, TypeVarTuple
from typing_extensions import Self, assert_type

from dataflow import In, Node, bind, cond, const, fan_out, flow, fold, gather, iterate, match, recover
from dataflow import step, switch, unpack
from tests.kinds import Point, Size

FLAG = Size.SMALL in list(Size)
A = TypeVar("A")
B = TypeVar("B")
As = TypeVarTuple("As")

@step
def wrap(x: A) -> list[A]: return [x, x]

@step
def pair(x: A, y: B) -> tuple[A, B]: return x, y

@step
def keyed(x: A, *, key: str) -> dict[str, A]: return {key: x}

@step
def packed(*xs: *As) -> tuple[*As]: return xs

@step
def given(x: A, of: Callable[[A], B]) -> B: return of(x)

@step
def enough(x: object) -> bool: return True

@step
def head(xs: Sequence[A]) -> A: return xs[0]

@step
def same(x: A) -> A: return x

@flow
def both(x: Node[A], y: Node[B]) -> Node[tuple[A, B]]: return gather(x, y)

def beside(x: In[A], y: In[B]) -> Node[tuple[A, B]]: return gather(const(x), const(y))

class Wirer:
    def kept(self, x: In[A]) -> Node[A]: return const(x)

class Held(Generic[A]):
    def __init__(self, x: A) -> None: self.x = x
    def __call__(self, y: B) -> tuple[A, B]: return self.x, y
    @step
    def again(self, times: int) -> Self: return self
    @step
    def shown(self, y: B) -> tuple[A, B]: return self.x, y
"""


class Wire(NamedTuple):
    """An expression that is a node, and what its values are."""

    text: str
    kind: Kind


class Author:
    """Writes one program; the same for the same seed.

    Attributes:
        lines: the program so far.
        kinds: what the node of each name holds.
        wrong: the numbers of the lines that are wrong, counted from 1.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines = HEADER.splitlines()
        self.kinds: dict[str, Kind] = {}
        self.wrong: set[int] = set()
        self._numbers = itertools.count()
        self._right_ones: int | None = None  # how many arguments are written before the wrong one

    def write(self, count: int) -> None:
        """Write so many lines that are right, and after each perhaps one that is wrong."""
        for _ in range(count):
            wire = self._form()
            while is_mixed(wire.kind):
                wire = self._form()
            name = f"v{next(self._numbers)}"
            self.lines.append(f"{name} = assert_type({wire.text}, Node[{spelled(wire.kind)}])")
            self.kinds[name] = wire.kind
            self._write_wrong()

    def _write_wrong(self) -> None:
        self._right_ones = self.random.randrange(3)
        wire = self._form()
        if self._right_ones < 0:
            self.lines.append(wire.text)
            self.wrong.add(len(self.lines))
        self._right_ones = None

    def _is_wrong(self) -> bool:
        """Whether it is the turn of the argument that is wrong."""
        if self._right_ones is None:
            return False
        self._right_ones -= 1
        return self._right_ones == -1

    def _asked(self, kind: Kind) -> Kind:
        """The type, or one that has no value in common with it, if it is the turn of that."""
        if not self._is_wrong():
            return kind
        while overlap(other := self.kind(), kind):
            pass
        return other

    # What expressions are made of.

    def kind(self, depth: int = 2) -> Kind:
        """A type."""
        scalar = self.random.choice(list(SCALARS))
        match self.random.randrange(9) if depth else 0:
            case 5:
                return either(scalar, self.random.choice(list(SCALARS)))
            case 6:
                return made_of(list, self.kind(depth - 1))
            case 7:
                return made_of(tuple, self.kind(depth - 1), self.kind(depth - 1))
            case 8:
                return made_of(dict, str, self.kind(depth - 1))
            case _:
                return scalar

    def value(self, kind: Kind) -> str:
        """A value that is written out."""
        one = self.random.choice(members(kind))
        if one in SCALARS:
            return self.random.choice(SCALARS[one])
        return self._display(one, [self.value(each) for each in self._places(one)])

    def _places(self, container: Kind) -> list[Kind]:
        """The types of the items that are written for a container."""
        match inner(container):
            case (item,):
                return [item, item]
            case (_, item) if origin(container) is dict:
                return [item]
            case items:
                return list(items)

    def _display(self, container: Kind, items: list[str]) -> str:
        brackets = {list: "[{}]", dict: "{{'k': {}}}", tuple: "({})"}
        return brackets[origin(container)].format(", ".join(items))

    def step(self, takes: list[Kind], gives: Kind) -> str:
        """The name of a step of some form."""
        name = f"s{next(self._numbers)}"
        params = [f"p{at}: {spelled(kind)}" for at, kind in enumerate(takes)]
        does = f"-> {spelled(gives)}: return {self.value(gives)}"
        match self.random.randrange(4):
            case 0:
                self.lines += ["@step", f"async def {name}({', '.join(params)}) {does}"]
            case 1:
                self.lines += ["@step", f"class {name.upper()}:", "    def __init__(self, k: int = 0) -> None: ..."]
                self.lines += [
                    f"    def __call__({', '.join(['self', *params])}) {does}",
                    f"{name} = {name.upper()}(k=1)",
                ]
            case _:
                self.lines += ["@step", f"def {name}({', '.join(params)}) {does}"]
        return name

    def source(self, kind: Kind) -> str:
        """A node of just this type."""
        return f"{self.step([], kind)}()"

    def node(self, asked: Kind) -> Wire:
        """A node whose values are of a type, or of a part of it."""
        known = [Wire(name, kind) for name, kind in self.kinds.items() if fits(kind, asked)]
        if known and self.random.random() < 0.8:
            return self.random.choice(known)
        kind = self.random.choice([asked, *members(asked)])
        return Wire(self.source(kind), kind)

    def any_node(self) -> Wire:
        """A node of some type."""
        return self.node(self.kind())

    def branch(self) -> Wire:
        """A node of some type, or a container of nodes."""
        one, two = self.any_node(), self.any_node()
        match self.random.randrange(8):
            case 0:
                return Wire(f"[{one.text}, {two.text}]", made_of(list, either(one.kind, two.kind)))
            case 1:
                return Wire(f"({one.text}, {two.text})", made_of(tuple, one.kind, two.kind))
            case 2:
                return Wire(f"{{'k': {one.text}}}", made_of(dict, str, one.kind))
            case _:
                return one

    def argument(self, asked: Kind) -> str:
        """An argument for a parameter of a type: a value, a node, an output, or a container of them."""
        kind = self._asked(asked)
        match self.random.randrange(8):
            case 0 | 1:
                return self.value(kind)
            case 2:
                return f"{self.node(kind).text}.output"
            case 3 | 4 if origin(kind):
                return self._display(kind, [self.argument(each) for each in self._places(kind)])
            case 5 if origin(kind) in (list, dict):
                one, other = [self._display(kind, [self.argument(each) for each in self._places(kind)]) for _ in "12"]
                return f"({one} if FLAG else {other})"
            case _:
                return self.node(kind).text

    def plain(self, asked: Kind) -> str:
        """An argument for a parameter of a flow: a value, a node or an output."""
        kind = self._asked(asked)
        return self.random.choice([self.value(kind), self.node(kind).text, f"{self.node(kind).text}.output"])

    def wired(self, asked: Kind) -> str:
        """An argument that must be a node."""
        return self.node(self._asked(asked)).text

    def items(self, item: Kind) -> str:
        """What a step iterates over."""
        kind = self._asked(item)
        match self.random.randrange(4):
            case 0:
                return f"[{self.value(kind)}, {self.node(kind).text}]"
            case 1:
                return self.value(made_of(list, kind))
            case _:
                return self.nodes(kind)

    def nodes(self, item: Kind) -> str:
        """What a lambda iterates over: nodes, for values that are written out are not always of the type that is meant."""
        kind = self._asked(item)
        if self.random.random() < 0.5:
            return self.node(made_of(list, kind)).text
        return f"[{self.node(kind).text}, {self.node(kind).text}]"

    # The forms of expressions.

    def _form(self) -> Wire:
        return self.random.choice(FORMS)(self)

    def call(self) -> Wire:
        """A call of a step, by place and by name."""
        takes, gives = [self.kind() for _ in range(self.random.randrange(1, 5))], self.kind()
        name, by_place = self.step(takes, gives), self.random.randrange(len(takes) + 1)
        given = [self.argument(kind) for kind in takes]
        named = [f"p{at}={text}" for at, text in enumerate(given)]
        return Wire(f"{name}({', '.join(given[:by_place] + named[by_place:])})", gives)

    def generic(self) -> Wire:
        """A call of a step or flow with type variables."""
        one, two = self.any_node(), self.any_node()
        match self.random.randrange(7):
            case 0:
                return Wire(f"wrap({one.text})", made_of(list, one.kind))
            case 4:
                return Wire(f"packed({one.text}, {two.text}, 3)", made_of(tuple, one.kind, two.kind, int))
            case 5:
                return Wire(f"given({one.text}, lambda x: [x])", made_of(list, one.kind))
            case 1:
                return Wire(f"pair({one.text}, y={two.text})", made_of(tuple, one.kind, two.kind))
            case 2:
                return Wire(f"keyed({one.text}, key={self.argument(str)})", made_of(dict, str, one.kind))
            case 3:
                return Wire(f"head([{one.text}, {two.text}])", either(one.kind, two.kind))
            case _:
                return Wire(f"both({one.text}, {two.text})", made_of(tuple, one.kind, two.kind))

    def passed(self) -> Wire:
        """A step that is called with what is spread, or passed on as a function."""
        first, second, gives = self.kind(), self.kind(), self.kind()
        name = self.step([first, second], gives)
        match self.random.randrange(5):
            case 0:
                return Wire(f"{name}(*[{self.argument(first)}, {self.argument(second)}])", gives)
            case 1:
                return Wire(f"{name}(**{{'p0': {self.argument(first)}, 'p1': {self.argument(second)}}})", gives)
            case 2:
                return Wire(f"partial({name}, p1={self.argument(second)})({self.plain(first)})", gives)
            case 3:
                return Wire(f"partial({name}, {self.argument(first)})({self.plain(second)})", gives)
            case _:
                node = self.any_node()
                return Wire(f"list(map(same, [{node.text}, {node.text}]))[0]", node.kind)

    def method(self) -> Wire:
        """A step that is a method, or a class with a type variable; a method that wires."""
        node, held = self.any_node(), self.random.choice([int, str, bytes])
        made, both = f"Held({self.value(held)})", made_of(tuple, held, node.kind)
        match self.random.randrange(6):
            case 0:
                return Wire(f"{made}.shown({node.text})", both)
            case 1:
                return Wire(f"Held.shown({made}.again({self.argument(int)}), {node.text})", both)
            case 2:
                return Wire(f"Held.again({made}, {self.argument(int)}).map(lambda held: held.x)", held)
            case 3:
                return Wire(f"bind({made[:-1].replace('(', ', ', 1)})({node.text})", both)
            case 4:
                return Wire(f"Wirer().kept({node.text})", node.kind)
            case _:
                other = self.any_node()
                return Wire(f"beside({node.text}, y={other.text})", made_of(tuple, node.kind, other.kind))

    def handled(self) -> Wire:
        """`recover` with a lambda."""
        node, takes, gives = self.any_node(), self.kind(), self.kind()
        handler = f"{self.step([takes], gives)}({self.argument(takes)})"
        text = self.random.choice([f"lambda error: {handler}", f"lambda error, k=3: {handler}"])
        return Wire(f"recover({node.text}, {text})", either(node.kind, gives))

    def gathered(self) -> Wire:
        """`gather` of its three forms."""
        nodes = [self.any_node() for _ in range(self.random.randrange(2, 5))]
        texts, kinds = [each.text for each in nodes], [each.kind for each in nodes]
        match self.random.randrange(3):
            case 0:
                return Wire(f"gather({', '.join(texts)})", made_of(tuple, *kinds))
            case 1:
                return Wire(f"gather([{', '.join(texts)}])", made_of(list, either(*kinds)))
            case _:
                named = ", ".join(f"'{key}': {text}" for key, text in zip("klmn", texts, strict=False))
                return Wire(f"gather({{{named}}})", made_of(dict, str, either(*kinds)))

    def item(self) -> Wire:
        """An item of a node."""
        item, other = self.kind(1), self.kind(1)
        several, pair = made_of(list, item), made_of(tuple, item, other)
        match self.random.randrange(5):
            case 0:
                return Wire(f"{self.source(several)}[0]", item)
            case 1:
                return Wire(f"{self.source(several)}[:1]", several)
            case 2:
                return Wire(f"{self.source(made_of(dict, str, item))}['k']", item)
            case 3:
                return Wire(f"{self.source(pair)}[-1]", other)
            case _:
                return Wire(f"unpack({self.source(pair)})[0]", item)

    def chosen(self) -> Wire:
        """One of several branches."""
        nodes = [self.branch() for _ in range(3)]
        one, two, three = (each.text for each in nodes)
        kind, both = either(*(each.kind for each in nodes)), either(*(each.kind for each in nodes[:2]))
        match self.random.randrange(6):
            case 0:
                return Wire(
                    f"switch({self.source(self._asked(str))}, {{'a': {one}, 's': {two}}}, default={three})", kind
                )
            case 1:
                selector = self.source(self._asked(Size))
                return Wire(f"switch({selector}, {{Size.SMALL: {one}, Size.LARGE: {two}}})", both)
            case 2:
                selector = self.source(self._asked(AB))
                return Wire(f"match({selector}).case('a', {one}).case('b', {two}).exhaustive()", both)
            case 3:
                return Wire(
                    f"match({self.source(self._asked(int))}).case(3, {one}).case(0, {two}).default({three})", kind
                )
            case 4:
                other = self.kind()
                node = self.any_node()
                return Wire(f"recover({node.text}, {self.step([Exception], other)})", either(node.kind, other))
            case _:
                return Wire(f"cond({self.wired(bool)}, {one}, {two})", both)

    def fanned(self) -> Wire:
        """A body for each item, perhaps with a shared argument."""
        item, shared, gives = self.kind(1), self.kind(1), self.kind(1)
        alone, two, several = self.step([item], gives), self.step([item, shared], gives), made_of(list, gives)
        match self.random.randrange(6):
            case 0:
                return Wire(f"fan_out({alone}, {self.items(item)})", several)
            case 1:
                return Wire(f"fan_out(lambda x: {alone}(x), {self.nodes(item)})", several)
            case 2:
                return Wire(f"fan_out({two}, {self.items(item)}, {self.argument(shared)})", several)
            case 3:
                return Wire(f"fan_out({two}, {self.items(item)}, p1={self.argument(shared)})", several)
            case 4:
                return Wire(f"fan_out(lambda x, y: {two}(x, y), {self.nodes(item)}, {self.wired(shared)})", several)
            case _:
                return Wire(f"{alone}.map({self.items(item)})", several)

    def repeated(self) -> Wire:
        """A loop over a state."""
        state, item = self.kind(1), self.kind(1)
        body, step = self.step([state], state), self.step([state, item], state)
        match self.random.randrange(5):
            case 3:
                chosen = f"lambda s, x: cond({self.wired(bool)}, s, {step}(s, x))"
                return Wire(f"fold({chosen}, {self.nodes(item)}, {self.source(self._asked(state))})", state)
            case 4:
                return Wire(f"iterate(lambda s: {body}(s), {self.wired(state)}, limit=2)", state)
            case 0:
                return Wire(f"fold({step}, {self.items(item)}, {self.argument(state)})", state)
            case 1:
                return Wire(f"fold(lambda s, x: {step}(s, x), {self.nodes(item)}, {self.wired(state)})", state)
            case _:
                return Wire(f"iterate({body}, {self.argument(state)}, until=enough, limit=2)", state)

    def flowed(self) -> Wire:
        """A call of a flow, by place or by name."""
        first, second, gives = self.kind(), self.kind(), self.kind()
        name, body = f"f{next(self._numbers)}", self.step([first, second], gives)
        takes = f"x: In[{spelled(first)}], y: Node[{spelled(second)}]"
        self.lines += ["@flow", f"def {name}({takes}) -> Node[{spelled(gives)}]: return {body}(x, p1=y)"]
        if self.random.random() < 0.5:
            return Wire(f"{name}({self.plain(first)}, {self.wired(second)})", gives)
        return Wire(f"{name}(y={self.wired(second)}, x={self.plain(first)})", gives)


FORMS: Final = (
    Author.call,
    Author.call,
    Author.call,
    Author.call,
    Author.generic,
    Author.passed,
    Author.method,
    Author.handled,
    Author.gathered,
    Author.item,
    Author.chosen,
    Author.chosen,
    Author.fanned,
    Author.fanned,
    Author.repeated,
    Author.flowed,
)
"""What a line may be; the more often it stands here, the more lines are of it."""
