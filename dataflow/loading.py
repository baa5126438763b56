"""The one place that imports while the program runs: optional parts, and parts too slow to import for nothing."""

from __future__ import annotations

import importlib
from types import ModuleType

from dataflow.errors import MissingExtraError


def load(module: str, *, extra: str = "") -> ModuleType:
    """Import a module that `import dataflow` leaves out.

    Raises:
        MissingExtraError: the package is not installed; the message has the command that installs it.

    >>> load("json").dumps([1])
    '[1]'
    >>> load("no_such_package", extra="progress")
    Traceback (most recent call last):
        ...
    dataflow.errors.MissingExtraError: this needs the package 'no_such_package': pip install 'typed-dataflow[progress]'
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as missing:
        if not extra or missing.name != module.partition(".")[0]:
            raise
        raise MissingExtraError(
            f"this needs the package {missing.name!r}: pip install 'typed-dataflow[{extra}]'"
        ) from missing
