"""`python -m benchmarks [topics]`: measure, and show what was found."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import benchmarks
from benchmarks.compare import compared, shown
from benchmarks.machine import ONE_THREAD, pinned
from benchmarks.measure import FULL, QUICK
from benchmarks.page import page
from benchmarks.peers.base import NAMES
from benchmarks.record import Results, from_json, to_json
from benchmarks.report import terminal
from benchmarks.suite import TOPICS, failed, ran
from benchmarks.topics.base import Settings


def main(arguments: Sequence[str]) -> int:
    """0 if all went well; 1 if a topic failed, or something got slower than it was."""
    parser = options()
    given = parser.parse_args(arguments)
    for kind, names, known in (("topic", given.topics, TOPICS), ("peer", given.peers, NAMES)):
        for name in set(names) - set(known):
            parser.error(f"there is no {kind} {name!r}; there are {', '.join(known)}")
    older = from_json(given.compare.read_text()) if given.compare else None
    if given.read:
        results = from_json(given.read.read_text())
    else:
        settings = Settings(QUICK if given.quick else FULL, given.peers)
        command = " ".join(["python -m benchmarks", *arguments])
        results = ran(given.topics or TOPICS, settings, command)
    print(terminal(results))
    written(results, given)
    slower = False
    if older is not None:
        comparison = compared(results, older)
        slower = bool(comparison.slower)
        print(f"\nsince {given.compare}:\n{shown(comparison)}")
    return int(slower or failed(results))


def options() -> argparse.ArgumentParser:
    """What may be given."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=benchmarks.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("topics", nargs="*", help=f"of {', '.join(TOPICS)}; all by default")
    parser.add_argument(
        "--peers", type=_names, default=NAMES, metavar="A,B", help=f"of {', '.join(NAMES)}; all by default"
    )
    parser.add_argument("--quick", action="store_true", help="small sizes, two rounds: to see that all of it works")
    parser.add_argument("--out", type=Path, metavar="JSON", help="write the results")
    parser.add_argument("--plot", type=Path, metavar="SVG", help="draw the curves; needs matplotlib")
    parser.add_argument("--page", type=Path, metavar="MD", help="write a page; it shows the plot, if there is one")
    parser.add_argument("--read", type=Path, metavar="JSON", help="measure nothing: take results that were written")
    parser.add_argument("--compare", type=Path, metavar="JSON", help="say what got slower than in these results")
    return parser


def written(results: Results, given: argparse.Namespace) -> None:
    """What was asked for, as files."""
    if given.out:
        given.out.write_text(to_json(results))
    if given.plot:
        from benchmarks.plot import draw  # noqa: PLC0415

        draw(results, given.plot)
    if given.page:
        plot = os.path.relpath(given.plot, given.page.parent) if given.plot and given.plot.exists() else ""
        given.page.write_text(page(results, plot))


def _names(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(",")))


if __name__ == "__main__":
    if not all(os.environ.get(name) == "1" for name in ONE_THREAD):  # read once, when BLAS is loaded: start again
        os.execve(sys.executable, sys.orig_argv, pinned(os.environ))
    sys.exit(main(sys.argv[1:]))
