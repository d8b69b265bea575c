"""DICOM series: grouping, order, oddities, voxel values, and stored copies without identity."""

from __future__ import annotations

import gzip

import numpy as np
import pydicom
import pytest
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from radiomics_core.cohort.deidentify import store_series, store_uploads
from radiomics_core.cohort.discovery import discover
from radiomics_core.cohort.pairing import guess_pattern, pair
from radiomics_core.imaging import read_volume, same_grid
from radiomics_core.imaging.volume import Volume

SERIES = generate_uid()


def _write_slice(path, z, pixels, *, series=SERIES, **tags):
    meta = FileMetaDataset()
    meta.TransferSyntaxUID, meta.MediaStorageSOPClassUID = ExplicitVRLittleEndian, CTImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    dataset = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
    values = {
        "SOPClassUID": CTImageStorage, "SOPInstanceUID": meta.MediaStorageSOPInstanceUID, "SeriesInstanceUID": series,
        "PatientName": "Doe^Jane", "PatientID": "MRN12345", "Modality": "CT", "SeriesNumber": 3,
        "SeriesDescription": "Thorax", "StudyDate": "20200102", "ImagePositionPatient": [10, 20, z],
        "ImageOrientationPatient": [1, 0, 0, 0, 1, 0], "PixelSpacing": [0.75, 0.5], "SliceThickness": 2,
        "Rows": pixels.shape[0], "Columns": pixels.shape[1], "SamplesPerPixel": 1, "BitsAllocated": 16,
        "BitsStored": 16, "HighBit": 15, "PixelRepresentation": 1, "PhotometricInterpretation": "MONOCHROME2",
        "RescaleSlope": 2, "RescaleIntercept": -1000,
    }  # fmt: skip
    for name, value in (values | tags).items():
        setattr(dataset, name, value)
    dataset.PixelData = pixels.astype("<i2").tobytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    dataset.save_as(path, enforce_file_format=True)


def _series(folder, positions=(0, 2, 4, 6), **tags):
    """Write slices whose file names run against their positions; return the volume they hold."""
    array = np.random.default_rng(0).integers(0, 900, (len(positions), 5, 6))
    for i, z in enumerate(positions):
        _write_slice(folder / f"{len(positions) - i:02d}.dcm", z, array[i], **tags)
    return Volume((array * 2 - 1000).astype(np.int16), (0.5, 0.75, 2.0), (10.0, 20.0, float(min(positions))))


def test_slices_are_ordered_by_position_and_rescaled(tmp_path):
    written = _series(tmp_path / "P1")
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
    _series(tmp_path / "P1")
    files = discover(tmp_path / "P1")
    assert [f.relative for f in files] == ["P1"]
    assert [c.case_id for c in pair(files, guess_pattern(files)).cases] == ["P1"]


def test_a_missing_slice_is_found(tmp_path):
    _series(tmp_path / "P1", positions=(0, 2, 4, 8, 10))
    (found,) = discover(tmp_path)
    assert [f.code for f in found.findings] == ["RX113"]
    assert "2.0 to 4.0 mm apart (1 missing)" in found.findings[0].message()


def test_two_slices_at_one_place_are_found(tmp_path):
    _series(tmp_path / "P1", positions=(0, 2, 2, 4))
    assert [f.code for f in discover(tmp_path)[0].findings] == ["RX113"]


def test_mixed_sizes_multi_frame_and_colour_cannot_be_used(tmp_path):
    _series(tmp_path / "mixed")
    _write_slice(tmp_path / "mixed" / "9.dcm", 8, np.zeros((7, 7)))
    _series(tmp_path / "frames", NumberOfFrames=4)
    _series(tmp_path / "nowhere", ImagePositionPatient=None)
    found = {f.relative: f for f in discover(tmp_path)}
    words = {"mixed": "different sizes (5 x 6, 7 x 7)", "frames": "multi-frame", "nowhere": "where they lie"}
    for name, text in words.items():
        assert [f.code for f in found[name].findings] == ["RX118"]
        assert text in found[name].findings[0].message()


def test_two_series_in_one_folder_are_two_images(tmp_path):
    _series(tmp_path / "P1")
    other = generate_uid()
    for z in (0, 2):
        _write_slice(tmp_path / "P1" / f"b{z}.dcm", z, np.zeros((5, 6)), series=other, SeriesNumber=4, Modality="PT")
    assert [(f.relative, len(f.files)) for f in discover(tmp_path)] == [("P1/3-Thorax", 4), ("P1/4-Thorax", 2)]


def test_series_pairs_with_a_mask_file(tmp_path, write):
    for case in ("P1", "P2"):
        volume = _series(tmp_path / case / "scan")
        mask = np.zeros(volume.array.shape, np.uint8)
        mask[1:3, 1:4, 1:4] = 1
        write(f"{case}/scan_mask.nii.gz", mask)
    files = discover(tmp_path)
    result = pair(files, guess_pattern(files))
    assert [len(c.images[0].files) for c in result.cases] == [4, 4]
    assert [c.images[0].modality for c in result.cases] == ["CT", "CT"]
    assert [len(c.masks) for c in result.cases] == [1, 1]


def test_stored_copy_holds_pixels_and_geometry_and_no_identity(tmp_path):
    written = _series(tmp_path / "P1")
    path = store_series(discover(tmp_path)[0].files, tmp_path / "copy" / "image.nii.gz")
    copy = read_volume(path)
    np.testing.assert_array_equal(copy.array, written.array)
    assert same_grid(copy, written).matches
    content = gzip.decompress(path.read_bytes())
    for secret in (b"Doe", b"Jane", b"MRN", b"2020", b"Thorax"):
        assert secret not in content[:352]


def test_uploads_lose_their_dicom_files_and_the_names_in_their_paths(tmp_path, write):
    upload = tmp_path / "upload"
    written = _series(upload / "DOE_JANE_2020" / "CT")
    _series(upload / "case_7" / "CT")
    for name in ("DOE_JANE_2020/CT_mask.nii.gz", "case_7/CT_mask.nii.gz"):
        write(f"upload/{name}", np.pad(np.ones((2, 3, 4), np.uint8), 1))
    found = store_uploads(upload)
    expected = ["case001/CT.nii.gz", "case001/CT_mask.nii.gz", "case_7/CT.nii.gz", "case_7/CT_mask.nii.gz"]
    assert [f.relative for f in found] == expected
    assert sorted(p.name for p in upload.iterdir()) == ["case001", "case_7"]
    assert not list(upload.rglob("*.dcm"))
    np.testing.assert_array_equal(read_volume(found[0].files).array, written.array)


def test_an_id_that_stands_in_the_name_tag_stays_in_the_path(tmp_path):
    _series(tmp_path / "STS_002" / "CT", PatientName="STS_002", PatientID="STS_002")
    assert [f.relative for f in store_uploads(tmp_path)] == ["STS_002/CT.nii.gz"]


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
    _series(tmp_path / "P1", positions=positions)
    volume = read_volume(discover(tmp_path)[0].files)
    assert volume.array.shape[0] == len(positions)
    assert volume.origin_mm[2] == min(positions)
