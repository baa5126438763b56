"""`python -m benchmarks.programs.imported`: which heavy packages `import dataflow` loads; there should be none."""

from __future__ import annotations

import json
import sys

import dataflow

HEAVY = ("ray", "numpy", "rich", "asyncio", "dask", "matplotlib")

if __name__ == "__main__":
    assert dataflow.__name__ in sys.modules
    print(json.dumps([name for name in HEAVY if name in sys.modules]))
