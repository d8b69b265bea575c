"""Series, pairs and placements that are just good enough and just not, with the numbers their findings say."""

from __future__ import annotations

import dataclasses
import struct

import numpy as np
import pytest

from radiomics_core.cohort.model import FileRef
from radiomics_core.images import kinds
from radiomics_core.images.dicom_series import Series, group_series, person_words, starts_like_dicom
from radiomics_core.images.placement_checks import About, placement_findings
from radiomics_core.images.quality import describe_grid, file_findings, judge
from radiomics_core.imaging.placement import Placement
from radiomics_core.imaging.quality import check_pair
from radiomics_core.imaging.volume import Volume
from tests.dicom_files import write_slice

ABOUT = About(case_id="P1", image="CT", roi="GTV")


def series(*gaps, kind="dicom", **changes):
    return Series(("a", "b"), kind, gaps_mm=gaps, **changes)


@pytest.mark.parametrize(
    ("gaps", "is_irregular", "n_missing"),
    [((), False, 0), ((2.0, 2.039, 2.0), False, 0), ((2.0, 2.041, 2.0), True, 0), ((0.0, 0.0), True, 0),
     ((2.0, 2, 6, 2, 4), True, 3), ((2.0, 2, 0, 2), True, 0), ((3.0,), False, 0), ((1.0, 1, 1.4), True, 0)],
)  # fmt: skip
def test_gaps_that_differ_by_two_percent_of_their_median_are_irregular_and_absent_slices_are_counted(
    gaps, is_irregular, n_missing
):
    one = series(*gaps)
    assert (one.is_irregular(), one.n_missing()) == (is_irregular, n_missing)
    said = [(f.kind, f.params["least"], f.params["most"], f.params["missing"]) for f in one.findings("folder")]
    assert said == ([(kinds.IRREGULAR_SPACING, min(gaps), max(gaps), n_missing)] if is_irregular else [])


def test_contours_unreadable_files_and_unusable_series_are_said_apart():
    later = series(kind="rtstruct").findings("here")
    assert [(f.kind, f.params["path"], f.params["object_type"]) for f in later] == [
        (kinds.COMES_LATER, "here", "RTSTRUCT")
    ]
    broken = series(kind="unreadable", problem="cut").findings("here")
    assert [(f.kind, f.params["problem"]) for f in broken] == [(kinds.UNREADABLE_MEMBER, "cut")]
    unusable = series(kind="unreadable", problem="colour", name="3_Thorax").findings("here")
    assert [(f.kind, f.params["path"], f.params["problem"]) for f in unusable] == [
        (kinds.UNUSABLE_SERIES, "here", "colour")
    ]


@pytest.mark.parametrize(
    ("group", "element", "rest", "is_first"),
    [(8, 0, b"UL\4\0", True), (2, 0x60, b"OB\0\0", True), (2, 0x61, b"OB\0\0", False), (3, 0, b"UL\4\0", False),
     (8, 0, struct.pack("<I", 128), True), (8, 0, struct.pack("<I", 130), False), (8, 5, struct.pack("<I", 9), False),
     (2, 0, struct.pack("<I", 4), False), (8, 0x61, struct.pack("<I", 4), False), (8, 0, b"XX\4\0", False)],
)  # fmt: skip
def test_the_first_element_of_a_bare_dicom_file(tmp_path, group, element, rest, is_first):
    path = tmp_path / "bare"
    path.write_bytes(struct.pack("<HH", group, element) + rest + b"\0" * 200)
    assert starts_like_dicom(path) == is_first
    path.write_bytes(path.read_bytes()[:7])
    assert not starts_like_dicom(path)
    assert not starts_like_dicom(tmp_path / "gone")


def test_words_of_a_name_are_three_letters_or_a_chinese_name_and_not_those_of_the_id():
    assert person_words("Doe^Jane Li", "MRN1") == {"doe", "jane"}
    assert person_words("STS_Doe", "STS_001") == {"doe"}
    assert person_words("Wang^Li=王丽", "") == {"wang", "王丽"}
    assert person_words("王", None) == frozenset()


def test_series_come_by_number_with_what_their_slices_say(tmp_path):
    pixels = np.zeros((5, 6), np.int16)
    for at, z in enumerate((4.0, 0.0, 1.5)):
        write_slice(tmp_path / f"{at}.dcm", z, pixels, series="1.2.7", SeriesNumber=7, AcquisitionDate="20210203")
    write_slice(tmp_path / "x.dcm", 9.0, pixels, series="1.2.5", SeriesNumber=5, SeriesDescription="", SliceThickness=3)
    first, second = group_series(list(tmp_path.iterdir()))
    assert (first.name, first.acquired, first.modality) == ("5-CT", "20200102", "CT")
    assert first.header.spacing_mm == (0.5, 0.75, 3.0)
    assert (second.name, second.acquired) == ("7-Thorax", "20210203")
    assert [path[-5:] for path in second.files] == ["1.dcm", "2.dcm", "0.dcm"]
    assert second.gaps_mm == (1.5, 2.5)
    assert second.header.spacing_mm == (0.5, 0.75, 2.0)
    assert second.header.origin_mm == (10, 20, 0)
    assert second.header.size_xyz == (6, 5, 3)
    assert second.header.is_integer
    assert second.persons == {"doe", "jane"}


@pytest.mark.parametrize(
    ("tags", "problem"),
    [({"NumberOfFrames": 2}, "multi-frame"), ({"SamplesPerPixel": 3}, "colour image"), ({"NumberOfFrames": 1}, ""),
     ({"ImageOrientationPatient": [1, 0, 0, 0, 0.8, 0.6]}, "different orientations"),
     ({"ImageOrientationPatient": [1, 0, 0, 0, 1, 0.0009]}, ""), ({"PixelSpacing": [0.75, 0.502]}, "one pixel size"),
     ({"PixelSpacing": [0.75, 0.5009]}, ""), ({"ImagePositionPatient": None}, "where they lie"),
     ({"Rows": 6, "Columns": 5}, r"different sizes (5 x 6, 6 x 5)")],
)  # fmt: skip
def test_slices_that_are_not_one_volume_say_why(tmp_path, tags, problem):
    write_slice(tmp_path / "1.dcm", 0.0, np.zeros((5, 6), np.int16))
    write_slice(tmp_path / "2.dcm", 2.0, np.zeros((5, 6), np.int16), **tags)
    one = group_series(list(tmp_path.iterdir()))[0]
    assert (one.kind == "unreadable") == bool(problem)
    assert problem in one.problem


@pytest.fixture(scope="module")
def pair():
    image = np.random.default_rng(0).normal(size=(10, 10, 10)).astype(np.float32)
    mask = np.zeros((10, 10, 10), bool)
    mask[3:5, 3:5, 3:5] = True
    volume, region = (Volume(array, (1.0, 1.0, 2.0), (0.0, 0.0, 0.0)) for array in (image, mask))
    return check_pair(volume, region), volume, region


@pytest.mark.parametrize(
    ("changes", "said"),
    [({}, {}), ({"voxels": 8}, {}), ({"voxels": 7}, {kinds.TINY_ROI: {"voxels": 7, "limit": 8}}),
     ({"voxels": 0, "n_nan": 3}, {kinds.EMPTY_MASK: {}}), ({"n_nan": 2}, {kinds.NAN_IN_ROI: {"n": 2, "voxels": 8}}),
     ({"n_nan_outside": 4}, {kinds.NAN_OUTSIDE: {"n": 4}}), ({"touches_border": True}, {kinds.TOUCHES_BORDER: {}}),
     ({"constant": True, "roi_min": 7.0}, {kinds.CONSTANT_ROI: {"value": 7.0}}),
     ({"constant": True, "voxels": 1}, {kinds.TINY_ROI: {"voxels": 1, "limit": 8}}),
     ({"constant": True, "voxels": 2}, {kinds.TINY_ROI: {"voxels": 2}, kinds.CONSTANT_ROI: {}}),
     ({"components": 2, "largest_component": 5}, {kinds.SEVERAL_COMPONENTS: {"components": 2, "largest": 5}})],
)  # fmt: skip
def test_each_number_of_a_pair_is_judged_alone_and_said(pair, changes, said):
    row, image, mask = pair
    findings = judge(dataclasses.replace(row, **changes), image, mask, ABOUT)
    assert [f.kind for f in findings] == list(said)
    for finding, params in zip(findings, said.values(), strict=True):
        assert finding.fields().items() >= (dict(ABOUT) | params).items()


def test_grids_that_differ_are_described_and_gaps_outside_are_not_counted_on_them(pair):
    _row, image, mask = pair
    other = Volume(mask.array[:, :, 1:], (1.0, 1.5, 2.0), mask.origin_mm)
    row = dataclasses.replace(check_pair(image, other), n_nan_outside=3)
    (finding,) = judge(row, image, other, ABOUT)
    assert finding.kind is kinds.GRID_MISMATCH
    assert finding.params["image_grid"] == describe_grid(image) == "10 x 10 x 10 at 1 x 1 x 2 mm"
    assert finding.params["mask_grid"] == "9 x 10 x 10 at 1 x 1.5 x 2 mm"
    assert finding.params["reasons"] == ", ".join(row.grid.reasons)


@pytest.mark.parametrize(
    ("image_placed", "mask_placed", "said"),
    [({}, {}, []), ({"apart_mm": 2.5}, {"apart_mm": 2.5}, [(kinds.TRANSFORMS_DIFFER, "CT")]),
     ({}, {"apart_mm": 2.5}, [(kinds.TRANSFORMS_DIFFER, "the mask of GTV on CT")]),
     ({"unit": "metre"}, {"unit": "metre"}, [(kinds.OTHER_UNIT, "CT")]),
     ({}, {"unit": "metre"}, [(kinds.OTHER_UNIT, "the mask of GTV on CT")]),
     ({"missing": ("thickness",)}, {"missing": ("thickness",)}, [(kinds.THICKNESS_UNKNOWN, "CT")]),
     ({"missing": ("spacing", "thickness")}, {"missing": ("thickness",)},
      [(kinds.PLACEMENT_MISSING, "CT"), (kinds.THICKNESS_UNKNOWN, "CT"),
       (kinds.THICKNESS_UNKNOWN, "the mask of GTV on CT")])],
)  # fmt: skip
def test_of_a_masks_placement_only_what_its_image_does_not_share_is_said(pair, image_placed, mask_placed, said):
    row, image, _mask = pair
    placed = {"image": Placement("sform", **image_placed), "mask": Placement("sform", **mask_placed)}
    findings = placement_findings(placed, row, image, ABOUT)
    assert [(f.kind, f.params["what"]) for f in findings] == said
    assert all(f.message() and f.remedy() for f in findings)


def test_a_file_has_changed_when_its_size_or_its_time_and_content_have(tmp_path):
    path = tmp_path / "a.nii"
    path.write_bytes(b"12345")
    stat, sha = path.stat(), "5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5"

    def said(**changes):
        known = {"size": 5, "mtime": stat.st_mtime, "sha256": sha, **changes}
        return [(f.kind, f.params["path"], f.case_id) for f in file_findings([FileRef(str(path), **known)], ABOUT)]

    changed = [(kinds.FILE_CHANGED, "a.nii", "P1")]
    assert said() == said(size=0, mtime=0.0, sha256="") == said(mtime=1.0) == said(sha256="other") == []
    assert said(size=6) == said(mtime=1.0, sha256="other") == said(mtime=1.0, sha256="") == changed
    path.unlink()
    assert said() == [(kinds.FILE_MISSING, "a.nii", "P1")]
