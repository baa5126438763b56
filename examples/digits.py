"""The main job: read handwritten digits by the vote of three models, and ask a fourth where they disagree.

    python examples/digits.py [--executor inline|threads|ray|all] [--rounds 3]

The data are the 1,797 real images that scikit-learn carries: the first half trains the models, the others are read.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from dataflow import In, Inline, Node, Ray, Threads, bind, cond, fan_out, flow, gather, step
from dataflow.executors.base import Executor
from dataflow.progress import Progress

Array: TypeAlias = NDArray[Any]

DATA = load_digits()
IMAGES: Array = DATA.images
DIGITS: Array = DATA.target
HALF = len(IMAGES) // 2

MODELS: dict[str, Callable[[], Any]] = {
    "linear": LinearDiscriminantAnalysis,
    "bayes": lambda: GaussianNB(var_smoothing=0.01),
    "tree": lambda: DecisionTreeClassifier(random_state=0),
}

# --- the flow -------------------------------------------------------------------------------------------------------


class Reading(NamedTuple):
    """What an image is read as, what each model voted, and whether a second opinion was asked."""

    digit: int
    votes: list[int]
    asked: bool


@step
def preprocess(image: Array) -> Array:
    """8 x 8 grey levels from 0 to 16, as 64 features from 0 to 1."""
    return image.ravel() / 16


class Reader:
    """A model; it is fitted when it is constructed: at deploy, and once."""

    def __init__(self, name: str) -> None:
        self.model = MODELS[name]().fit(features(IMAGES[:HALF]), DIGITS[:HALF])

    def __call__(self, image: Array) -> int:
        return int(self.model.predict(image[np.newaxis])[0])


class SecondOpinion(Reader):
    """A better and slower model, which has also seen each training image nudged by a pixel in four directions."""

    def __init__(self) -> None:
        padded = np.pad(IMAGES[:HALF], ((0, 0), (1, 1), (1, 1)))
        nudged = [padded[:, y : y + 8, x : x + 8] for y, x in ((1, 1), (0, 1), (2, 1), (1, 0), (1, 2))]
        self.model = SVC(C=10).fit(features(np.concatenate(nudged)), np.tile(DIGITS[:HALF], len(nudged)))


@step
def unanimous(votes: list[int]) -> bool:
    return len(set(votes)) == 1


@step
def agreed(votes: list[int]) -> Reading:
    return Reading(votes[0], votes, asked=False)


@step
def decided(votes: list[int], opinion: int) -> Reading:
    return Reading(opinion, votes, asked=True)


readers = [bind(Reader, name).options(name=name) for name in MODELS]
second_opinion = bind(SecondOpinion)


@flow
def read(image: In[Array]) -> Node[Reading]:
    """Three votes on one image; where they are split, and only there, the second opinion decides."""
    features = preprocess(image)
    votes = gather([reader(features) for reader in readers])
    return cond(unanimous(votes), agreed(votes), decided(votes, second_opinion(features)))


@flow
def read_all(images: In[list[Array]]) -> Node[list[Reading]]:
    """Each image on its own."""
    return fan_out(read, images)


# --- the job --------------------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the images and report; then read them again, by hand and on each executor, and compare."""
    executors, rounds = options(arguments)
    images = list(IMAGES[HALF:])
    print(f"{read_all.graph}\n\ndrawn in {drawn()}\n")

    with Progress("preprocess", total=len(images)) as progress:
        readings = read_all.on(executors[0], observe=[progress]).run(images)
    report(readings, DIGITS[HALF:].tolist())

    compare("by hand", by_hand(), images, readings, rounds)
    for executor in executors:
        with read_all.deploy(executor) as pipeline:
            compare(repr(executor), pipeline.call, images, readings, rounds)


def report(readings: Sequence[Reading], digits: Sequence[int]) -> None:
    """Print how much each model and the ensemble read right, and how many images took each route."""
    for at, name in enumerate(MODELS):
        print(f"{right((reading.votes[at] for reading in readings), digits):10.1%}  right by {name}")
    print(f"{right((reading.digit for reading in readings), digits):10.1%}  right by the ensemble")
    asked = Counter(reading.asked for reading in readings)
    print(f"{asked[False]:10}  images read with one voice\n{asked[True]:10}  images given a second opinion")


def right(read_as: Iterable[int], digits: Iterable[int]) -> float:
    return statistics.mean(one == other for one, other in zip(read_as, digits, strict=True))


def compare(
    how: str, call: Callable[[list[Array]], list[Reading]], images: list[Array], expected: list[Reading], rounds: int
) -> None:
    """Check that a way to read the images gives what is expected, and print its median speed once it is warm."""
    times = []
    for _ in range(1 + rounds):
        begun = time.perf_counter()
        assert call(images) == expected, f"{how} gives something else"
        times.append(time.perf_counter() - begun)
    print(f"{len(images) / statistics.median(times[1:]):10,.0f}  images/s, the same answers: {how}")


def by_hand() -> Callable[[list[Array]], list[Reading]]:
    """What the flow computes, written out in plain Python."""
    models, second = [Reader(name) for name in MODELS], SecondOpinion()

    def read_one(image: Array) -> Reading:
        row = preprocess.fn(image)
        votes = [model(row) for model in models]
        return agreed.fn(votes) if unanimous.fn(votes) else decided.fn(votes, second(row))

    return lambda images: [read_one(image) for image in images]


def features(images: Array) -> Array:
    return np.stack([preprocess.fn(image) for image in images])


def drawn() -> Path:
    """A file with a drawing of the graph, which GitHub and many editors show."""
    file = Path("out/digits.mmd")
    file.parent.mkdir(exist_ok=True)
    file.write_text(read_all.graph.to_mermaid())
    return file


def options(arguments: Sequence[str] | None) -> tuple[Sequence[Executor], int]:
    """The executors and the number of timed rounds that the command line asks for."""
    threads = [Threads(2), Threads(8)]
    choices: dict[str, list[Executor]] = {
        "inline": [Inline()],
        "threads": [*threads],
        "ray": [Ray()],
        "all": [Inline(), *threads],
    }
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--executor", choices=choices, default="all")
    parser.add_argument("--rounds", type=int, default=3, help="timed calls in each comparison")
    chosen = parser.parse_args(arguments)
    return choices[chosen.executor], chosen.rounds


if __name__ == "__main__":
    main()
