"""Ids match as they stand, or after changes that are listed."""

from __future__ import annotations

import json

import pytest

from radiomics_core.clinical.matching import match_ids
from radiomics_core.errors import TableError
from radiomics_core.findings import Finding
from radiomics_core.i18n import PSEUDO_LOCALE, language


def test_equal_ids_match_without_changes():
    match = match_ids(["A", "B"], ["B", "A"])
    assert match.pairs == {"A": "A", "B": "B"}
    assert not match.needs_confirmation
    assert match.findings == []


@pytest.mark.parametrize(
    ("table", "cases", "kind"),
    [
        ([" STS_001", "STS_002 "], ["STS_001", "STS_002"], "blanks"),
        (["TCGA-Ht-1", "TCGA-CS-2"], ["TCGA-HT-1", "TCGA-CS-2"], "case"),
        (["sts-1", "sts-2"], ["STS_001", "STS_002"], "punctuation"),
        (["1.0", "2.0"], ["001", "002"], "punctuation"),
        (["4", "5"], ["LUNG1-004", "LUNG1-005"], "number"),
        (["004.0", "005.0"], ["LUNG1-4", "LUNG1-5"], "number"),
    ],
)
def test_each_liberty_is_listed(table, cases, kind):
    match = match_ids(table, cases)
    assert list(match.pairs.values()) == cases
    assert [c.kind for c in match.changes] == [kind]
    assert match.findings[0].code == "RX204"
    stricter = {"blanks": "exact", "case": "blanks", "punctuation": "case", "number": "punctuation"}[kind]
    kept = [t for t, c in zip(table, cases, strict=True) if t == c]
    if kept:
        assert list(match_ids(table, cases, stricter).pairs) == kept
    else:
        with pytest.raises(TableError):
            match_ids(table, cases, stricter)


def test_the_frame_says_how_each_id_was_matched():
    frame = match_ids(["A", "b "], ["A", "b"]).frame()
    assert frame.to_numpy().tolist() == [["A", "A", "exact"], ["b ", "b", "blanks"]]


def test_numbers_at_the_end_are_not_compared_between_several_prefixes():
    with pytest.raises(TableError):
        match_ids(["1", "2"], ["LUNG-1", "HN-1"])


def test_both_sides_without_partner_are_reported():
    match = match_ids(["A", "B", "X"], ["A", "B", "Y"])
    assert (match.unmatched_table, match.unmatched_cases) == (("X",), ("Y",))
    assert [f.code for f in match.findings] == ["RX205", "RX206"]


def test_repeated_ids_are_not_matched_on_either_side():
    match = match_ids(["A", "A", "B", "C"], ["A", "B", "C", "C"])
    assert match.pairs == {"B": "B"}
    assert match.duplicates == ("A", "C")
    twice = [f for f in match.findings if f.code == "RX207"]
    assert [str(f.params["where"]) for f in twice] == ["the table", "the cases"]
    with language(PSEUDO_LOCALE):
        # stored and read again, the words inside the sentence are translated too
        assert "⟦the table⟧" in Finding.from_dict(json.loads(json.dumps(twice[0].to_dict()))).message()


def test_ids_that_fall_together_after_a_change_are_not_matched():
    match = match_ids(["A1", "b1", "B1 "], ["A1", "B1"])
    assert match.pairs == {"A1": "A1", "B1 ": "B1"}
    clash = match_ids(["A", "P-1", "P_1"], ["A", "P1"])
    assert clash.pairs == {"A": "A"}
    assert set(clash.duplicates) == {"P-1", "P_1", "P1"}


def test_ids_that_match_nothing_show_both_sides_and_the_way_out():
    with pytest.raises(TableError, match=r"table has 'x', 'y', the cases are 'A', 'B'. Choose the column"):
        match_ids(["x", "y"], ["A", "B"])


def test_a_table_with_two_rows_for_each_id_says_so():
    with pytest.raises(TableError, match=r"occur more than once: 'A', 'B'. Keep one row per case"):
        match_ids(["A", "A", "B", "B"], ["A", "B"])


@pytest.mark.parametrize(("table", "cases"), [(["7A", "7B", "8"], ["L7", "L8"]), (["7", "8"], ["L7A", "L7B", "L8"])])
def test_numbers_at_the_end_are_not_compared_where_two_ids_of_a_side_end_in_the_same(table, cases):
    with pytest.raises(TableError, match="no id of the table matches a case"):
        match_ids(table, cases)


def test_matches_keep_the_order_of_the_table_and_ids_that_match_nothing_are_counted():
    table = ["x1", "a 2", "A1", "b3", *(f"y{n}" for n in range(7))]
    match = match_ids(table, ["A1", "A2", "B3", "Z"], "case")
    assert list(match.pairs.items()) == [("a 2", "A2"), ("A1", "A1"), ("b3", "B3")]
    assert [(change.kind, change.pairs) for change in match.changes] == [("case", (("a 2", "A2"), ("b3", "B3")))]
    assert match.needs_confirmation
    assert match.changes[0].what == "ignoring upper and lower case"
    assert match.unmatched_table == ("x1", *(f"y{n}" for n in range(7)))
    changed, lost, missing = match.findings
    assert (changed.params["n"], changed.params["table_id"], changed.case_id) == (2, "a 2", "A2")
    assert (lost.params["n"], lost.params["examples"]) == (8, "'x1', 'y0', 'y1', 'y2', 'y3' ...")
    assert (missing.params["n"], missing.params["examples"]) == (1, "'Z'")
