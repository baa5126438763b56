"""The wires whose ends do not agree, each as a line of text that names both."""

from __future__ import annotations

from collections.abc import Callable

from dataflow.agreement.compare import refuses
from dataflow.agreement.known import Known, culprit
from dataflow.agreement.terms import Arrow, Term
from dataflow.agreement.texts import both, shown
from dataflow.place import Place, text


class Wires:
    """Compares the ends of wires, and keeps a line for each that does not agree."""

    def __init__(self) -> None:
        self._found: dict[str, None] = {}

    @property
    def found(self) -> tuple[str, ...]:
        """The lines, each once, in the order of the graph."""
        return tuple(self._found)

    def wire(self, given: Known, wanted: Term, target: Callable[[], str], place: Place) -> None:
        """Compare what is given with what is wanted.

        Args:
            given: the value that is passed on.
            wanted: what its target takes.
            target: what takes it, with a verb: "argument 'x' of step 'half' takes".
            place: the line that wires them, if it is to be named.
        """
        if not refuses(wanted, given.term):
            return
        source, part = culprit(given, wanted)
        gives, takes = both(source.term, part)
        line = f"{source} is given" if source.literal else f"{source} gives {gives}"
        line += f", a {gives}" if source.literal and isinstance(source.term, Arrow) else ""
        what = takes if part == wanted else f"{shown(wanted)}, and there {takes}"
        self._keep(f"{line}, but {target()} {what}", place)

    def refuse(self, given: Known, why: str, place: Place) -> None:
        """Keep a line about a value for a reason other than the type that is wanted."""
        line = f"{given} is given" if given.literal else f"{given} gives {shown(given.term)}"
        self._keep(f"{line}, but {why}", place)

    def lacks(self, given: Known, why: str | None, place: Place) -> None:
        """Keep a line about what is taken from a value, if it certainly has not got it."""
        if why is not None:
            self.refuse(given, why, place)

    def _keep(self, line: str, place: Place) -> None:
        self._found[line if place is None else f"{line}; wired at {text(place)}"] = None
