"""What the README and the pages under docs/ show, runs and prints what they say.

The `python` blocks of a page run in order, in one namespace. A `text` block after one is what it printed, the error
that ended it included. A page's code is a module named `example`, and a block's first line is line 1.
"""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
import traceback
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import dataflow
from dataflow import errors
from dataflow.testing.conformance import LAWS, OVERLAPPING

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
HERE = [page for page in PAGES if page.name != "ray.md"]  # which runs in tests/ray
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A piece of code, the line it begins on, and what the page says that it prints."""

    line: int
    code: str
    shown: str | None


def blocks(page: str) -> list[Block]:
    """The code of a page."""
    found: list[Block] = []
    fenced = list(FENCED.finditer(page))
    for at, match in enumerate(fenced):
        if match[1] == "python":
            follows = fenced[at + 1] if at + 1 < len(fenced) else None
            shown = follows[2] if follows is not None and follows[1] == "text" else None
            found.append(Block(page.count("\n", 0, match.start()) + 2, match[2], shown))
    return found


def printed(code: str, namespace: dict[str, Any]) -> str:
    """What a piece of code prints, and the error that ends it, with its notes."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            exec(compile(code, "example.py", "exec", dont_inherit=True), namespace)
        except Exception as error:  # the page shows it, or the comparison fails
            out.write("".join(traceback.format_exception_only(error)))
    return out.getvalue()


@pytest.fixture
def namespace() -> Iterator[dict[str, Any]]:
    module = types.ModuleType("example")
    sys.modules["example"] = module
    yield vars(module)
    del sys.modules["example"]


@pytest.mark.parametrize("page", HERE, ids=lambda page: page.name)
def test_code_prints_what_is_shown(page: Path, namespace: dict[str, Any]) -> None:
    for block in blocks(page.read_text()):
        assert printed(block.code, namespace).strip() == (block.shown or "").strip(), f"{page.name}:{block.line}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / link).exists(), f"{page.name} links to {link}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_output_without_code(page: Path) -> None:
    """A text block that follows no python block would not be checked by anything."""
    kinds = [match[1] for match in FENCED.finditer(page.read_text())]
    for before, kind in zip([""] + kinds, kinds, strict=False):
        assert kind in ("python", "text", "sh", "console", "toml", "mermaid"), f"{page.name} has a block of {kind!r}"
        assert kind != "text" or before == "python", f"{page.name} shows output of nothing"


def test_a_type_checker_sees_what_the_readme_says(tmp_path: Path) -> None:
    """The code of the README is strictly typed, and the one call that it shows as wrong is a static error."""
    pytest.importorskip("mypy")
    file = tmp_path / "example.py"
    file.write_text("\n".join(block.code for block in blocks((ROOT / "README.md").read_text())))
    wrong = [at for at, line in enumerate(file.read_text().splitlines(), 1) if line == "ratio(1, 2, 3)"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(file)],
        capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    errors = [int(at) for at in re.findall(r"example.py:(\d+): error", done.stdout)]
    assert len(wrong) == 1
    assert errors == wrong, done.stdout + done.stderr


def test_the_readme_names_everything_public() -> None:
    readme = (ROOT / "README.md").read_text()
    public = [
        name for name, value in vars(dataflow).items() if name[0] != "_" and not isinstance(value, types.ModuleType)
    ]
    assert len(public) > 30
    assert [name for name in public if not re.search(rf"`[^`]*\b{name}\b[^`]*`", readme)] == []


def test_the_readme_names_nothing_that_is_not_there() -> None:
    table = re.search(r"^\| to \|.*?(?=\n\n)", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    assert table is not None
    names = {
        name for row in table[0].splitlines()[2:] for name in re.findall(r"`([A-Za-z_]+)[`(\[]", row.split("|")[2])
    }
    assert len(names) > 20
    assert [name for name in names if not hasattr(dataflow, name)] == []


def test_the_errors_page_has_every_error() -> None:
    page = (ROOT / "docs" / "errors.md").read_text()
    public = [
        name for name, value in vars(errors).items() if isinstance(value, type) and value.__module__ == errors.__name__
    ]
    assert [name for name in public if f"`{name}`" not in page] == []


def test_the_testing_page_has_every_law() -> None:
    page = (ROOT / "docs" / "testing.md").read_text()
    table = page[page.index("| law | says |") :].split("\n\n")[0].splitlines()[2:]
    assert table == [f"| `{law.__name__}` | {' '.join((law.__doc__ or '').split())} |" for law in (*LAWS, *OVERLAPPING)]


def test_the_index_names_every_page() -> None:
    index = (ROOT / "docs" / "index.md").read_text()
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"index.md"}
    assert set(re.findall(r"\]\((\w+\.md)\)", index)) == pages


def test_the_design_page_has_every_module() -> None:
    page = (ROOT / "docs" / "design.md").read_text()
    rows = re.findall(r"^\| (`.*?`) \|", page, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    package = Path(dataflow.__file__).parent
    modules = {path.stem for path in package.iterdir() if path.stem[0] not in "_." and path.suffix != ".typed"}
    assert named == modules


def test_the_design_page_names_no_file_that_is_not_there() -> None:
    page = (ROOT / "docs" / "design.md").read_text()
    named = re.findall(r"`((?:executors|testing)\.\w+)`", page)
    assert len(named) > 5
    assert [name for name in named if not (ROOT / "dataflow" / f"{name.replace('.', '/')}.py").exists()] == []
