"""Count words in parallel: one call for each page, then the counts two by two."""

from collections import Counter

from dataflow import In, Node, Threads, fan_out, flow, fold, step

BOOK = """\
A step is a function. A node is a value that is not there yet.

A flow makes nodes out of nodes. A graph is what a flow has made.

A graph runs here, or there. A value is the same here and there."""


@step
def pages(book: str) -> list[str]:
    return book.split("\n\n")


@step
def count(page: str) -> Counter[str]:
    return Counter("".join(letter for letter in page.lower() if letter.isalpha() or letter.isspace()).split())


@step
def merge(some: Counter[str], more: Counter[str]) -> Counter[str]:
    return some + more


@flow
def word_count(book: In[str]) -> Node[Counter[str]]:
    return fold(merge, fan_out(count, pages(book)), Counter())


def main() -> None:
    counts = word_count.on(Threads(4)).run(BOOK)
    for word, times in counts.most_common(5):
        print(times, word)


if __name__ == "__main__":
    main()
