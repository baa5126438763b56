"""Event code is found and deleted, and nothing else."""

from __future__ import annotations

import sys
from pathlib import Path

import dataflow
from benchmarks.events import COPY, imported_copy, without_events, write_copy
from dataflow.events import Event


def test_telling_is_deleted_and_wrapping_is_undone() -> None:
    source = "\n".join(
        [
            "def run(fn, observers):",
            "    fn = observed(guarded(fn), fn.name, observers)",
            "    events.tell(observers, Started(fn))",
            "    return fn(observed)",
        ]
    )
    kept = "def run(fn, observers):\n    fn = guarded(fn)\n    pass\n    return fn(observed)"
    assert without_events(source) == (kept, 2)


def test_what_has_no_event_code_stays_as_it_is() -> None:
    source = "def tell(x):\n    return told(x)"
    assert without_events(source) == (source, 0)


def test_the_copy_gives_the_same_values_and_tells_nothing(tmp_path: Path) -> None:
    assert write_copy(tmp_path) > 0
    with imported_copy(tmp_path) as copy:
        for executor in ("Inline", "Threads"):
            told: list[list[Event]] = [[], []]
            for package, events in zip((dataflow, copy), told, strict=True):
                node = package.step(abs)(package.const(-2))
                assert package.run(node, executor=getattr(package, executor)(), observe=[events.append]) == 2
            assert len(told[0]) == 2
            assert told[1] == []
    assert not [name for name in sys.modules if name.startswith(COPY)]
    assert str(tmp_path) not in sys.path


def test_a_copy_that_keeps_event_code_tells(tmp_path: Path) -> None:
    assert write_copy(tmp_path, strip=False) == 0
    with imported_copy(tmp_path) as copy:
        events: list[object] = []
        copy.run(copy.step(abs)(copy.const(-2)), observe=[events.append])
        assert len(events) == 2
