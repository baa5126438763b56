"""Steps one after the other: as nested calls in a flow, or joined with >>."""

from dataflow import In, Node, flow, run, step


@step
def words(text: str) -> list[str]:
    return text.lower().split()


@step
def longest(found: list[str]) -> str:
    return max(found, key=len)


@step
def shout(word: str, marks: int = 1) -> str:
    return word.upper() + "!" * marks


@flow
def headline(text: In[str], marks: In[int] = 3) -> Node[str]:
    return shout(longest(words(text)), marks)


def main() -> None:
    text = "A flow is a function from nodes to a node"
    print(headline.run(text))
    print(headline.run(text, marks=1))
    joined = words >> longest >> shout
    print(run(joined(text)))


if __name__ == "__main__":
    main()
