"""The code on the page about Ray prints what the page says."""

from __future__ import annotations

import types

from tests.test_readme import ROOT, blocks, printed


def test_the_page_prints_what_is_shown() -> None:
    page = (ROOT / "docs" / "ray.md").read_text()
    namespace = vars(types.ModuleType("example"))
    for block in blocks(page):
        assert printed(block.code, namespace).strip() == (block.shown or "").strip(), f"ray.md:{block.line}"
    assert len(blocks(page)) > 1
