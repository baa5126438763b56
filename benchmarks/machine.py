"""What the figures were taken on, and what else was going on there."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import attrs

ROOT: Final = Path(__file__).parent.parent
ONE_THREAD: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
"""What keeps BLAS and OpenMP to one thread, where it is set before they are loaded."""
STAT: Final = Path("/proc/stat")
IDLE: Final = (3, 4)
BUSY: Final = 0.05


def described(packages: Iterable[str]) -> dict[str, str]:
    """The machine and the versions of what is installed of these packages."""
    return {
        "cpu": _cpu(),
        "cores": str(cores()),
        "memory": _memory(),
        "system": platform.platform(terse=True),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "dataflow": f"{version('typed-dataflow') or 'not installed'}{_commit()}",
        "packages": ", ".join(f"{name} {version(name)}" for name in packages if version(name)),
        "measured": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
    }


def cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def version(package: str) -> str | None:
    """Of an installed distribution."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def _memory() -> str:
    if not hasattr(os, "sysconf"):
        return "unknown"
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"


def _commit() -> str:
    """The commit, and whether something has changed since, in a checkout."""
    try:
        asked = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--exclude=*"]
        return f" ({subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()})"
    except (OSError, subprocess.CalledProcessError):
        return ""


@attrs.frozen
class Clock:
    """How much the machine, and this process with its children, have worked so far, in seconds of a core."""

    whole: float
    worked: float
    own: float


def clock() -> Clock | None:
    """Now; None where the system does not tell."""
    if not STAT.exists():
        return None
    ticks = [int(each) for each in STAT.read_text().split("\n", 1)[0].split()[1:9]]
    rate, whole = os.sysconf("SC_CLK_TCK"), sum(ticks)
    return Clock(whole / rate, (whole - sum(ticks[at] for at in IDLE)) / rate, sum(os.times()[:4]))


def others(spans: Iterable[tuple[Clock | None, Clock | None]]) -> dict[str, str]:
    """The share of the machine that other processes took, in words."""
    known = [(begun, ended) for begun, ended in spans if begun is not None and ended is not None]
    whole = sum(ended.whole - begun.whole for begun, ended in known)
    if not whole:
        return {"others": "not known"}
    foreign = sum((ended.worked - begun.worked) - (ended.own - begun.own) for begun, ended in known)
    share = max(0.0, foreign / whole)
    said = "it was busy with other work, so that all figures are too high" if share > BUSY else "it was quiet"
    return {"others": f"other processes took {share:.0%} of the machine: {said}"}


def pinned(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment in which BLAS and OpenMP have one thread, and hashes are the same every time."""
    return {**environment, **dict.fromkeys(ONE_THREAD, "1"), "PYTHONHASHSEED": "0"}
