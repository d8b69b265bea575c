"""The quality table finds each kind of broken case, once, under its code."""

from __future__ import annotations

import dataclasses
import os

import numpy as np
import pandas as pd
import pytest

from radiomics_core.cohort.model import Cohort
from radiomics_core.errors import CaseError
from radiomics_core.images.discovery import discover
from radiomics_core.images.pairing import guess_pattern, pair
from radiomics_core.images.quality import QUALITY_COLUMNS, quality_table
from radiomics_core.images.regions import CachedFiles
from radiomics_core.images.regrid import preview_resampled, store_resampled

SHAPE = (8, 10, 12)


def _cohort(folder):
    files = discover(folder)
    return Cohort(pair(files, guess_pattern(files)).cases)


def _codes(table):
    return dict(zip(table["case_id"], table["findings"], strict=True))


@pytest.fixture
def broken(tmp_path, write):
    """A folder whose cases are named after what is wrong with them."""
    box = np.zeros(SHAPE, np.uint8)
    box[3:6, 3:6, 3:6] = 1
    masks = {name: box.copy() for name in ("good", "nan", "flat", "twin-a", "twin-b")}
    masks["empty"] = np.zeros(SHAPE, np.uint8)
    masks["tiny"] = np.where(np.arange(box.size).reshape(SHAPE) % 960 == 500, 1, 0).astype(np.uint8)
    masks["border"] = np.roll(box, -3, axis=0)
    masks["pieces"] = box + np.roll(box, 5, axis=2)
    for seed, (name, mask) in enumerate(sorted(masks.items())):
        image = np.random.default_rng(seed if "twin" not in name else 99).normal(size=SHAPE).astype(np.float32)
        if name == "nan":
            image[4, 4, 4] = image[0, 0, 0] = np.nan
        if name == "flat":
            image[:] = 7
        write(f"{name}/CT.nii.gz", image)
        write(f"{name}/CT_mask.nii.gz", mask)
    write("grid/CT.nii.gz", seed=50)
    write("grid/CT_mask.nii.gz", "box", shape=(7, 8, 9), spacing=(2.0, 2.0, 4.0))
    return tmp_path


def test_each_broken_case_has_its_code_and_the_good_one_none(broken):
    table, findings = quality_table(_cohort(broken))
    assert tuple(table.columns) == QUALITY_COLUMNS
    assert _codes(table) == {
        "good": "", "empty": "RX101", "grid": "RX102", "nan": "RX103 RX117", "tiny": "RX104",
        "border": "RX105", "pieces": "RX106", "flat": "RX107", "twin-a": "RX108", "twin-b": "RX108",
    }  # fmt: skip
    severity = dict(zip(table["case_id"], table["severity"], strict=True))
    assert {c for c, s in severity.items() if s == "stop"} == {"empty", "grid", "nan", "tiny"}
    assert table.set_index("case_id").loc["twin-a", "duplicate_of"] == "twin-b"
    assert all(f.message() and f.remedy() for f in findings)


def test_threads_and_cache_give_the_same_table(broken, tmp_path):
    cohort, ticks = _cohort(broken), []
    table, findings = quality_table(cohort)
    other, more = quality_table(
        cohort, CachedFiles(tmp_path / "cache"), lambda done, total, what: ticks.append((done, total)), n_jobs=2
    )
    pd.testing.assert_frame_equal(table, other)
    assert findings == more
    assert ticks == [(i, 10) for i in range(1, 11)]


def test_unreadable_missing_and_changed_files_are_told_apart(tmp_path, write):
    for seed, case in enumerate(("changed", "gone", "same", "touched")):
        write(f"{case}/CT.nii.gz", seed=seed)
        write(f"{case}/CT_mask.nii.gz", "box")
    cohort = _cohort(tmp_path)
    write("changed/CT.nii.gz", seed=77)
    (tmp_path / "gone/CT_mask.nii.gz").unlink()
    os.utime(tmp_path / "touched/CT.nii.gz", (1, 1))
    assert _codes(quality_table(cohort)[0]) == {"changed": "RX115", "gone": "RX114", "same": "", "touched": ""}
    image = tmp_path / "same/CT.nii.gz"
    image.write_bytes(image.read_bytes()[:100])
    table, _ = quality_table(cohort)
    assert _codes(table)["same"] == "RX109 RX115"
    assert len(table) == 4


def test_a_label_that_one_case_lacks_stops_that_region_only(tmp_path, write):
    for seed, (case, labels) in enumerate({"P1": (1, 2), "P2": (1,)}.items()):
        write(f"{case}/CT.nii.gz", seed=seed)
        mask = np.zeros(SHAPE, np.uint8)
        for label in labels:
            mask[2 * label : 2 * label + 2, 3:6, 3:6] = label
        write(f"{case}/CT_mask.nii.gz", mask)
    table, findings = quality_table(_cohort(tmp_path))
    rows = {(r.case_id, r.roi): r.findings for r in table.itertuples()}
    assert rows == {("P1", "label1"): "", ("P1", "label2"): "", ("P2", "label1"): "", ("P2", "label2"): "RX111"}
    assert "no voxel with label 2 (label2); it holds: 1" in findings[0].message()


def test_an_image_without_a_mask_keeps_its_row(tmp_path, write):
    for seed, case in enumerate(("P1", "P2")):
        write(f"{case}/CT.nii.gz", seed=seed)
        write(f"{case}/CT_mask.nii.gz", "box")
    (tmp_path / "P2/CT_mask.nii.gz").unlink()
    table, _ = quality_table(_cohort(tmp_path))
    assert table[["case_id", "roi", "findings", "severity"]].values.tolist() == [
        ["P1", "ROI", "", ""], ["P2", "", "RX110", "stop"],
    ]  # fmt: skip


def test_two_cases_of_one_patient_are_noted(broken):
    cohort = _cohort(broken)
    cases = tuple(dataclasses.replace(c, patient_id="one") if "twin" in c.case_id else c for c in cohort.cases)
    codes = _codes(quality_table(Cohort(cases))[0])
    assert (codes["twin-a"], codes["twin-b"]) == ("RX108", "RX108 RX125")


def test_resampling_is_offered_shown_and_said(broken, tmp_path):
    case = _cohort(broken).case("grid")
    preview = preview_resampled(case, case.masks[0], "CT")
    assert preview.after.array.shape == preview.image.array.shape
    assert preview.before_ml == pytest.approx(27 * 2 * 2 * 4 / 1000)
    # half the spacing: fine voxels 5 to 10 lie nearest to the mask's 3 to 5 (halves round up); z ends at 7, y at 9
    assert preview.after.array.sum() == 3 * 5 * 6
    fixed, note = store_resampled(case, case.masks[0], "CT", tmp_path / "stored")
    assert note.code == "RX121"
    assert fixed.masks[0].file.source == "stored"
    table, _ = quality_table(Cohort((fixed,)))
    assert table.loc[0, "grid_match"]
    assert table.loc[0, "voxels"] == preview.after.array.sum()


def test_a_mask_far_away_cannot_be_resampled(broken, write):
    far = np.zeros((4, 5, 6), np.uint8)
    far[3, 4, 5] = 1
    write("grid/CT_mask.nii.gz", far, spacing=(50.0, 50.0, 50.0))
    case = _cohort(broken).case("grid")
    with pytest.raises(CaseError, match="no part of the mask of 'ROI' lies inside image 'CT'"):
        preview_resampled(case, case.masks[0], "CT")


@pytest.mark.slow
def test_sarcoma_table_equals_the_published_index(shared_data):
    cohort = _cohort(shared_data / "sts" / "images")
    table, findings = quality_table(cohort)
    index = pd.read_csv(shared_data / "sts" / "images_index.csv").rename(
        columns={"modality": "image", "patient_id": "case_id"}
    )
    both = table.merge(index, on=["case_id", "image"], suffixes=("", "_index"))
    assert len(both) == 153
    assert (both["voxels"] == both["mask_voxels_cropped"]).all()
    assert (both["components"] == both["mask_components"]).all()
    np.testing.assert_allclose(both["volume_ml"], both["mask_volume_ml"], atol=6e-4)
    np.testing.assert_allclose(both["roi_mean"], both["roi_mean_index"], atol=1e-3, rtol=2e-6)
    np.testing.assert_allclose(both["roi_sd"], both["roi_sd_index"], atol=1e-3, rtol=2e-6)
    assert set(table.loc[table["components"] > 1, "case_id"]) == {"STS_044"}
    assert {f.code for f in findings} == {"RX105", "RX106"}
