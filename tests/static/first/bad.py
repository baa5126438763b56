"""Lines by which the types of the API were chosen. Each tagged line is wrong."""

# ruff: noqa: B018, E712, F841, PLR2004, RET503  # wrong lines are wrong on purpose

from __future__ import annotations

from good import (
    Model,
    ModelStep,
    af,
    aropt,
    color,
    f,
    g,
    h,
    hof,
    kw,
    kwonly,
    lst,
    mk,
    nb,
    nd,
    nf,
    ni,
    nli,
    none,
    ns,
    nt,
    pipe,
    pipe2,
    rec,
    ropt,
    six,
    td,
    two_of,
    va,
)

from dataflow import Node, bind, cond, const, fan_out, flow, gather, match, run, step, submit, switch, unpack

f("s")  # err: wrong-literal
f(1, 2)  # err: wrong-literal
f(1, b=2)  # err: wrong-literal-kw
f(ni, b=2)  # err: wrong-literal-kw
f(ni, flag="no")  # err: wrong-literal-kw
f(ns)  # err: wrong-node
f(ni, ni)  # err: wrong-node
h(1, ns, ns)  # err: wrong-node
h(ns, ns, nf)  # err: wrong-node
six(1, 2, 3, 4, 5, ns)  # err: wrong-node
g(ns)  # err: wrong-node
f(nf)  # err: contravariant-node
lst(ni)  # err: wrong-node
af(ns)  # err: wrong-node
ropt(ns)  # err: wrong-node
aropt(ns)  # err: wrong-node
f.options(retries=2)(ns)  # err: wrong-node
f(1, b=ni)  # err: wrong-node-kw
f(a=ns)  # err: wrong-node-kw
f(1, flag=ns)  # err: wrong-node-kw
kwonly(p=ns)  # err: wrong-node-kw
f(1, b=ni.output)  # err: wrong-lens
f(ns.output)  # err: wrong-lens
lst([ns.output])  # err: wrong-lens
f(rec().output.q)  # err: wrong-lens
f(td().output["y"])  # err: wrong-lens
rec().output.nope  # err: lens-attr
f()  # err: missing
h(ni, ns)  # err: missing
kwonly()  # err: missing
h(ni, b=ns.output)  # err: missing
f(1, "s", True)  # err: too-many
f(ni, ns, nb)  # err: too-many
none(ni)  # err: too-many
f(1, nope=1)  # err: unknown-kw
f(ni, nope=1)  # err: unknown-kw
f(ni, nope=ns.output)  # err: unknown-kw
f(ni, a=1)  # err: duplicate
va(ni, ns)  # err: varargs
kw(1, z=ni)  # err: varkw
x1: Node[str] = f(1)  # err: result
x2: float = f(1)  # err: node-as-value
f(1) + 1  # err: node-as-value
g(f)  # err: step-as-value
ModelStep(3)  # err: class-init
ModelStep("r", nope=1)  # err: class-init
ModelStep("r")(ns)  # err: class-call
ModelStep("r")()  # err: class-call
bind(Model, 3)  # err: class-init
bind(Model, "r")(ns)  # err: class-call
b1, b2, b3 = unpack(nt)  # err: unpack-arity
unpack(ni)  # err: unpack-non-tuple
b4, b5 = nt  # err: destructure-node
for _i in nli:  # err: iterate-node
    pass
[*nli]  # err: iterate-node


def tb() -> None:
    if nb:  # err: bool-node
        pass


def tb2() -> int:
    return 1 if nb else 2  # err: bool-node


nb == True  # err: eq-node
len(nli)  # err: len-node
nli[ns]  # err: getitem
nd[ni]  # err: getitem
ni[0]  # err: getitem
rec().q  # err: node-attr


async def aw() -> None:
    await ni  # err: await-node


gather(1, 2)  # err: gather
x3: Node[tuple[int, int]] = gather(ni, ns)  # err: gather
two_of(gather(ns, ni))  # err: gather
gather([1, 2])  # err: gather-list
fan_out(g, const(["a"]))  # err: fan_out
fan_out(h, mk(3))  # err: fan_out-missing
fan_out(f, mk(3), nope=1)  # err: fan_out-extra
fan_out(f, ni)  # err: fan_out
f.map([ns])  # err: step.map
cond(ni, ni, ns)  # err: cond-test
cond(ni.output > 1, ni, ns)  # err: cond-test
x4: Node[int] = cond(nb, ni, ns)  # err: cond-result
switch(ns, {1: ni})  # err: switch-key
x5: Node[int] = switch(ns, {"a": ni}, default=ns)  # err: switch-result
match(color()).case("nope", ni)  # err: match-key
pipe.run(x="no")  # err: flow.run
pipe.run(x=1, nope=2)  # err: flow.run
pipe.run()  # err: flow.run
pipe2.run("a", "b")  # err: flow.run
pipe(ns)  # err: flow-call
x6: str = pipe.run(1)  # err: flow.run-result
run(1)  # err: run
x7: int = run(ns)  # err: run-result
submit(f)  # err: submit
ni.result()  # err: node-result
lst >> mk  # err: compose
hof(g, ni)  # err: hof
hof(h, ni)  # err: hof
step(3)  # err: step-arg


@flow  # err: flow-not-node
def notwired(x: int) -> int:
    return x
