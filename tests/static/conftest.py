"""The files here are read by type checkers and run by `tests/test_static.py`; there is nothing to collect in them."""

collect_ignore_glob = ["good_*.py", "bad_*.py", "vocabulary.py", "first"]
