"""A graph that grows: what a part is made of is known only when it has been looked up, and so on down."""

from typing import NamedTuple

from dataflow import Node, Threads, expand, gather, run, step


class Part(NamedTuple):
    """What a part costs to put together, and how many of which parts it is made of."""

    work: int
    made_of: dict[str, int]


CATALOGUE = {
    "bicycle": Part(40, {"frame": 1, "wheel": 2}),
    "wheel": Part(15, {"rim": 1, "spoke": 32}),
    "frame": Part(120, {}),
    "rim": Part(20, {}),
    "spoke": Part(1, {}),
}


@step
def look_up(name: str) -> Part:
    return CATALOGUE[name]


@step
def add_up(part: Part, costs: list[int]) -> int:
    return part.work + sum(number * cost for number, cost in zip(part.made_of.values(), costs, strict=True))


def cost(name: str) -> Node[int]:
    """What a part costs, all that it is made of included."""
    return expand(look_up(name), lambda part: add_up(part, gather([cost(inner) for inner in part.made_of])))


def main() -> None:
    print(run(cost("wheel")))
    print(run(cost("bicycle"), executor=Threads(2)))


if __name__ == "__main__":
    main()
