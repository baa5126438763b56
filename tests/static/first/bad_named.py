"""Such lines about nodes by name, and about generic and overloaded steps. Each tagged line is wrong."""

# ruff: noqa: B018, E712, F841, PLR2004, RET503  # wrong lines are wrong on purpose

from __future__ import annotations

from good import f, nf, ni, nli, ns, pipe2
from good_named import firstg, ov

firstg(ni)  # err: generic
firstg(nli, d=ns)  # err: generic
firstg()  # err: generic
ov(ni, b=ni)  # err: overloaded
ov(nf)  # err: overloaded
f(ni, nope=ns)  # err: unknown-kw-node
f(ni, b=ni)  # err: wrong-node-kw
pipe2.run(x=1, y=2)  # err: flow.run-kw
