"""Speed and memory as ratios to a reference in the same run. `python -m benchmarks` prints the table."""
