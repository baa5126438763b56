"""A service that triages support messages, as a program of its size would be written: mixed steps, models and routes.

Messages are parsed, read by models that share their features, routed by kind and by confidence, answered, and
summed up. It is checked by every type checker as it stands, and once with each of its wires cut.
"""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from dataflow import (
    In,
    Node,
    Pipeline,
    Retry,
    Step,
    Threads,
    bind,
    cond,
    const,
    expand,
    fan_out,
    flow,
    fold,
    gather,
    iterate,
    match,
    recover,
    run,
    step,
    switch,
    unpack,
)

Language = Literal["de", "en", "fr"]
Vector = tuple[float, ...]


class Kind(enum.Enum):
    """What a message is about."""

    BILLING = "billing"
    OUTAGE = "outage"
    OTHER = "other"


@dataclass(frozen=True)
class Message:
    """A message as it comes in."""

    number: int
    sender: str
    text: str


class Score(NamedTuple):
    """What a model thinks: a kind, and how sure it is, from 0 to 1."""

    kind: Kind
    confidence: float


@dataclass(frozen=True)
class Answer:
    """What is sent back."""

    to: str
    text: str
    urgent: bool = False


class Summary(NamedTuple):
    """How many messages were answered, and how many of them are urgent."""

    answered: int
    urgent: int


class UnreadableError(ValueError):
    """A message that cannot be parsed."""


# Plain steps.


@step
def parse(line: str) -> Message:
    number, sender, text = line.split("|")
    return Message(int(number), sender.strip(), text.strip())


@step
def text_of(message: Message) -> str:
    return message.text


@step
def sender_of(message: Message) -> str:
    return message.sender


@step
def words(text: str, *, shortest: int = 1) -> list[str]:
    return [word for word in text.lower().split() if len(word) >= shortest]


@step(pure=True)
def language(found: list[str]) -> Language:
    if "und" in found:
        return "de"
    return "fr" if "et" in found else "en"


@step
def features(found: list[str], weight: float = 1.0) -> Vector:
    return (weight * len(found), weight * sum(map(len, found)))


@step
def doubled(vector: Vector) -> Vector:
    return tuple(2 * value for value in vector)


@step
def long_enough(vector: Vector) -> bool:
    return sum(vector) > 40


@step
def best(*scores: Score) -> Score:
    return max(scores, key=lambda score: score.confidence)


@step
def kind_of(score: Score) -> Kind:
    return score.kind


@step
def sure(score: Score, threshold: float) -> bool:
    return score.confidence >= threshold


@step
def tally(summary: Summary, answer: Answer) -> Summary:
    return Summary(summary.answered + 1, summary.urgent + answer.urgent)


@step
def apology(error: UnreadableError) -> Answer:
    return Answer("nobody", f"could not read: {error}")


@step
def checked(line: str) -> str:
    if line.count("|") != 2:
        raise UnreadableError(line)
    return line


@step
def by_sender(answers: list[Answer]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for answer in answers:
        found.setdefault(answer.to, []).append(answer.text)
    return found


@step
def letters(found: dict[str, list[str]], *, sign: str) -> list[str]:
    return [f"{to}: {'; '.join(texts)} {sign}" for to, texts in sorted(found.items())]


@step(retries=Retry(times=2, on=ConnectionError), timeout=5.0)
async def look_up(sender: str) -> str:
    await asyncio.sleep(0)
    return sender.title()


@step(name="reply", placement="driver")
def reply(to: str, text: str, urgent: bool = False) -> Answer:
    return Answer(to, text, urgent)


# Models: constructed once for each replica.


class KeywordModel:
    """Looks for a word."""

    def __init__(self, kind: Kind, *known: str) -> None:
        self.kind, self.known = kind, known

    def __call__(self, found: list[str], vector: Vector) -> Score:
        hits = sum(word in self.known for word in found)
        return Score(self.kind, min(1.0, hits / 2 + 0.001 * vector[0]))


class SlowModel:
    """Takes more time, and is surer."""

    def __init__(self, bias: float = 0.5) -> None:
        self.bias = bias

    async def __call__(self, message: Message, vector: Vector) -> Score:
        await asyncio.sleep(0)
        return Score(Kind.OTHER if "?" not in message.text else Kind.OUTAGE, self.bias + 0.01 * len(vector))


class Translator:
    """Puts a fixed phrase into a language."""

    def __init__(self, phrases: dict[str, str]) -> None:
        self.phrases = phrases

    def __call__(self, text: str, into: Language = "en") -> str:
        return f"[{into}] {self.phrases.get(text, text)}"


translator = bind(Translator, {"thanks": "thank you"})
billing_model = bind(KeywordModel, Kind.BILLING, "invoice", "refund")
outage_model = step(KeywordModel, max_concurrency=2)(Kind.OUTAGE, "down", "broken")
second_opinion = bind(SlowModel, bias=0.75).options(replicas=2)

# Flows.


@flow
def read(message: In[Message]) -> tuple[Node[list[str]], Node[Vector]]:
    found = words(text_of(message), shortest=2)
    vector = features(found, 0.5)
    return found, iterate(doubled, vector, until=long_enough, limit=20)


@flow
def classified(message: In[Message], threshold: In[float] = 0.6) -> Node[Score]:
    found, vector = unpack(read(message))
    votes = [model(found, vector) for model in (billing_model, outage_model)]
    first = best(*votes)
    return cond(sure(first, threshold), first, second_opinion(message, vector))


@flow
def answered(message: In[Message], urgent: In[bool] = False) -> Node[Answer]:
    kind = kind_of(classified(message))
    tongue = language(words(text_of(message)))
    to = look_up(sender_of(message))
    text = (
        match(kind)
        .case(Kind.BILLING, translator(const("your invoice"), tongue))
        .case(Kind.OUTAGE, translator(const("we are on it"), tongue))
        .default(translator(const("thanks"), tongue))
    )
    return reply(to, text, urgent=cond(kind.map(lambda k: k is Kind.OUTAGE), const(True), urgent).output)


@flow
def safely(line: In[str]) -> Node[Answer]:
    return recover(answered(parse(checked(line))), apology, on=UnreadableError)


@flow
def greeting(tongue: In[Language], name: In[str]) -> Node[str]:
    plain = translator(name)
    return switch(tongue, {"de": translator(name, "de"), "fr": translator(name, "fr")}, default=plain)


@flow
def triage(lines: In[list[str]]) -> tuple[Node[list[str]], Node[Summary]]:
    answers = fan_out(safely, lines)
    summary = fold(tally, answers, Summary(0, 0))
    sent = letters(by_sender(answers), sign="-- the team")
    return sent, summary


def each_word(text: Node[str]) -> Node[list[int]]:
    return fan_out(lambda word: word.map(len), words(text))


def scored(model: Step[Callable[[list[str], Vector], Score]], text: Node[str]) -> Node[float]:
    found = words(text)
    return model(found, features(found)).map(lambda score: score.confidence)


@step
def total(sizes: Sequence[int]) -> int:
    return sum(sizes)


def grown(depth: Node[int]) -> Node[int]:
    return expand(depth, lambda n: total(gather([const(at) for at in range(n)])))


LINES = [
    "1|ada|my invoice is wrong, I want a refund of the invoice",
    "2|bob|the site is down and broken",
    "3|eve|hello und danke?",
    "not a message",
]


def serve(pipeline: Pipeline[..., tuple[list[str], Summary]]) -> list[str]:
    sent, summary = pipeline.call(LINES)
    assert summary == Summary(4, 2)
    futures = [pipeline.submit([line]) for line in LINES]
    assert [len(future.result()[0]) for future in futures] == [1, 1, 1, 1]
    streamed = list(pipeline.stream([LINES, LINES[:1]]))
    assert [counts.answered for _, counts in streamed] == [4, 1]
    return sent


def main() -> None:
    here = triage.run(LINES)
    there = triage.on(Threads(4)).run(LINES)
    assert here == there
    with triage.deploy(Threads(2), replicas={"SlowModel": 1}, max_in_flight=2) as pipeline:
        assert serve(pipeline) == here[0]
    assert run(each_word(const("a bc def"))) == [1, 2, 3]
    assert run(grown(const(4))) == 6
    assert run(scored(billing_model, const("refund the invoice"))) == 1.0
    assert greeting.run("de", "Eve") == "[de] Eve"
    score, size = run(classified(parse(LINES[0])), features(words(text_of(parse(LINES[0])))))
    assert score.kind is Kind.BILLING
    assert len(size) == 2


if __name__ == "__main__":
    main()
