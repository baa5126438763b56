"""Programs that need a Ray of their own, or a connection of their own, run in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def run_program(code: str, *args: str, seconds: float = 200, **env: str) -> str:
    """What a program prints; an AssertionError with all that it said if it fails."""
    return ended_program(code, *args, seconds=seconds, **env).stdout


def ended_program(code: str, *args: str, seconds: float = 200, **env: str) -> subprocess.CompletedProcess[str]:
    """A program that has ended well; an AssertionError with all that it said if it has not."""
    command = [sys.executable, "-W", "ignore", "-c", code, *args]
    # RAY_ADDRESS of whoever runs the tests must not decide what a program joins.
    inherited = {key: value for key, value in os.environ.items() if key != "RAY_ADDRESS"}
    ended = subprocess.run(
        command, cwd=ROOT, env={**inherited, **env}, capture_output=True, text=True, timeout=seconds, check=False
    )
    assert ended.returncode == 0, f"ended with {ended.returncode}\n{ended.stdout}\n{ended.stderr[-8000:]}"
    return ended
