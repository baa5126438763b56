"""A class as a step: what is slow to load is loaded when the flow is deployed, once, and then called many times."""

from collections.abc import Sequence
from difflib import get_close_matches

from dataflow import In, Node, bind, flow


class Speller:
    """Knows the words that it was given, and corrects others to the nearest of them."""

    def __init__(self, known: Sequence[str]) -> None:
        print(f"learning {len(known)} words")
        self.known = known

    def __call__(self, word: str) -> str:
        return next(iter(get_close_matches(word, self.known, 1)), word)


speller = bind(Speller, ("graph", "node", "pipeline", "step"))


@flow
def correct(word: In[str]) -> Node[str]:
    return speller(word)


def main() -> None:
    print("deploying")
    with correct.deploy() as pipeline:
        print("calling")
        for corrected in pipeline.stream(["grahp", "pipline", "stepp", "zebra"]):
            print(corrected)


if __name__ == "__main__":
    main()
