"""Lines for type checkers; see `tests/test_static.py`."""
