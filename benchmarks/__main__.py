"""`python -m benchmarks [inline once threads scale memory startup calls]`: the figures as a table."""

from __future__ import annotations

import argparse
import platform
import sys

from benchmarks.figures import FIGURES
from benchmarks.measure import Row, table


def main(arguments: list[str]) -> int:
    """Measure what is named, or everything."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("figures", nargs="*", help=f"of {', '.join(FIGURES)}; all by default")
    names = parser.parse_args(arguments).figures or list(FIGURES)
    unknown = [name for name in names if name not in FIGURES]
    if unknown:
        parser.error(f"there is no figure {unknown[0]!r}; there are {', '.join(FIGURES)}")
    rows: list[Row] = []
    for name in names:
        print(f"measuring {name} ...", file=sys.stderr)
        rows.extend(FIGURES[name]())
    print(f"Python {platform.python_version()}, {platform.machine()}")
    print(table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
