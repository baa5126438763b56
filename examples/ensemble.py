"""Two models on one input: what they share is computed once, and they may run at the same time."""

from collections import Counter
from typing import TypeAlias

from dataflow import In, Node, Threads, bind, flow, step
from dataflow.progress import Progress

Scores: TypeAlias = dict[str, float]
SAMPLES = {
    "English": "the quick brown fox jumps over the lazy dog and runs off with all that it could carry",
    "German": "der schnelle braune fuchs springt über den faulen hund und rennt mit allem davon was er kann",
    "French": "le rapide renard brun saute par dessus le chien paresseux et part avec tout ce qu'il peut",
}


@step
def clean(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalpha() or letter == " ")


class Likeness:
    """Says how much a text is like each sample, by the pieces of it that they have in common."""

    def __init__(self, by_word: bool) -> None:
        self.pieces = str.split if by_word else list[str]
        self.samples = {language: Counter(self.pieces(sample)) for language, sample in SAMPLES.items()}

    def __call__(self, text: str) -> Scores:
        found = Counter(self.pieces(text))
        return {language: (found & sample).total() / found.total() for language, sample in self.samples.items()}


@step
def combine(letters: Scores, words: Scores) -> str:
    return max(letters, key=lambda language: letters[language] + 2 * words[language])


@flow
def language(text: In[str]) -> Node[str]:
    cleaned = clean(text)
    return combine(bind(Likeness, by_word=False)(cleaned), bind(Likeness, by_word=True)(cleaned))


def main() -> None:
    calls = Progress()
    for text in ("The dog and the fox", "Der Hund und der Fuchs", "Le chien et le renard"):
        print(language.on(Threads(2), observe=[calls]).run(text))
    print(calls.counts)


if __name__ == "__main__":
    main()
