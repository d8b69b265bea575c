"""Sizes and positions that are possible but unlike a patient's become findings of the quality table."""

from __future__ import annotations

import struct

import numpy as np
import pytest
import SimpleITK as sitk

from radiomics_core.cohort.model import Cohort
from radiomics_core.images.discovery import discover
from radiomics_core.images.pairing import pair
from radiomics_core.images.pattern_guess import guess_pattern
from radiomics_core.images.quality import quality_table
from radiomics_core.imaging.reading import placement_of, read_volume
from radiomics_core.imaging.writing import write_nifti
from tests.dicom_files import write_slice

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


def flat_case(tmp_path, name):
    """One case of a single slice of 5 x 6 pixels and a mask of 2 x 3; return its findings and its volume in ml."""
    image = np.arange(30, dtype=np.int16).reshape(5, 6)
    mask = np.zeros((5, 6), np.uint8)
    mask[1:3, 1:4] = 1
    write_flat(tmp_path / "p1" / f"image{name}", image)
    write_flat(tmp_path / "p1" / f"image_mask{name}", mask)
    files = discover(tmp_path)
    table, findings = quality_table(Cohort(pair(files, guess_pattern(files)).cases), min_voxels=2)
    return {finding.code: finding for finding in findings}, table["volume_ml"].iloc[0]


def write_flat(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    sitk.WriteImage(sitk.GetImageFromArray(pixels), str(path))


@pytest.mark.parametrize("name", [".mha", ".nrrd", ".nii.gz"])
def test_a_two_dimensional_file_says_that_its_thickness_is_unknown(tmp_path, name):
    findings, volume_ml = flat_case(tmp_path, name)
    assert volume_ml == pytest.approx(0.006)  # 6 pixels of 1 x 1 mm, taken as 1 mm thick
    message = findings["RX135"].message()
    assert "single slice whose thickness its file does not say; 1 mm is assumed" in message
    assert "0.006 ml" in findings["RX135"].remedy()


@pytest.mark.parametrize(("tags", "expected"), [({"SliceThickness": None}, True), ({"SliceThickness": 5}, False)])
def test_one_dicom_slice_without_thickness_is_a_finding_and_one_with_it_is_not(tmp_path, tags, expected):
    path = tmp_path / "one.dcm"
    write_slice(path, 0.0, np.arange(30).reshape(5, 6), **tags)
    volume = read_volume([path])
    assert volume.spacing_mm[2] == (1 if expected else 5)
    assert ("thickness" in placement_of([path], volume).missing) is expected


def test_what_is_not_known_of_a_slice_is_kept_when_it_is_written_anew(tmp_path):
    write_slice(tmp_path / "one.dcm", 0.0, np.arange(30).reshape(5, 6), SliceThickness=None)
    volume = read_volume([tmp_path / "one.dcm"])
    note = placement_of([tmp_path / "one.dcm"], volume).note()
    written = write_nifti(volume, tmp_path / "anew.nii.gz", note=note)
    assert placement_of([written], read_volume(written)).missing == ("thickness",)
