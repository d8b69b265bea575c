"""What reads neutral and what is left out: images, regions, findings, unmatched files, columns that repeat ids."""

from __future__ import annotations

import pandas as pd
import pytest

from radiomics_core.cohort.model import Case, FileRef, ImageRef, MaskRef
from radiomics_core.deidentification.key_table import KeyTable
from radiomics_core.deidentification.keyed_tables import with_neutral_ids
from radiomics_core.deidentification.neutral import LEFT_OUT_WORDS, holds_word, neutralise, unquoted, words_that_name
from radiomics_core.deidentification.person_names import (
    CHINESE_NAMES,
    DATES,
    NAMES,
    RECORD_NUMBERS,
    is_chinese_name,
    reasons,
    suspicion,
)
from radiomics_core.findings import Finding
from radiomics_core.images.discovery import FoundFile
from radiomics_core.images.pairing import PairingResult

KEY = KeyTable({"Miller_7": "C002", "Wong_9": "C001"})


def image(case, name, modality="CT"):
    return ImageRef(name, (FileRef(f"/s/{case}/{name}"),), modality, "20200102")


def mask(case, roi, on):
    return MaskRef(roi, on, FileRef(f"/s/{case}/{roi}"))


def found_file(relative, path, persons=()):
    return FoundFile(relative, (path,), "volume", persons=frozenset(persons))


@pytest.fixture
def made():
    miller = Case("Miller_7", "Miller_7", (image("m", "CT"), image("m", "Miller late"), image("m", "PET miller", "XX")),
                  (mask("m", "Miller node", "CT"), mask("m", "GTV", "Miller late"), mask("m", "GTV", "CT")))  # fmt: skip
    wong = Case("Wong_9", "Wong_9", (image("w", "CT"),), (mask("w", "GTV", "CT"),))
    files = [
        found_file("Miller_7/CT.nii", "/s/m/CT"),
        found_file("Miller_7/node.nii", "/s/m/Miller node"),
        found_file("Wong_9/CT.nii", "/s/w/CT", {"edith"}),
        found_file("lost/thing.nii", "/s/lost"),
    ]
    findings = (
        Finding("RX110", "stop", "Miller_7", "Miller late", "Miller node", params={"path": "Miller_7/CT.nii", "n": 3}),
        Finding(
            "RX110", "stop", "Wong_9", "CT", "GTV", params={"a": "with Edith", "b": "Wong_9", "c": "Miller_7/node.nii"}
        ),
    )
    result = PairingResult((miller, wong), ("lost/thing.nii", "Miller_8/CT.nii"), findings)
    left_out = [
        Finding("RX109", "stop", params={"path": "Edith.nii", "problem": "cannot read 'Ed'ith.nii' here", "n": 1})
    ]
    return neutralise(result, files, left_out, KEY, ["Edith.nii"])


def test_cases_come_in_neutral_order_without_dates_under_names_that_name_nobody(made):
    wong, miller = made[0].cases
    assert [(c.case_id, c.patient_id) for c in (wong, miller)] == [("C001", "C001"), ("C002", "C002")]
    assert [i.name for i in miller.images] == ["CT", "CT 2", "image"]
    assert [i.modality for i in miller.images] == ["CT", "CT", ""]
    assert {i.acquired for i in (*miller.images, *wong.images)} == {""}
    assert [(m.roi, m.image) for m in miller.masks] == [("region", "CT"), ("GTV", "CT 2"), ("GTV", "CT")]
    assert [m.file.path for m in miller.masks] == ["/s/m/Miller node", "/s/m/GTV", "/s/m/GTV"]


def test_findings_and_unmatched_files_read_neutral_or_are_left_out(made):
    first, second = made[0].findings
    assert (first.case_id, first.image, first.roi) == ("C002", "CT 2", "region")
    assert first.params == {"path": "C002/CT", "n": 3}
    assert second.params == {"a": LEFT_OUT_WORDS, "b": "C001", "c": "C002/region (mask)"}
    assert made[0].unmatched == ("file 4", str(LEFT_OUT_WORDS))
    (left_out,) = made[1]
    assert left_out.params == {"path": "left-out file 1", "problem": "cannot read 'left-out file 1' here", "n": 1}


def test_a_finding_without_a_path_gets_none():
    assert unquoted(Finding("RX109", "stop", params={"problem": "'a' and 'b'"}), 7).params == {
        "problem": "'left-out file 7'"
    }


def test_words_that_name_are_three_letters_four_digits_or_two_chinese_characters_and_none_of_imaging():
    names = ["CT Li Lee 123 1234", "王 王芳 mask.nii.gz", "Patient_T1"]
    assert words_that_name(names) == {"lee", "1234", "王芳"}


@pytest.mark.parametrize(
    ("text", "words", "holds"),
    [("a lee b", {"lee"}, True), ("Leeward", {"lee"}, False), ("Millers", {"mill"}, True), ("看王芳了", {"王芳"}, True),
     ("nobody", {"lee", "mill"}, False), ("LEE", {"lee"}, True)],
)  # fmt: skip
def test_a_long_or_chinese_word_is_found_inside_of_another(text, words, holds):
    assert holds_word(text, words) == holds


@pytest.mark.parametrize(
    ("name", "why"),
    [("1900-01-01", {DATES}), ("1899-12-31", set()), ("2999-01-01", set()), ("P19630214", {DATES}),
     ("19630214_4711082", {DATES, RECORD_NUMBERS}), ("20190230471", {RECORD_NUMBERS}), ("100000", {RECORD_NUMBERS}),
     ("099999", set()), ("DOE^J", {NAMES}), ("李静/CT", {CHINESE_NAMES})],
)  # fmt: skip
def test_each_reason_to_suspect_a_name(name, why):
    assert reasons(name) == why


@pytest.mark.parametrize(
    ("word", "is_name"),
    [("李", False), ("李静", True), ("李小明", True), ("李小明明", False), ("诸葛", False), ("诸葛亮", True),
     ("欧阳娜娜", True), ("欧阳娜娜娜", False), ("李肝", False), ("静李", False)],
)  # fmt: skip
def test_a_chinese_name_is_a_surname_and_one_or_two_characters_more(word, is_name):
    assert is_chinese_name(word) == is_name


@pytest.mark.parametrize(
    ("case_ids", "n"),
    [(["Doe_Jane", "Roe.Ann", "Poe-May Bo", "Coe, Liz", "STS_002"], 5), (["Doe_Jane", "STS_002"], None),
     (["Doe_J", "Roe_A"], None), (["Doe_jane"], None), (["Doe_Lung"], None), (["Doe"], None), (["A_b_C_d"], None),
     (["Ann_Bea_Cat_Dot"], None)],
)  # fmt: skip
def test_ids_of_two_or_three_capitalised_words_are_names_when_four_fifths_are(case_ids, n):
    found = suspicion(["x/CT"] * 3, case_ids)
    assert (found.n if found else None) == n
    assert found is None or (found.reasons, found.total) == ((NAMES,), 3)


def test_the_most_frequent_reason_comes_first_and_paths_are_counted_once():
    found = suspicion(["王芳/1963-02-14", "李静/CT", "a/CT", "Edith/CT"], ["王芳", "李静"], ["EDITH"])
    assert (found.n, found.total, found.reasons[0]) == (3, 4, CHINESE_NAMES)
    assert suspicion(["a/CT"]) is None


def test_a_column_repeats_ids_when_half_of_its_filled_cells_hold_theirs_or_a_word_of_it():
    table = pd.DataFrame(
        {
            "id": ["Miller_7", "Wong_9", "stranger", " "],
            "half": ["seen Miller_7 twice", "no", "x", "y"],
            "words": ["MILLER", "wong", pd.NA, pd.NA],
            "less": ["9", "7", "8", "6"],
            "empty": [pd.NA] * 4,
            "other": ["Wong_9", "Miller_7", "q", "q"],
        },
        dtype=object,
    )
    kept, findings = with_neutral_ids(table, "id", KEY)
    assert kept.columns.tolist() == ["id", "less", "empty", "other"]
    assert kept[["id", "less"]].to_numpy().tolist() == [["C002", "9"], ["C001", "7"]]
    assert kept.index.tolist() == [0, 1]
    assert [(f.code, f.params["n"]) for f in findings] == [("RX142", 1), ("RX143", 2)]


def test_the_key_is_written_in_the_order_of_its_neutral_ids():
    written = KeyTable({"a": "C1000", "b": "C999", "c": "C002"}).as_csv().decode("utf-8-sig")
    assert written.split() == ["original_id,case_id", "c,C002", "b,C999", "a,C1000"]
