"""How tests run: properties on the same examples each time, unless HYPOTHESIS_PROFILE=long asks for many new ones.

The long profile has forty times as many: 20,000 random graphs for each executor in `tests/laws/test_meaning.py`. What it
finds it prints as a program, keeps in `.hypothesis`, and tries first in the next run.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase

settings.register_profile("default", derandomize=True, deadline=None, max_examples=100)
settings.register_profile(
    "long",
    derandomize=False,  # said again, for a profile has what the default has
    database=DirectoryBasedExampleDatabase(".hypothesis/examples"),
    deadline=None,
    max_examples=4000,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

LAWS = Path(__file__).parent / "laws"
LONGER = 240
"""Seconds for a law: it has hundreds of examples, each of which may take its time on a busy machine."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give laws more time than other tests, unless the command line says how much."""
    if config.getoption("timeout") is None:
        for item in items:
            if LAWS in item.path.parents and item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(LONGER))
