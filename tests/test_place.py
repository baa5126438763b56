"""Where a node was composed: the innermost line that is not dataflow's own."""

from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path
from types import FrameType

import pytest

from dataflow import const, fan_out, gather, step
from dataflow.place import here, resolved, text

THIS_FILE = Path(__file__).name


@step
def double(x: int) -> int:
    return 2 * x


def line() -> int:
    """The line of the caller."""
    frame: FrameType | None = sys._getframe(1)
    assert frame is not None
    return frame.f_lineno


def test_here_is_this_line() -> None:
    place, expected = here(), line()
    at = resolved(place)
    assert at is not None
    assert Path(at[0]).name == THIS_FILE
    assert at[1] == expected


def test_a_node_knows_the_line_of_the_call() -> None:
    node, expected = double(1), line()
    assert text(node._place).endswith(f"{THIS_FILE}:{expected}")


def test_so_do_nodes_that_dataflow_makes_for_the_user() -> None:
    nodes, expected = [const(1), gather(const(1)), fan_out(double, [1]), const((1,))[0], const(1).map(abs)], line()
    assert [text(node._place).rpartition(":")[2] for node in nodes] == [str(expected)] * len(nodes)


def test_a_resolved_place_can_be_pickled_and_resolved_again() -> None:
    at = resolved(here())
    assert resolved(pickle.loads(pickle.dumps(at))) == at


def test_text_is_relative_inside_the_working_folder_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert text((os.path.join(str(tmp_path), "flows", "a.py"), 7)) == os.path.join("flows", "a.py") + ":7"
    assert text((os.path.join(str(tmp_path) + "2", "a.py"), 7)) == os.path.join(str(tmp_path) + "2", "a.py") + ":7"


def test_no_place_has_a_text() -> None:
    assert resolved(None) is None
    assert text(None) == "<unknown>"


def test_an_offset_outside_the_code_gives_its_first_line() -> None:
    code = test_no_place_has_a_text.__code__
    assert resolved((code, 10**9)) == (code.co_filename, code.co_firstlineno)
