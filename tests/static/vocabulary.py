"""The steps and nodes that the good and the bad lines are about."""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypedDict, TypeVar, overload

from typing_extensions import Unpack

from dataflow import In, Node, Resources, Retry, Step, flow, gather, step, unpack

T = TypeVar("T")


class Image:
    """Something that is not a plain value."""


class Label:
    """What a model makes of an image."""


class Point(NamedTuple):
    """A named tuple."""

    x: int
    name: str


class Size(enum.Enum):
    """How large something is."""

    SMALL = 1
    LARGE = 2


class Row(TypedDict):
    """A typed dict."""

    x: int
    name: str


@step
def score(a: int, b: str = "x", *, flag: bool = False) -> float:
    return a + len(b) + flag


@step
def show(x: float) -> str:
    return str(x)


@step
def three(a: int, b: str, c: float) -> int:
    return a


@step
def total(a: int, *rest: int) -> int:
    return a + sum(rest)


@step
def tagged(a: int, **tags: str) -> int:
    return a + len(tags)


@step
def loose(x: Any) -> Any:
    return x


@step
def strung(*parts: int, sep: str = ",") -> str:
    return sep.join(map(str, parts))


@step
def named(*, p: int, q: str = "") -> int:
    return p


@step
def maybe(a: int | None) -> int:
    return a or 0


@step
def loud(text: str) -> str:
    return text.upper()


@step
def plus(a: int, b: int) -> int:
    return a + b


@step
def third(x: float) -> float:
    return x / 3


@step
def larger(best: int | None, x: int) -> int | None:
    return x if best is None else max(best, x)


@step
def put(xs: list[float], x: float) -> list[float]:
    return [*xs, x]


@step
def added(xs: list[int]) -> int:
    return sum(xs)


@step
def merged(of: dict[str, int]) -> int:
    return len(of)


@step
def head_of(xs: Sequence[T]) -> T:
    return xs[0]


@step
def alike(a: T, b: T) -> T:
    return a


@step
def one() -> int:
    return 1


@step
def shown(xs: list[int]) -> list[str]:
    return [str(x) for x in xs]


@step
async def fetch(a: int, b: str = "x") -> float:
    return float(a)


@step
def forget(a: int) -> None:
    return None


@step(name="tuned", retries=Retry(times=3, on=OSError), timeout=2.5, resources=Resources(num_cpus=2), max_concurrency=4)
def tuned(a: int, b: str = "x") -> float:
    return a + len(b)


@step(retries=2, placement="driver", pure=True)
async def tuned_fetch(a: int) -> float:
    return float(a)


@step
def split(a: int) -> tuple[int, str]:
    return a, str(a)


@step
def joined(pair: tuple[int, str]) -> bool:
    return len(pair) == 2


@step
def several(n: int) -> tuple[int, ...]:
    return tuple(range(n))


@step
def upto(n: int) -> list[int]:
    return list(range(n))


@step
def six(a: int, b: int, c: int, d: int, e: int, g: int) -> int:
    return a + b + c + d + e + g


@step
def first(xs: list[T], default: int = 0) -> T:
    return xs[0]


@step
def mean(xs: Sequence[float], weight: float = 1.0) -> float:
    return weight * sum(xs) / len(xs)


@step
def picked(at: int, xs: list[int]) -> int:
    return xs[at]


@step
def weighed(x: int, by: dict[str, float]) -> float:
    return x * sum(by.values())


@step
def longer(best: list[int], xs: list[int]) -> list[int]:
    return max(best, xs, key=len)


@step
def flat(xss: list[list[int]]) -> list[int]:
    return [x for xs in xss for x in xs]


@step
def moved(at: tuple[int, str], x: int) -> tuple[int, str]:
    return at


@step
def priced(of: dict[str, float], tax: float = 0.0) -> float:
    return sum(of.values()) + tax


@step
def point() -> Point:
    return Point(1, "p")


@step
def row() -> Row:
    return {"x": 1, "name": "r"}


@step
def color() -> Literal["red", "green"]:
    return "red"


@step
def size() -> Size:
    return Size.LARGE


@step
def color_or_none() -> Literal["red"] | None:
    return None


@step
def table_of() -> dict[str, int]:
    return {"a": 1}


@step
def make_image() -> Image:
    return Image()


@step
def sources() -> tuple[int, str, bool, float]:
    return 1, "s", True, 1.5


@step
def double(x: int) -> int:
    return 2 * x


@step
def small(x: int) -> bool:
    return x < 100


@step
def add(a: float, b: int) -> float:
    return a + b


@step
def on_value(error: ValueError) -> str:
    return str(error)


@step
def on_any(error: Exception) -> str:
    return str(error)


@step
def on_two(error: ValueError | KeyError) -> str:
    return str(error)


class Model:
    """A class step, bound by `bind` or `step(Model)`."""

    def __init__(self, weights: str, k: int = 0) -> None:
        self.weights, self.k = weights, k

    def __call__(self, x: Image, t: float = 0.5) -> Label:
        return Label()


class AsyncModel:
    """A class step whose calls are awaited."""

    def __init__(self, weights: str) -> None:
        self.weights = weights

    async def __call__(self, x: Image, t: float = 0.5) -> Label:
        return Label()


class NotCallable:
    """No class step."""


class Host:
    """A step may be a method, or an attribute of an instance."""

    scorer: Step[Callable[[int], float]]

    def __init__(self, by: int) -> None:
        self.by, self.scorer = by, score

    @step
    def times(self, x: int) -> float:
        return x * self.by


@step
def train(n: int) -> Model:
    """A function that returns something callable is no class step."""
    return Model("trained", n)


ModelStep = step(Model)


async def later(x: int) -> str:
    return str(x)


def wired(x: Node[int]) -> Node[float]:
    return score(x)


def wired_with(x: Node[int], y: Node[str], *, k: int) -> Node[float]:
    return score(x, y) if k else score(x)


def wired_any(x: Node[T], y: Node[str]) -> Node[T]:
    return x


def wired_both(x: Node[int], y: Node[int], z: int = 3) -> Node[str]:
    return plus(x, y).map(str)


class Wiring:
    """A callable from node to node that has no name."""

    def __call__(self, x: Node[int], y: Node[str], z: int = 0) -> Node[float]:
        return score(x, y)


def applied(of: Callable[[Node[T]], Node[str]], x: Node[T]) -> Node[str]:
    return of(x)


def applied_to_two(of: Callable[[Node[int], Node[str]], Node[float]]) -> Node[float]:
    return of(number, text)


def plain(x: int) -> int:
    return x


def listed(x: In[int]) -> list[Node[int]]:
    return [double(x), double(x)]


@flow
def ensemble(x: In[int], y: In[str] = "a") -> Node[float]:
    return score(x, y)


@flow
def by_node(x: Node[int], y: Node[str]) -> Node[float]:
    return score(x, y)


@flow
def both(x: In[int]) -> tuple[Node[int], Node[float]]:
    return double(x), score(x)


many = flow(listed)


@flow
def keyed(x: In[int]) -> dict[str, Node[int]]:
    return {"double": double(x)}


@flow
def doubled(x: Node[T]) -> Node[tuple[T, T]]:
    return gather(x, x)


@flow
def newest_of(xs: Node[list[T]]) -> Node[T]:
    return xs[0]


@flow
def chosen_from(xs: In[list[int]], at: Node[int]) -> Node[int]:
    return picked(at, xs)


@flow
def twice(x: In[int]) -> Node[int]:
    return double(double(x))


@flow
def explained(error: In[Exception]) -> Node[str]:
    return on_any(error)


@flow
def wider(a: In[float], b: In[int]) -> Node[float]:
    return add(a, b)


@step
def same(x: T) -> T:
    return x


@step
def either(x: T | None, default: T) -> T:
    return default if x is None else x


@step
def pairup(x: T, *, y: T) -> tuple[T, T]:
    return x, y


@step
def every(*xs: T) -> list[T]:
    return list(xs)


@step
async def later_same(x: T) -> T:
    return x


@step
def newest(xs: list[T]) -> T:
    return xs[-1]


@overload
def twin(x: int) -> int: ...
@overload
def twin(x: str, times: int = 1) -> str: ...
def twin(x: int | str, times: int = 1) -> int | str:
    return x * (times + 1) if isinstance(x, str) else 2 * x


twins = step(twin)


class Settings(TypedDict, total=False):
    """Keywords."""

    width: int
    label: str


@step
def drawn(x: int, **settings: Unpack[Settings]) -> str:
    return f"{x}{settings}"


@step
def by_place(x: int, y: str = "", /, z: float = 0.0) -> int:
    return x


@step
def longest(rows: Mapping[str, Sequence[float]]) -> int:
    return max(map(len, rows.values()), default=0)


@step
def distinct(xs: set[int]) -> int:
    return len(xs)


@step
class Ranker:
    """A class step by decorator."""

    def __init__(self, weights: str, k: int = 0) -> None:
        self.weights, self.k = weights, k

    def __call__(self, x: int, *, top: float = 0.5) -> str:
        return f"{x}{top}"


@step(replicas=2)
class AsyncRanker:
    """A class step by decorator, whose calls are awaited."""

    def __init__(self, weights: str) -> None:
        self.weights = weights

    async def __call__(self, x: int) -> str:
        return str(x)


number, text, flag, ratio = unpack(sources())
numbers, pair, table, image = upto(2), split(1), table_of(), make_image()
pairs = gather([split(1), split(2)])
host = Host(3)
tail = step(functools.partial(score.fn, 1, flag=True), name="tail")
wired_once = functools.partial(wired_with, k=1)
