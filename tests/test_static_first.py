"""The lines by which the API's types were chosen: no checker judges fewer of them as they say than a first sketch did.

The sketch had other types for the same calls; what it got is below. What the lines say is that of `test_static`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.checkers import CHECKERS, ROOT, misjudged, tagged
from tests.test_static import FOLDER
from tests.test_static_programs import folder_with

NAMES: Final = ["good.py", "good_named.py", "bad.py", "bad_named.py"]
TEXTS: Final = {name: (FOLDER / "first" / name).read_text() for name in NAMES}
TAGS: Final = {line: tag for name, text in TEXTS.items() for line, tag in tagged(name, text).items()}
SKETCH: Final = {
    "mypy with the plugin": (108, 102),
    "mypy": (91, 99),
    "pyright": (93, 102),
    "ty": (89, 100),
    "pyrefly": (91, 95),
    "zuban": (90, 96),
}
"""How many right lines each accepted, and how many wrong ones it refused."""


@pytest.mark.timeout(180)
@pytest.mark.parametrize("checker", CHECKERS)
def test_no_fewer_lines_are_judged_as_they_say_than_in_the_sketch(checker: str, tmp_path: Path) -> None:
    errors = CHECKERS[checker](folder_with(tmp_path, TEXTS), NAMES)
    strangers = [line for line in errors if line not in TAGS]
    assert not strangers
    accepted = sum(not tag.wrong and line not in errors for line, tag in TAGS.items())
    refused = sum(tag.wrong and line in errors for line, tag in TAGS.items())
    accepted_then, refused_then = SKETCH[checker]
    assert accepted >= accepted_then, misjudged(TAGS, errors)
    assert refused >= refused_then, misjudged(TAGS, errors)


def test_the_sketch_had_so_many_lines() -> None:
    assert (sum(not tag.wrong for tag in TAGS.values()), sum(tag.wrong for tag in TAGS.values())) == (108, 102)


@pytest.mark.parametrize("name", ["good.py", "good_named.py"])
def test_the_right_lines_run(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", name],
        cwd=FOLDER / "first",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
