"""Tests on Ray: one Ray for all of them, and more time for each than elsewhere, since processes start slowly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import ray

HERE = Path(__file__).parent
CPUS = 2
SECONDS = 240


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each test here may take longer."""
    for item in items:
        if HERE in item.path.parents and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(SECONDS))


@pytest.fixture(scope="package", autouse=True)
def local_ray() -> Iterator[None]:
    """A Ray of this machine. The tests join it, none of them shuts it down, and those of other folders do not see it."""
    assert not ray.is_initialized()
    ray.init(address="local", num_cpus=CPUS, include_dashboard=False, log_to_driver=False, configure_logging=False)
    yield
    ray.shutdown()
