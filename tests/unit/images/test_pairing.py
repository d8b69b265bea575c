"""From files to cases: labels become regions, grids are respected, nothing disappears."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from radiomics_core.cohort.model import Case, Cohort, FileRef, ImageRef
from radiomics_core.errors import ImageError
from radiomics_core.images import kinds
from radiomics_core.images.discovery import discover
from radiomics_core.images.pairing import PairingPattern, guess_pattern, pair
from radiomics_core.images.pairing_table import pair_from_table, pairing_template


def _pair(folder, pattern=None):
    files = discover(folder)
    return pair(files, PairingPattern.from_text(pattern) if pattern else guess_pattern(files))


def _codes(result):
    return sorted(f.code for f in result.findings)


def _regions(result):
    return [(c.case_id, m.image, m.roi, m.label) for c in result.cases for m in c.masks]


def test_single_label_masks_stand_for_every_nonzero_voxel(tmp_path, write):
    for case, value in (("P1", 1), ("P2", 255)):
        write(f"{case}/CT.nii.gz")
        mask = np.zeros((8, 10, 12), np.uint8)
        mask[2:5, 2:5, 2:5] = value
        write(f"{case}/CT_mask.nii.gz", mask)
    result = _pair(tmp_path)
    assert _regions(result) == [("P1", "CT", "ROI", None), ("P2", "CT", "ROI", None)]
    assert result.findings == ()
    assert Cohort.from_dict(Cohort(result.cases).to_dict()).cases == result.cases


def test_several_labels_become_regions_in_every_case(tmp_path, write):
    for case, labels in (("P1", (1, 2)), ("P2", (1,))):
        write(f"{case}/CT.nii.gz")
        mask = np.zeros((8, 10, 12), np.uint8)
        for label in labels:
            mask[2 * label : 2 * label + 2, 2:5, 2:5] = label
        write(f"{case}/CT_mask.nii.gz", mask)
    assert _regions(_pair(tmp_path)) == [
        ("P1", "CT", "label1", 1), ("P1", "CT", "label2", 2), ("P2", "CT", "label1", 1), ("P2", "CT", "label2", 2),
    ]  # fmt: skip


def test_slicer_segment_names_become_regions(tmp_path, write):
    keys = {"Segment0_Name": "GTV", "Segment0_LabelValue": "1", "Segment1_Name": "node", "Segment1_LabelValue": "3"}
    mask = np.zeros((8, 10, 12), np.uint8)
    mask[2, 2:5, 2:5], mask[4, 2:5, 2:5] = 1, 3
    for case in ("P1", "P2"):
        write(f"{case}/CT.nrrd")
        write(f"{case}/Segmentation.seg.nrrd", mask, keys=keys)
    assert _regions(_pair(tmp_path))[:2] == [("P1", "CT", "GTV", 1), ("P1", "CT", "node", 3)]


def test_one_mask_applies_to_the_images_on_its_grid_and_others_are_reported(tmp_path, write):
    for case in ("P1", "P2"):
        write(f"{case}/{case}_T1.nii.gz")
        write(f"{case}/{case}_T2.nii.gz", seed=1)
        write(f"{case}/{case}_PET.nii.gz", shape=(4, 5, 6), spacing=(2.0, 2.0, 4.0))
        write(f"{case}/{case}_seg.nii.gz", "box")
    result = _pair(tmp_path)
    assert [r[1] for r in _regions(result) if r[0] == "P1"] == ["T1", "T2"]
    assert _codes(result) == ["RX110", "RX110", "RX119", "RX119"]  # PET: other grid, and so without a mask


def test_leftovers_clashes_and_halves_are_findings_and_the_rest_goes_on(tmp_path, write):
    for case in ("P1", "P2", "P3"):
        write(f"{case}/CT.nii.gz")
        write(f"{case}/CT_mask.nii.gz", "box")
    (tmp_path / "P2/CT_mask.nii.gz").unlink()
    (tmp_path / "P3/CT.nii.gz").unlink()
    write("notes/extra/deep.nii.gz")
    write("P1/CT.nrrd")
    result = _pair(tmp_path, "{case}/{image:CT} + {case}/{image:CT}_mask")
    assert [c.case_id for c in result.cases] == ["P1", "P2"]
    assert result.unmatched == ("notes/extra/deep.nii.gz",)
    assert _codes(result) == ["RX110", "RX112", "RX120", "RX122"]


def test_a_broken_mask_is_a_finding_of_its_case_only(tmp_path, write):
    for case in ("P1", "P2"):
        write(f"{case}/CT.nii.gz")
        write(f"{case}/CT_mask.nii.gz", "box")
    (tmp_path / "P1/CT_mask.nii.gz").write_bytes(b"nonsense")
    result = _pair(tmp_path)
    assert [c.case_id for c in result.cases] == ["P1", "P2"]
    assert [(f.code, f.case_id) for f in result.findings] == [("RX109", "P1")]


def test_images_without_masks_say_what_to_do(tmp_path, write):
    write("P1.nii.gz")
    write("P2.nii.gz", seed=1)
    result = _pair(tmp_path)
    assert _codes(result) == ["RX123"]
    assert "2 images were found and no mask" in result.findings[0].message()


def test_template_is_filled_with_what_is_known_and_read_back(tmp_path, write):
    for case in ("P1", "P2"):
        write(f"{case}/CT.nii.gz")
        write(f"{case}/CT_mask.nii.gz", "box")
    cases = _pair(tmp_path).cases
    table = pairing_template(cases, tmp_path)
    assert list(table.columns) == ["case_id", "image", "image_path", "roi", "mask_path", "label"]
    assert table.loc[0].tolist() == ["P1", "CT", "P1/CT.nii.gz", "ROI", "P1/CT_mask.nii.gz", ""]
    csv = tmp_path / "pairs.csv"
    table.to_csv(csv, index=False)
    back = pair_from_table(pd.read_csv(csv, dtype=str), tmp_path)
    assert back.cases == cases
    assert back.findings == ()


def test_bad_rows_of_a_template_do_not_stop_the_others(tmp_path, write):
    write("a.nii.gz")
    write("a_m.nii.gz", "box")
    rows = [["P1", "CT", "a.nii.gz", "GTV", "a_m.nii.gz", "1"], ["P2", "CT", "gone.nii.gz", "GTV", "a_m.nii.gz", ""],
            ["P3", "CT", "a.nii.gz", "GTV", "", ""], ["", "CT", "a.nii.gz", "", "", ""]]  # fmt: skip
    table = pd.DataFrame(rows, columns=["case_id", "image", "image_path", "roi", "mask_path", "label"])
    result = pair_from_table(table, tmp_path)
    assert _regions(result) == [("P1", "CT", "GTV", 1)]
    assert _codes(result) == ["RX109", "RX109", "RX110"]
    with pytest.raises(ImageError, match="no column mask_path"):
        pair_from_table(table.drop(columns="mask_path"), tmp_path)


def test_all_sarcoma_pairs_are_paired_by_the_guessed_pattern(shared_data):
    result = _pair(shared_data / "sts" / "images")
    assert len(result.cases) == 51
    assert result.unmatched == ()
    assert result.findings == ()
    for case in result.cases:
        assert [i.name for i in case.images] == ["CT", "MR_T1", "PET"]
        assert [i.modality for i in case.images] == ["CT", "MR", "PT"]
        for mask in case.masks:
            assert mask.file.path == case.image(mask.image).path.replace(".nii.gz", "_mask.nii.gz")


def test_a_row_with_a_label_and_no_region_is_named_by_the_label_and_one_without_either_by_the_mask(tmp_path, write):
    write("ct.nii.gz")
    write("m.nii.gz", "box")
    rows = [["P1", "", "ct.nii.gz", "", "m.nii.gz", "2.0"], ["P1", "", "ct.nii.gz", "", "m.nii.gz", ""],
            ["P2", "PET", "ct.nii.gz", "", "m.nii.gz", "x"]]  # fmt: skip
    table = pd.DataFrame(rows, columns=["case_id", "image", "image_path", "roi", "mask_path", "label"])
    result = pair_from_table(table, tmp_path)
    assert _regions(result) == [("P1", "CT", "label2", 2), ("P1", "CT", "ROI", None)]
    assert [len(case.images) for case in result.cases] == [1]
    assert [(f.code, f.case_id) for f in result.findings] == [("RX109", "P2")]


def test_the_template_shows_the_folder_of_a_series_and_the_whole_path_of_a_file_that_lies_elsewhere(tmp_path):
    def ref(name):
        return FileRef(str(tmp_path / name))

    def shown(files, folder):
        return pairing_template([Case("P", "P", (ImageRef("CT", files, "CT"),), ())], folder).iloc[0].tolist()

    series = (ref("dicom/s1/1.dcm"), ref("dicom/s1/2.dcm"))
    assert shown(series, tmp_path) == ["P", "CT", "dicom/s1", "", "", ""]
    assert shown(series[:1], tmp_path)[2] == "dicom/s1/1.dcm"
    assert shown(series[:1], tmp_path / "other")[2] == shown(series[:1], None)[2] == str(tmp_path / "dicom/s1/1.dcm")


def test_a_mask_without_its_image_is_said_and_masks_that_name_theirs_go_on_it_alone(tmp_path, write):
    for case in ("P1", "P2"):
        write(f"{case}/CT.nii.gz", seed=1)
        write(f"{case}/PET.nii.gz", seed=2)
        write(f"{case}/CT_mask.nii.gz", "box")
    write("P2/MR_mask.nii.gz", "box")
    write("P3/CT_mask.nii.gz", "box")
    result = _pair(tmp_path, "{case}/{image:CT|PET} + {case}/{image}_mask")
    assert _regions(result) == [("P1", "CT", "ROI", None), ("P2", "CT", "ROI", None)]
    said = sorted((f.code, f.case_id, f.image) for f in result.findings)
    lost = [(code, case, image) for code, case, image in said if code == kinds.MISSING_IMAGE.code]
    assert lost == [(kinds.MISSING_IMAGE.code, "P2", "MR"), (kinds.MISSING_IMAGE.code, "P3", "CT")]
    assert [case.case_id for case in result.cases] == ["P1", "P2"]
