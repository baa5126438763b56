"""Programs in processes of their own, so that memory and imports start afresh."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.machine import ROOT, pinned


def printed(module: str, *arguments: object) -> Any:
    """What `python -m module arguments` prints, as JSON.

    Raises:
        RuntimeError: it failed; with what it said.
    """
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=pinned(os.environ))
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[1:])} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout)


def seconds(code: str, compiled: Path) -> float:
    """How long a whole process takes, with modules compiled into a folder, as they are where they are installed."""
    settings = {"PYTHONPYCACHEPREFIX": str(compiled), "PYTHONDONTWRITEBYTECODE": ""}
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env={**os.environ, **settings})
    return time.perf_counter() - begun
