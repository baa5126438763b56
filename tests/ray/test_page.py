"""The code on the page about Ray prints what the page says."""

from __future__ import annotations

from tests.test_readme import ROOT, blocks, namespace, test_code_prints_what_is_shown

__all__ = ["namespace"]


def test_the_page_prints_what_is_shown(namespace: dict[str, object]) -> None:  # noqa: F811  # the fixture
    assert len(blocks((ROOT / "docs" / "ray.md").read_text())) > 1
    test_code_prints_what_is_shown(ROOT / "docs" / "ray.md", namespace)
