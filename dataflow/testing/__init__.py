"""What dataflow means, as a program, and random programs to hold an executor to it.

`reference` is importable with dataflow alone; `dataflow.testing.strategies` needs hypothesis and is imported by
its own name.
"""

from dataflow.testing.reference import reference

__all__ = ["reference"]
