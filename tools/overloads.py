"""Write the overload families of the public API, which Python's type system cannot say in one signature.

    python tools/overloads.py            rewrite the families in the modules
    python tools/overloads.py --check    exit with 1 if a module has another text

A step takes nodes where its function takes values, so `Step[Callable[[FirstT, SecondT], ResultT]]` is called with
`In[FirstT], In[SecondT]`. There is no map over parameter lists in Python's types, so there is an overload for each
number of parameters.

A family stands between two comments, `# overloads: <name>` and `# end of overloads`; what is between them is
replaced. `ruff format` lays it out, as it does the rest of the module.
"""

from __future__ import annotations

import argparse
import functools
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).parent.parent / "dataflow"
LIFTED: Final = 6
"""So many positional parameters of a step may be given as nodes; the rest go in by `node.output`."""
SHARED: Final = 3
"""So many further arguments of a fan-out may be given as nodes by position."""
TOGETHER: Final = 8
"""So many nodes are gathered, unpacked and run with a type each; more of them share one type."""
INDEXED: Final = 6
"""So many items of a tuple have a type each when a node of it is indexed; further ones are any of its items."""

ORDINALS: Final = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth")
REGION: Final = re.compile(r"^(?P<indent> *)# overloads: (?P<name>.+)\n(?:.*\n)*?(?P=indent)# end of overloads\n", re.M)


def names(count: int) -> list[str]:
    """The type variables of so many parameters.

    >>> names(3)
    ['FirstT', 'SecondT', 'ThirdT']
    """
    return [f"{ordinal}T" for ordinal in ORDINALS[:count]]


def joined(types: Sequence[str], wrap: str = "{}") -> str:
    """The type variables as a list, each in a form.

    >>> joined(["FirstT", "SecondT"], "Node[{}]")
    'Node[FirstT], Node[SecondT]'
    """
    return ", ".join(wrap.format(one) for one in types)


def parameters(types: Sequence[str], wrap: str) -> list[str]:
    """A positional parameter for each type variable.

    >>> parameters(["FirstT", "SecondT"], "In[{}]")
    ['first: In[FirstT]', 'second: In[SecondT]', '/']
    """
    return [f"{one.removesuffix('T').lower()}: {wrap.format(one)}" for one in types] + ["/"]


def overload(name: str, takes: Sequence[str], gives: str) -> str:
    """One overload.

    >>> print(overload("half", ["x: float", "/"], "float"))
    @overload
    def half(x: float, /) -> float: ...
    <BLANKLINE>
    """
    return f"@overload\ndef {name}({', '.join(takes)}) -> {gives}: ...\n"


def variadic(params: str) -> list[str]:
    """The parameters that a parameter specification stands for.

    >>> variadic("RestP")
    ['*args: RestP.args', '**kwargs: RestP.kwargs']
    """
    return [f"*args: {params}.args", f"**kwargs: {params}.kwargs"]


def method(owner: str, name: str, gives: str, *, result: str = "ResultT", declared: str = "{}") -> Iterator[str]:
    """A call of an object that stands for a whole callable: `self: Step[Callable[[FirstT, SecondT], ResultT]]`.

    For each number of parameters, that many of them are lifted; the others may follow by name (with `Concatenate`,
    which not every checker lets take `*args`, so without it too). Last comes the call whose arguments all have the
    types that the function says, by position or name: were it first, it would take a node for a type variable.

    Args:
        owner: the generic class.
        name: of the method.
        gives: its result.
        result: what the function returns.
        declared: how the function declares a lifted parameter, for its type.
    """

    def one(signature: str, takes: Sequence[str]) -> str:
        return overload(name, [f"self: {owner}[Callable[{signature}, {result}]]", *takes], gives)

    for count in range(1, LIFTED + 1):
        types = names(count)
        wrapped, lifted = joined(types, declared), parameters(types, "In[{}]")
        if count > 1:
            yield one(f"[{wrapped}]", lifted)
        yield one(f"Concatenate[{wrapped}, RestP]", [*lifted, *variadic("RestP")])
    yield one("ParamsP", ["/", *variadic("ParamsP")])


CONTAINERS: Final = (
    ("list[ItemT]", "list[Node[ItemT]]"),
    ("list[ItemT]", "list[In[ItemT]]"),
    ("Sequence[ItemT]", "Sequence[Node[ItemT]]"),
    ("dict[KeyT, ItemT]", "dict[KeyT, Node[ItemT]]"),
    ("dict[KeyT, ItemT]", "dict[KeyT, In[ItemT]]"),
    ("tuple[FirstT, SecondT]", "tuple[Node[FirstT], In[SecondT]]"),
    ("tuple[FirstT, SecondT]", "tuple[In[FirstT], Node[SecondT]]"),
)
"""What a step's first parameter may take, and what may be given for it instead.

A list of nodes is no list of nodes and values, and mypy and zuban look for no second type in a union. What could be
given as values alone, such as any sequence, has to hold a node: pyrefly would take every step for a function of it.
"""


def holding(types: Sequence[str], at: int, containers: Sequence[tuple[str, str]]) -> Iterator[str]:
    """A step's call with nodes inside a container, among lifted parameters.

    Args:
        types: of the lifted parameters.
        at: the place of the container among them.
        containers: what the function takes, and what is given.
    """
    for taken, given in containers:
        function = f"Callable[Concatenate[{joined([*types[:at], taken, *types[at:]])}, RestP], ResultT]"
        lifted = parameters(types, "In[{}]")
        takes = [f"self: Step[{function}]", *lifted[:at], f"items: {given}", *lifted[at:], *variadic("RestP")]
        yield overload("__call__", takes, "Node[ResultT]")


def step_call() -> Iterator[str]:
    """Step.__call__: a node where the function takes a value, and nodes inside the first two arguments.

    Two nodes come first: pyright would take the second of them for a value of a type variable.
    """
    nodes = parameters(names(2), "Node[{}]")
    yield overload("__call__", ["self: Step[Callable[[FirstT, SecondT], ResultT]]", *nodes], "Node[ResultT]")
    *lifted, exact = method("Step", "__call__", "Node[ResultT]")
    yield from lifted
    yield from holding([], 0, CONTAINERS)
    for at in (0, 1):
        yield from holding(["FirstT"], at, CONTAINERS[:2])
    yield exact


def flow_run() -> Iterator[str]:
    """Flow.run: values, also where the function declares `Node[FirstT]`."""
    return method("Flow", "run", "ResultT", result="Node[ResultT]", declared="Node[{}]")


def flow_submit() -> Iterator[str]:
    """Flow.submit: as Flow.run, for the future."""
    return method("Flow", "submit", "Future[ResultT]", result="Node[ResultT]", declared="Node[{}]")


def flow_stream() -> Iterator[str]:
    """Flow.stream: items of the first parameter, which is declared as a node (or either) or as a value."""
    for declared in ("Node[ItemT]", "ItemT"):
        owner = f"self: Flow[Callable[Concatenate[{declared}, RestP], Node[ResultT]]]"
        yield overload("stream", [owner, "xs: Iterable[ItemT]", "/", *variadic("RestP")], "Iterator[ResultT]")


ITEMS: Final = "xs: Node[Iterable[ItemT]] | Iterable[In[ItemT]]"
NODES: Final = "xs: Node[Iterable[ItemT]] | Iterable[Node[ItemT]]"


def shared(name: str, body: str) -> Iterator[str]:
    """A step for each item: nodes are taken for the first of the further arguments, too, as in `method`.

    Args:
        name: of the function.
        body: the parameter of the step, for the function that it holds.
    """

    def one(signature: str, takes: Sequence[str]) -> str:
        step = body.format(f"Callable[{signature}, ResultT]")
        return overload(name, [step, ITEMS, *takes], "Node[list[ResultT]]")

    for types in map(names, range(1, SHARED + 1)):
        taken, lifted = joined(["ItemT", *types]), parameters(types, "In[{}]")
        yield one(f"[{taken}]", lifted)
        yield one(f"Concatenate[{taken}, RestP]", [*lifted, *variadic("RestP")])
    yield one("Concatenate[ItemT, RestP]", ["/", *variadic("RestP")])


def fan_out() -> Iterator[str]:
    """fan_out: of a step, of a flow, and of a function with or without further parameters."""
    yield from shared("fan_out", "body: StepBody[{}]")
    flow = "FlowBody[Callable[Concatenate[Node[ItemT], RestP], Node[ResultT]]]"
    plain = "Callable[[Node[ItemT]], Node[ResultT]]"
    yield overload("fan_out", [f"body: {plain}", NODES, "/"], "Node[list[ResultT]]")  # mypy cannot solve In[ItemT]
    for body, more in {
        flow: ["/", *variadic("RestP")],
        plain: ["/"],
        "FunctionBody[ItemT, [FirstT], ResultT] | Callable[[Node[ItemT], FirstT], Never]": ["first: FirstT", "/"],
        "FunctionBody[ItemT, Concatenate[FirstT, RestP], ResultT]": ["first: FirstT", "/", *variadic("RestP")],
        "FunctionBody[ItemT, RestP, ResultT] | Callable[Concatenate[Node[ItemT], RestP], Never]": [
            "/",
            *variadic("RestP"),
        ],
    }.items():
        yield overload("fan_out", [f"body: {body}", ITEMS, *more], "Node[list[ResultT]]")


def step_map() -> Iterator[str]:
    """Step.map: as fan_out of the step."""
    return shared("map", "self: Step[{}]")


def flow_made() -> Iterator[str]:
    """flow: the function as it is, or with the container of nodes that it returns as a node of the container."""
    yield overload("flow", ["fn: WiringT", "/"], "Flow[WiringT]")
    containers = [("list[Node[ItemT]]", "list[ItemT]"), ("dict[KeyT, Node[ItemT]]", "dict[KeyT, ItemT]")]
    for types in map(names, range(1, TOGETHER + 1)):
        containers.append((f"tuple[{joined(types, 'Node[{}]')}]", f"tuple[{joined(types)}]"))
    containers.append(("tuple[Node[ItemT], ...]", "tuple[ItemT, ...]"))
    for returned, value in containers:
        yield overload("flow", [f"fn: Callable[ParamsP, {returned}]", "/"], f"Flow[Callable[ParamsP, Node[{value}]]]")


def gather() -> Iterator[str]:
    """gather: a list, a dict, or a tuple of so many."""
    yield overload("gather", ["nodes: list[Node[ItemT]]", "/"], "Node[list[ItemT]]")
    yield overload("gather", ["nodes: dict[KeyT, Node[ItemT]]", "/"], "Node[dict[KeyT, ItemT]]")
    for types in map(names, range(1, TOGETHER + 1)):
        yield overload("gather", parameters(types, "Node[{}]"), f"Node[tuple[{joined(types)}]]")
    yield overload("gather", ["*nodes: Node[ItemT]"], "Node[tuple[ItemT, ...]]")


def unpack() -> Iterator[str]:
    """unpack: a tuple of so many; else the number has to be said, and the items share one type."""
    for count in range(1, TOGETHER + 1):
        types = names(count)
        takes = [f"node: Node[tuple[{joined(types)}]]", f"n: Literal[{count}] = {count}", "/"]
        yield overload("unpack", takes, f"tuple[{joined(types, 'Node[{}]')}]")
    yield overload("unpack", ["node: Node[Iterable[ItemT]]", "n: int", "/"], "tuple[Node[ItemT], ...]")


def switch() -> Iterator[str]:
    """switch: by a node, or by what may be one; nodes first, since mypy cannot solve `In[T]` for some."""
    for selector in ("Node[KeyT]", "In[KeyT]"):
        for case in ("Node[CaseT]", "In[CaseT]"):
            takes = [f"selector: {selector}", f"cases: ByKey[KeyT, {case}]", "/"]
            yield overload("switch", takes, "Node[CaseT]")
            for default in ("Node[DefaultT]", "In[DefaultT]"):
                yield overload("switch", [*takes, "*", f"default: {default}"], "Node[CaseT | DefaultT]")


def node_getitem() -> Iterator[str]:
    """Node.__getitem__: the first items of a tuple, its last ones, a slice, and an item of anything that has some."""
    rest = "*tuple[Any, ...]"
    firsts = {at: [*["Any"] * at, "ItemT", rest] for at in range(INDEXED)}
    lasts = {-at: [rest, "ItemT", *["Any"] * (at - 1)] for at in (1, 2)}
    for at, items in (firsts | lasts).items():
        takes = [f"self: Node[tuple[{', '.join(items)}]]", f"key: Literal[{at}]", "/"]
        yield overload("__getitem__", takes, "Node[ItemT]")
    for has, key in {"slice": "slice", "KeyT": "KeyT | Node[KeyT]"}.items():
        yield overload("__getitem__", [f"self: Valued[HasItems[{has}, ItemT]]", f"key: {key}", "/"], "Node[ItemT]")


def run() -> Iterator[str]:
    """run: a value, or a tuple of so many."""
    settings = ["executor: Executor = INLINE", "observe: Sequence[Observer] = ()"]
    yield overload("run", ["node: Node[ValueT]", "/", "*", *settings], "ValueT")
    for types in map(names, range(2, TOGETHER + 1)):
        yield overload("run", [*parameters(types, "Node[{}]"), "*", *settings], f"tuple[{joined(types)}]")
    yield overload("run", ["*nodes: Node[ItemT]", *settings], "tuple[ItemT, ...]")


OPTIONS: Final = {
    "name": "str | None",
    "pure": "bool",
    "retries": "int | Retry",
    "timeout": "float | None",
    "placement": "Placement",
    "replicas": "int",
    "resources": "Resources",
    "batch": "Batch | None",
    "max_concurrency": "int",
}
"""The fields of `OptionChanges`: not every checker compares keywords with a typed dict, so they are spelled out."""


def options() -> list[str]:
    """The options as keywords.

    >>> options()[:3]
    ['*', 'name: str | None = ...', 'pure: bool = ...']
    """
    return ["*", *[f"{name}: {of} = ..." for name, of in OPTIONS.items()]]


def step_made() -> Iterator[str]:
    """step: a class step of a class, the awaited function of a coroutine function, or the function as it is."""
    made = {
        "fn: ClassT": "ClassStep[ClassT]",
        "fn: Callable[ParamsP, Coroutine[Any, Any, ResultT]]": "Step[Callable[ParamsP, ResultT]]",
        "fn: FunctionT": "Step[FunctionT]",
    }
    for takes, gives in made.items():
        yield overload("step", [takes, "/", *options()], gives)
    yield overload("step", ["fn: None = None", "/", *options()], "StepMaker")


def step_options() -> Iterator[str]:
    """Step.options: nothing, or some options."""
    yield overload("options", ["self"], "Step[FunctionT_co]")
    yield overload("options", ["self", *options()], "Step[FunctionT_co]")


def class_step_options() -> Iterator[str]:
    """ClassStep.options: nothing, or some options."""
    yield overload("options", ["self"], "ClassStep[ConstructorT_co]")
    yield overload("options", ["self", *options()], "ClassStep[ConstructorT_co]")


SETTINGS: Final = {
    "replicas": "Mapping[str, int] | None",
    "options": "Mapping[str, OptionChanges] | None",
    "max_in_flight": "int",
    "observe": "Sequence[Observer]",
    "passes": "Sequence[Callable[[Any], Any]]",
}
"""The fields of `DeploySettings`, spelled out as the options are."""


def node_deploy() -> Iterator[str]:
    """Node.deploy: an executor alone, or with settings."""
    takes = ["self", "executor: Deployer | None = None"]
    settings = ["*", *[f"{name}: {of} = ..." for name, of in SETTINGS.items()]]
    yield overload("deploy", takes, "Pipeline[..., ValueT_co]")
    yield overload("deploy", [*takes, *settings], "Pipeline[..., ValueT_co]")


FAMILIES: Final[dict[str, Callable[[], Iterator[str]]]] = {
    "Step.__call__": step_call,
    "Step.map": step_map,
    "Step.options": step_options,
    "ClassStep.options": class_step_options,
    "step": step_made,
    "Node.__getitem__": node_getitem,
    "Node.deploy": node_deploy,
    "Flow.run": flow_run,
    "Flow.submit": flow_submit,
    "Flow.stream": flow_stream,
    "flow": flow_made,
    "fan_out": fan_out,
    "gather": gather,
    "unpack": unpack,
    "switch": switch,
    "run": run,
}


def formatted(text: str) -> str:
    """A text as the formatter lays it out."""
    command = [sys.executable, "-m", "ruff", "format", f"--config={PACKAGE.parent / 'pyproject.toml'}", "-"]
    return subprocess.run(command, input=text, stdout=subprocess.PIPE, text=True, check=True).stdout


@functools.cache
def family(name: str, indent: str) -> str:
    """A family, laid out for a module, or for a class of it.

    Raises:
        KeyError: there is no family of this name.

    >>> family("gather", "").splitlines()[1]
    'def gather(nodes: list[Node[ItemT]], /) -> Node[list[ItemT]]: ...'
    """
    scope = "class Owner:\n" if indent else ""
    return formatted(scope + textwrap.indent("".join(FAMILIES[name]()), indent)).removeprefix(scope)


def rewritten(text: str) -> str:
    """A module's text with its families as they should be.

    Raises:
        KeyError: the text asks for a family that there is not.
    """

    def region(found: re.Match[str]) -> str:
        indent, name = found["indent"], found["name"]
        return f"{indent}# overloads: {name}\n{family(name, indent)}{indent}# end of overloads\n"

    return REGION.sub(region, text)


def stale(package: Path) -> dict[Path, str]:
    """The modules whose families are not as they should be, each with the text that it should have.

    Raises:
        LookupError: a family stands nowhere.
    """
    texts = {path: path.read_text() for path in sorted(package.rglob("*.py"))}
    placed = {found["name"] for text in texts.values() for found in REGION.finditer(text)}
    if missing := FAMILIES.keys() - placed:
        raise LookupError(f"no module has the comments of these overloads: {', '.join(sorted(missing))}")
    return {path: new for path, old in texts.items() if (new := rewritten(old)) != old}


def main(arguments: Sequence[str], package: Path = PACKAGE) -> int:
    """Rewrite the modules, or check them; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 if something would change")
    check = parser.parse_args(arguments).check
    changes = stale(package)
    for path, text in changes.items():
        if check:
            print(f"the overloads in {path} are not up to date; run python tools/overloads.py", file=sys.stderr)
        else:
            path.write_text(text)
            print(f"rewrote the overloads in {path}")
    return int(check and bool(changes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
