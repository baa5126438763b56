"""Lines by which the types of the API were chosen. Each tagged line is right."""

# ruff: noqa: B018, E712, F841, PLR2004, RET503  # wrong lines are wrong on purpose

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple, TypedDict, TypeVar, assert_type

from dataflow import (
    Future,
    In,
    Node,
    Step,
    bind,
    cond,
    const,
    fan_out,
    flow,
    gather,
    match,
    run,
    step,
    submit,
    switch,
    unpack,
)

T = TypeVar("T")


@step
def f(a: int, b: str = "x", *, flag: bool = False) -> float:
    return a * 1.5


@step
def g(x: float) -> str:
    return str(x)


@step
def h(a: int, b: str, c: float) -> int:
    return a


@step
def va(a: int, *rest: int) -> int:
    return a


@step
def kw(a: int, **opts: str) -> int:
    return a


@step
def kwonly(*, p: int, q: str = "") -> int:
    return p


@step
def opt(a: int | None) -> int:
    return a or 0


@step
def none() -> int:
    return 1


@step
def lst(xs: list[int]) -> list[str]:
    return [str(x) for x in xs]


@step
async def af(a: int, b: str = "x") -> float:
    return 1.0


@step
def nothing(a: int) -> None: ...
@step(replicas=2, retries=3)
def ropt(a: int, b: str = "x") -> float:
    return 2.0


@step(replicas=2)
async def aropt(a: int) -> float:
    return 2.0


@step
def two(a: int) -> tuple[int, str]:
    return a, str(a)


@step
def two_of(t: tuple[int, str]) -> bool:
    return True


@step
def many(n: int) -> tuple[int, ...]:
    return tuple(range(n))


@step
def mk(n: int) -> list[int]:
    return list(range(n))


@step
def six(a: int, b: int, c: int, d: int, e: int, g: int) -> int:
    return a


class Image: ...


class Label: ...


class Model:
    def __init__(self, name: str, k: int = 0) -> None:
        self.name = name

    def __call__(self, x: Image, t: float = 0.5) -> Label:
        return Label()


ModelStep = step(Model)


class Rec(NamedTuple):
    p: int
    q: str


class TD(TypedDict):
    x: int
    y: str


@step
def rec() -> Rec:
    return Rec(1, "q")


@step
def td() -> TD:
    return {"x": 1, "y": "s"}


@step
def color() -> Literal["r", "g"]:
    return "r"


@step
def sources() -> tuple[int, str, bool, float]:
    return 1, "s", True, 1.5


@step
def mkd() -> dict[str, int]:
    return {"a": 1}


@step
def mkimg() -> Image:
    return Image()


ni, ns, nb, nf = unpack(sources())
nli = mk(2)
nt = two(1)
nd = mkd()
img = mkimg()

assert_type(f(1), Node[float])  # ok: literal
assert_type(f(1, "s"), Node[float])  # ok: literal
assert_type(f(1, b="s"), Node[float])  # ok: literal-kw
assert_type(f(a=1, b="s", flag=True), Node[float])  # ok: literal-kw
assert_type(kwonly(p=1), Node[int])  # ok: literal-kw
assert_type(f(ni), Node[float])  # ok: node-pos
assert_type(f(ni, ns), Node[float])  # ok: node-pos
assert_type(f(1, ns), Node[float])  # ok: node-pos
assert_type(h(ni, "s", nf), Node[int])  # ok: mixed-pos
assert_type(six(ni, 1, ni, ni, 5, ni), Node[int])  # ok: mixed-pos
assert_type(f(nb), Node[float])  # ok: covariant-node
assert_type(h(nb, ns, ni), Node[int])  # ok: promoted-node
assert_type(f(ni, ns, flag=True), Node[float])  # ok: node-pos+lit-kw
assert_type(f(ni, b="s"), Node[float])  # ok: node-pos+lit-kw
assert_type(f(ni, b=ns.output), Node[float])  # ok: lens-kw
assert_type(f(a=ni.output, b=ns.output, flag=nb.output), Node[float])  # ok: lens-kw
assert_type(kwonly(p=ni.output, q=ns.output), Node[int])  # ok: lens-kw
assert_type(kw(ni, z=ns.output), Node[int])  # ok: lens-kw
assert_type(lst([ni.output, 2, ni.output]), Node[list[str]])  # ok: lens-nested
assert_type(f(rec().output.p, b=rec().output.q), Node[float])  # ok: lens-attr
assert_type(f(td().output["x"], b=td().output["y"]), Node[float])  # ok: lens-typeddict
assert_type(rec().map(lambda r: r.q), Node[str])  # ok: node.map
assert_type(va(ni, ni, 3, ni), Node[int])  # ok: varargs
assert_type(va(1, 2, 3), Node[int])  # ok: varargs
assert_type(kw(ni, z="s"), Node[int])  # ok: varkw
assert_type(opt(ni), Node[int])  # ok: optional
assert_type(opt(None), Node[int])  # ok: optional
assert_type(none(), Node[int])  # ok: no-args
assert_type(lst(nli), Node[list[str]])  # ok: node-pos
assert_type(g(f(ni)), Node[str])  # ok: chain
assert_type(af(ni), Node[float])  # ok: async
assert_type(af(1, b="s"), Node[float])  # ok: async
assert_type(nothing(ni), Node[None])  # ok: none-return
assert_type(ropt(ni, ns), Node[float])  # ok: options-decorator
assert_type(ropt(ni, b="s"), Node[float])  # ok: options-decorator
assert_type(aropt(ni), Node[float])  # ok: options-async
assert_type(f.options(retries=2)(ni, ns), Node[float])  # ok: options-method
assert_type(ModelStep("resnet", k=2)(img), Node[Label])  # ok: class-step
assert_type(ModelStep("resnet")(img, t=0.1), Node[Label])  # ok: class-step
assert_type(ModelStep("resnet")(Image(), nf), Node[Label])  # ok: class-step
assert_type(bind(Model, "resnet", k=1)(img), Node[Label])  # ok: class-bind
_m: Step[Callable[[Image], Label]] = ModelStep("resnet")  # ok: class-step-is-Step
a1, a2 = unpack(nt)  # ok: unpack
assert_type(a1, Node[int])  # ok: unpack
assert_type(a2, Node[str])  # ok: unpack
assert_type(f(*unpack(nt)), Node[float])  # ok: unpack-star
assert_type(unpack(many(3), 3), tuple[Node[int], ...])  # ok: unpack-n
assert_type(nt[0], Node[int])  # ok: getitem-tuple
assert_type(nt[1], Node[str])  # ok: getitem-tuple
assert_type(nd["a"], Node[int])  # ok: getitem-dict
assert_type(nd[ns], Node[int])  # ok: getitem-dict
assert_type(nli[0], Node[int])  # ok: getitem-list
assert_type(gather(ni, ns), Node[tuple[int, str]])  # ok: gather
assert_type(gather(ni, ns, nb), Node[tuple[int, str, bool]])  # ok: gather
assert_type(gather([ni, ni]), Node[list[int]])  # ok: gather-list
assert_type(gather([f(i) for i in range(3)]), Node[list[float]])  # ok: gather-list
assert_type(gather({"a": ni, "b": ni}), Node[dict[str, int]])  # ok: gather-dict
assert_type(gather(*[ni, ni]), Node[tuple[int, ...]])  # ok: gather-star
assert_type(two_of(gather(ni, ns)), Node[bool])  # ok: gather-into-step
assert_type(fan_out(g, const([1.0])), Node[list[str]])  # ok: fan_out
assert_type(fan_out(f, mk(3)), Node[list[float]])  # ok: fan_out
assert_type(fan_out(f, mk(3), b="s", flag=nb.output), Node[list[float]])  # ok: fan_out-extra
assert_type(f.map(mk(ni), b="s"), Node[list[float]])  # ok: step.map
assert_type(f.map([1, ni, nb]), Node[list[float]])  # ok: step.map
assert_type(ModelStep("r").map([img]), Node[list[Label]])  # ok: class-step.map
assert_type(cond(nb, ni, ns), Node[int | str])  # ok: cond
assert_type(cond(nb, ni, ni), Node[int])  # ok: cond
assert_type(cond(nb, ni, const(0)), Node[int])  # ok: cond
assert_type(switch(ns, {"a": ni, "b": ni}), Node[int])  # ok: switch
assert_type(switch(ns, {"a": ni, "b": ni}, default=nf), Node[int | float])  # ok: switch-default
assert_type(match(ns).case("a", ni).case("b", nb.map(str)).default(nli), Node[int | str | list[int]])  # ok: match
assert_type(match(color()).case("r", ni).case("g", ns).default(ns), Node[int | str])  # ok: match-literal


@flow
def pipe(x: In[int], y: In[str] = "a") -> Node[float]:
    return f(x, y)


@flow
def pipe2(x: Node[int], y: Node[str]) -> Node[float]:
    return f(x, b=y.output)


assert_type(pipe.run(x=1, y="a"), float)  # ok: flow.run-In-kw
assert_type(pipe.run(1), float)  # ok: flow.run-In
assert_type(pipe(ni), Node[float])  # ok: flow-call
assert_type(pipe(x=ni, y=ns), Node[float])  # ok: flow-call-kw
assert_type(pipe2(x=ni, y=ns), Node[float])  # ok: flow-call-kw
assert_type(pipe2.run(1, "a"), float)  # ok: flow.run-pos
assert_type(run(pipe2(x=const(1), y=const("a"))), float)  # ok: flow-run-const
assert_type(run(ni), int)  # ok: run
assert_type(run(ni, ns), tuple[int, str])  # ok: run-many
assert_type(run(ni, ns, nf), tuple[int, str, float])  # ok: run-many
assert_type(submit(ni), Future[int])  # ok: submit
assert_type(submit(nf).result(timeout=1), float)  # ok: future.result


async def aw() -> None:
    assert_type(await submit(ns), str)  # ok: await-future


i2f = mk >> lst  # ok: compose
assert_type(i2f(ni), Node[list[str]])  # ok: compose


def hof(s: Step[Callable[[int], float]], n: Node[int]) -> Node[float]:
    return s(n)  # ok: hof


hof(f, ni)  # ok: hof
assert_type(const(rec().output.q), Node[str])  # ok: const of an output
