"""DICOM series: grouping, order, oddities, voxel values, and stored copies without identity."""

from __future__ import annotations

import numpy as np
import pydicom
import pytest
from pydicom.uid import generate_uid

from radiomics_core.images.discovery import discover
from radiomics_core.images.pairing import guess_pattern, pair
from radiomics_core.imaging import read_volume, same_grid
from radiomics_core.imaging.volume import Volume
from tests.dicom_files import without_meta, without_preamble, write_series, write_slice


def test_slices_are_ordered_by_position_and_rescaled(tmp_path):
    written = write_series(tmp_path / "P1")
    (found,) = discover(tmp_path)
    assert (found.kind, found.relative, found.modality, found.acquired) == ("dicom", "P1", "CT", "20200102")
    assert found.findings == ()
    volume = read_volume(found.files)
    np.testing.assert_array_equal(volume.array, written.array)
    assert same_grid(volume, written).matches
    assert found.header.size_xyz == volume.size_xyz
    assert same_grid(
        Volume(volume.array, found.header.spacing_mm, found.header.origin_mm, found.header.direction), volume
    ).matches


def test_slices_at_the_top_are_named_after_their_folder(tmp_path):
    write_series(tmp_path / "P1")
    files = discover(tmp_path / "P1")
    assert [f.relative for f in files] == ["P1"]
    assert [c.case_id for c in pair(files, guess_pattern(files)).cases] == ["P1"]


def test_a_missing_slice_is_found(tmp_path):
    write_series(tmp_path / "P1", positions=(0, 2, 4, 8, 10))
    (found,) = discover(tmp_path)
    assert [f.code for f in found.findings] == ["RX113"]
    assert "2.0 to 4.0 mm apart (1 missing)" in found.findings[0].message()


def test_two_slices_at_one_place_are_found(tmp_path):
    write_series(tmp_path / "P1", positions=(0, 2, 2, 4))
    assert [f.code for f in discover(tmp_path)[0].findings] == ["RX113"]


def test_mixed_sizes_multi_frame_and_colour_cannot_be_used(tmp_path):
    write_series(tmp_path / "mixed")
    write_slice(tmp_path / "mixed" / "9.dcm", 8, np.zeros((7, 7)))
    write_series(tmp_path / "frames", NumberOfFrames=4)
    write_series(tmp_path / "nowhere", ImagePositionPatient=None)
    found = {f.relative: f for f in discover(tmp_path)}
    words = {"mixed": "different sizes (5 x 6, 7 x 7)", "frames": "multi-frame", "nowhere": "where they lie"}
    for name, text in words.items():
        assert [f.code for f in found[name].findings] == ["RX118"]
        assert text in found[name].findings[0].message()


@pytest.mark.parametrize(
    ("tag", "value", "says"),
    [
        ("PixelSpacing", [0, 0.7], "PixelSpacing is not positive"),
        ("PixelSpacing", None, "do not give one pixel size"),
        ("ImageOrientationPatient", [1, 0, 0, 0.5, 1, 0], "not at right angles"),
        ("ImageOrientationPatient", [1, 0, 0], "ImageOrientationPatient is not 6 finite numbers"),
    ],
)
def test_geometry_that_cannot_be_is_refused_and_never_made_up(tmp_path, tag, value, says):
    write_series(tmp_path / "P1", **{tag: value})
    write_series(tmp_path / "P2")
    found = discover(tmp_path)
    assert {f.kind for f in found if f.relative.startswith("P1")} == {"unreadable"}
    assert says in found[0].findings[0].message()
    assert [f.kind for f in found if f.relative.startswith("P2")] == ["dicom"]


@pytest.mark.parametrize("cut_at", [100, 141, 150])
def test_slice_that_is_cut_is_named_and_the_others_go_on(tmp_path, cut_at):
    write_series(tmp_path / "P1")
    first = sorted((tmp_path / "P1").iterdir())[0]
    (tmp_path / "P1" / "cut.dcm").write_bytes(first.read_bytes()[:cut_at])
    found = {f.kind: f for f in discover(tmp_path)}
    assert len(found["dicom"].files) == 4
    assert "cut.dcm" in found["unreadable"].findings[0].message()


def test_two_series_in_one_folder_are_two_images(tmp_path):
    write_series(tmp_path / "P1")
    other = generate_uid()
    for z in (0, 2):
        write_slice(tmp_path / "P1" / f"b{z}.dcm", z, np.zeros((5, 6)), series=other, SeriesNumber=4, Modality="PT")
    assert [(f.relative, len(f.files)) for f in discover(tmp_path)] == [("P1/3-Thorax", 4), ("P1/4-Thorax", 2)]


def test_series_pairs_with_a_mask_file(tmp_path, write):
    for case in ("P1", "P2"):
        volume = write_series(tmp_path / case / "scan")
        mask = np.zeros(volume.array.shape, np.uint8)
        mask[1:3, 1:4, 1:4] = 1
        write(f"{case}/scan_mask.nii.gz", mask)
    files = discover(tmp_path)
    result = pair(files, guess_pattern(files))
    assert [len(c.images[0].files) for c in result.cases] == [4, 4]
    assert [c.images[0].modality for c in result.cases] == ["CT", "CT"]
    assert [len(c.masks) for c in result.cases] == [1, 1]


@pytest.mark.parametrize("ending", ["", ".dc3", ".img", ".1"])
@pytest.mark.parametrize("form", ["no preamble", "no meta, explicit", "no meta, implicit"])
def test_dicom_without_preamble_is_recognised_by_content_and_read(tmp_path, ending, form):
    written = write_series(tmp_path / "P1", PatientName="")
    for path in sorted((tmp_path / "P1").iterdir()):
        (without_preamble(path) if form == "no preamble" else without_meta(path, implicit="implicit" in form))
        path.rename(path.with_suffix(ending))
    (found,) = discover(tmp_path)
    assert (found.kind, len(found.files)) == ("dicom", 4)
    volume = read_volume(found.files)
    np.testing.assert_array_equal(volume.array, written.array)
    assert same_grid(volume, written).matches


@pytest.mark.parametrize(
    "content", [b"", b"\x08\x00", b"%PDF-1.7 ...", b"\x08\x00\xff\x00UI\x02\x00", b"\x08\0\x16\0\xff\0\0\0"]
)
def test_other_files_are_not_taken_for_dicom(tmp_path, content):
    (tmp_path / "P1.img").write_bytes(content)
    assert discover(tmp_path) == []


def test_a_backup_of_a_slice_is_no_second_slice(tmp_path):
    write_series(tmp_path / "P1")
    (tmp_path / "P1/01.dcm.bak").write_bytes((tmp_path / "P1/01.dcm").read_bytes())
    assert len(discover(tmp_path)[0].files) == 4


def test_a_file_that_only_pretends_is_reported(tmp_path):
    (tmp_path / "a.dcm").write_bytes(b"not dicom")
    (found,) = discover(tmp_path)
    assert found.kind == "unreadable"
    assert [f.code for f in found.findings] == ["RX124"]


def test_sarcoma_series_equals_its_official_nifti(shared_data):
    (series,) = [f for f in discover(shared_data / "dicom/rtstruct/STS_002/CT") if f.kind == "dicom"]
    assert series.findings == ()
    whole, crop = read_volume(series.files), read_volume(shared_data / "sts/images/STS_002/CT.nii.gz")
    start = (np.array(crop.origin_mm) - whole.origin_mm) / whole.spacing_mm
    np.testing.assert_allclose(start, np.round(start), atol=1e-4)
    i, j, k = np.round(start).astype(int)
    x, y, z = crop.size_xyz
    np.testing.assert_array_equal(whole.array[k : k + z, j : j + y, i : i + x], crop.array)


def test_contours_are_recognised_and_announced_for_later(shared_data):
    found = discover(shared_data / "dicom")
    later = [f for f in found if f.kind in ("rtstruct", "seg")]
    assert sorted(f.kind for f in later) == ["rtstruct", "rtstruct", "seg"]
    assert {f.findings[0].code for f in later} == {"RX116"}
    (adc,) = [f for f in found if "QIN" in f.relative and f.kind == "dicom"]
    assert adc.header.size_xyz == (256, 256, 20)
    volume = read_volume(adc.files)
    first = pydicom.dcmread(adc.files[0])
    expected = first.pixel_array * float(first.get("RescaleSlope", 1)) + float(first.get("RescaleIntercept", 0))
    np.testing.assert_allclose(volume.array[0], expected)
    assert same_grid(
        volume, Volume(volume.array, adc.header.spacing_mm, adc.header.origin_mm, adc.header.direction), 0.01
    ).matches


@pytest.mark.parametrize("positions", [(0,), (5, 3, 1)])
def test_single_slices_and_descending_positions(tmp_path, positions):
    write_series(tmp_path / "P1", positions=positions)
    volume = read_volume(discover(tmp_path)[0].files)
    assert volume.array.shape[0] == len(positions)
    assert volume.origin_mm[2] == min(positions)
