"""Sizes and positions that are possible but unlike a patient's become findings of the quality table."""

from __future__ import annotations

import struct

import pytest

from radiomics_core.cohort.discovery import discover
from radiomics_core.cohort.model import Cohort
from radiomics_core.cohort.pairing import pair
from radiomics_core.cohort.pattern_guess import guess_pattern
from radiomics_core.cohort.quality import quality_table

UNITS, QFORM, SFORM, SROW_X, PIXDIM_X = 123, 252, 254, 292, 80


@pytest.fixture
def case_with(write, tmp_path):
    """Write one case whose two headers are changed alike; return its quality row and findings."""

    def _case(*edits, also_mask=True):
        paths = [write("p1/image.nii"), write("p1/image_mask.nii", "box")]
        for path in paths if also_mask else paths[:1]:
            content = bytearray(path.read_bytes())
            for offset, form, value in edits:
                struct.pack_into(f"<{form}", content, offset, value)
            path.write_bytes(bytes(content))
        files = discover(tmp_path)
        table, findings = quality_table(Cohort(pair(files, guess_pattern(files)).cases))
        return table.iloc[0], {f.code: f for f in findings}

    return _case


def test_micrometres_are_a_finding_with_the_volume_they_give(case_with):
    row, findings = case_with((UNITS, "B", 3))
    # 27 voxels of 0.001 x 0.001 x 0.002 mm
    assert row["volume_ml"] == pytest.approx(27 * 2e-9 / 1000)
    assert {"RX131", "RX134"} <= set(findings)
    assert "5.4e-11 ml" in findings["RX131"].message()
    assert "micrometres" in findings["RX134"].message()


def test_metres_and_giant_voxels_are_findings(case_with):
    assert "voxels of image are 1e+03 x" in case_with((UNITS, "B", 1))[1]["RX131"].message()


def test_neither_transform_is_a_finding_and_shown(case_with):
    row, findings = case_with((QFORM, "h", 0), (SFORM, "h", 0))
    assert row["transform"] == "none"
    assert "does not say where the volume lies" in findings["RX133"].message()


def test_transforms_that_differ_are_a_finding_that_names_the_one_used(case_with):
    row, findings = case_with((SROW_X, "f", 50.0))
    assert row["transform"] == "sform"
    assert "up to 50 mm apart; sform was used" in findings["RX132"].message()


def test_ordinary_case_has_no_such_finding(case_with):
    row, findings = case_with()
    assert (row["transform"], row["spacing_mm"]) == ("both", "1 x 1 x 2")
    assert not {"RX131", "RX132", "RX133", "RX134"} & set(findings)


def test_impossible_header_stops_its_case_in_words(case_with):
    _row, findings = case_with((PIXDIM_X, "f", 0.0), also_mask=False)
    assert "pixdim[1] = 0" in findings["RX109"].message()
