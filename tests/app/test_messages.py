"""Findings on a page: each cause has its own way out, and long lists are cut."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

WAYS_OUT = ("Check which label marks the region", "Resample the mask onto the image")


def _page() -> None:
    from pages.common.messages import show_findings
    from radiomics_core.extraction.kinds import EXTRACTION_FAILED
    from radiomics_core.findings import found

    causes = {
        "empty mask": "Check which label marks the region",
        "other grid": "Resample the mask onto the image",
    }
    show_findings(
        [
            found(EXTRACTION_FAILED, case_id=f"{n}", image="CT", roi="ROI", cause=cause, remedy=remedy)
            for cause, remedy in causes.items()
            for n in range(2 if cause == "empty mask" else 6)
        ],
        key="test",
    )


def test_each_cause_stands_with_its_own_way_out():
    app = AppTest.from_function(_page).run(timeout=30)
    assert not app.exception
    words = app.error[0].value
    first, second = (words.index(way) for way in WAYS_OUT)
    assert words.count(WAYS_OUT[0]) == words.count(WAYS_OUT[1]) == 1
    assert words.rindex("empty mask") < first < words.index("other grid") < words.rindex("other grid") < second
    assert "and 2 more: see the table" in words
