"""The table of pages and the files of the pages say the same."""

from __future__ import annotations

import re

from pages.common.table import PAGES, ROWS, SECTIONS
from tests.contracts.sources import ROOT, files, relative


def source(row) -> str:
    return (ROOT / row.file).read_text(encoding="utf-8")


def test_every_page_file_is_a_row_in_its_section():
    on_disk = {p.relative_to(ROOT).as_posix() for section in SECTIONS for p in (ROOT / "pages" / section).glob("*.py")}
    assert {name for name in on_disk if not name.endswith("__init__.py")} == {row.file for row in ROWS}


def test_every_page_asks_for_what_its_row_needs():
    asked = {row.name: re.findall(r"require\.require_(\w+)\(", source(row)) for row in ROWS}
    for row in ROWS:
        guards = [name for name in asked[row.name] if name != "endpoint"]
        assert (guards[-1] if guards else "nothing") == row.needs, row.name


def test_every_page_writes_its_own_title_and_offers_its_own_next_step():
    for row in ROWS:
        assert re.findall(r'frame\.title\("(\w+)"\)', source(row)) == [row.name]
        assert set(re.findall(r'frame\.next_step\("(\w+)"\)', source(row))) <= {row.name}
        assert not row.next_page or row.next_page in PAGES


def test_the_guide_has_a_chapter_for_every_page():
    guide = (ROOT / "docs" / "user-guide.md").read_text(encoding="utf-8")
    assert [row.name for row in ROWS if f"\n## {row.guide}\n" not in guide] == []


def test_the_place_of_a_page_is_written_in_the_table_only():
    written = {
        relative(file): re.findall(r'"pages/\w+/\w+\.py"', file.read_text(encoding="utf-8"))
        for file in files("pages", "app.py", "benchmarks", "tests/app", "tests/browser")
    }
    assert {name: places for name, places in written.items() if places} == {}
