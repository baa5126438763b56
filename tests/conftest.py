"""How tests run: properties on the same examples each time, unless HYPOTHESIS_PROFILE=long asks for many new ones."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("default", derandomize=True, deadline=None, max_examples=100)
settings.register_profile("long", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

KNOWN = frozenset((Path(__file__).parent / "known_failures.txt").read_text().splitlines()[1:])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect the failures that are listed; the list is what is still to be built or mended, and is to become empty."""
    for item in items:
        file = item.nodeid.partition("::")[0]
        if item.nodeid in KNOWN or f"{file}*" in KNOWN:
            item.add_marker(pytest.mark.xfail(reason="listed in tests/known_failures.txt", strict=False))
