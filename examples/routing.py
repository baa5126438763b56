"""Business rules as routes: a value decides which branch runs, and the other branches do not run at all."""

from typing import Literal, NamedTuple, TypeAlias

from dataflow import In, Node, cond, const, flow, recover, step, switch

Topic: TypeAlias = Literal["refund", "fault", "other"]


class Ticket(NamedTuple):
    """What a customer wrote, and what the order was worth."""

    text: str
    worth: str


@step
def topic(ticket: Ticket) -> Topic:
    if "money back" in ticket.text:
        return "refund"
    return "fault" if "broken" in ticket.text else "other"


@step
def amount(ticket: Ticket) -> float:
    return float(ticket.worth)


@step
def small(worth: float, limit: float) -> bool:
    return worth <= limit


@step
def refund(worth: float) -> str:
    return f"refund {worth:.2f} at once"


@step
def ask(person: str, reason: object) -> str:
    return f"ask {person}: {reason}"


@flow
def answer(ticket: In[Ticket], limit: In[float] = 50.0) -> Node[str]:
    worth = amount(ticket)
    refunded = cond(small(worth, limit), refund(worth), ask("a manager", worth))
    checked = recover(refunded, lambda error: ask("an accountant", error), on=ValueError)
    repaired = ask("a technician", "it is broken")
    return switch(topic(ticket), {"refund": checked, "fault": repaired}, default=const("thank you"))


def main() -> None:
    for ticket in (
        Ticket("I want my money back", "12.50"),
        Ticket("I want my money back", "990"),
        Ticket("I want my money back", "unknown"),
        Ticket("it is broken", "unknown"),
        Ticket("great!", "unknown"),
    ):
        print(answer.run(ticket))


if __name__ == "__main__":
    main()
