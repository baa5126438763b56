"""What dataflow means, as a program; random programs, and what holds executors and flows to the meaning.

`reference`, `Interleaved` and the fault plans need dataflow alone; the rest needs hypothesis, and is loaded when it is
first asked for: `pip install 'typed-dataflow[testing]'`.
"""

from typing import TYPE_CHECKING, Any

from dataflow.loading import load
from dataflow.testing.faults import FaultPlan, delay, fail, hang, kill
from dataflow.testing.interleaved import Interleaved
from dataflow.testing.reference import reference

if TYPE_CHECKING:  # for checkers and editors; at run time they are loaded below
    from dataflow.testing.conformance import ConformanceError, Report, check_executor
    from dataflow.testing.equivalence import assert_equivalent
    from dataflow.testing.strategies import graphs, inputs_for, programs, schedules

LOADED = {
    "ConformanceError": "conformance",
    "Report": "conformance",
    "assert_equivalent": "equivalence",
    "check_executor": "conformance",
    "graphs": "strategies",
    "inputs_for": "strategies",
    "programs": "strategies",
    "schedules": "strategies",
}
"""What needs hypothesis, and where it is."""

__all__ = [
    "ConformanceError",
    "FaultPlan",
    "Interleaved",
    "Report",
    "assert_equivalent",
    "check_executor",
    "delay",
    "fail",
    "graphs",
    "hang",
    "inputs_for",
    "kill",
    "programs",
    "reference",
    "schedules",
]


def __getattr__(name: str) -> Any:
    if name not in LOADED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    load("hypothesis", extra="testing")
    return getattr(load(f"{__name__}.{LOADED[name]}"), name)
