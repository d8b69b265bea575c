"""The demo cohort is reproducible, carries the truth it promises, and its broken cases are broken."""

from __future__ import annotations

import gzip
import hashlib

import numpy as np
import pandas as pd
import pytest
import SimpleITK
from scipy.stats import rankdata, spearmanr

from radiomics_core.demo import BROKEN_KINDS, DEMO_COLUMNS, DEMO_ENDPOINTS, DemoTruth, generate
from radiomics_core.demo.clinical import concordance_of, draw_patients
from radiomics_core.demo.cohort import scan_case

SEED = 20261121


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    steps = []
    truth = generate(folder, n_cases=6, progress=lambda done, total: steps.append((done, total)))
    assert steps == [(i, 11) for i in range(1, 12)]
    return folder, truth


@pytest.fixture(scope="module")
def patients():
    return draw_patients(np.random.default_rng(np.random.SeedSequence([SEED, 0])), 80)


def read(folder, case_id, name):
    image = SimpleITK.ReadImage(str(folder / "images" / case_id / f"{name}.nii.gz"))
    return SimpleITK.GetArrayFromImage(image), image


def stored_voxels(folder, case_id, name):
    # ITK turns NaN of a NIfTI file into 0 when it reads, so the bytes after the 352-byte header are read here
    raw = gzip.decompress((folder / "images" / case_id / f"{name}.nii.gz").read_bytes())
    return np.frombuffer(raw[352:], dtype="<f4")


def case_of(truth, kind):
    return next(case_id for case_id, defect in truth.broken.items() if defect == kind)


def digest(folder, case_id):
    names = ("CT", "CT_mask", "MR", "MR_mask")
    return hashlib.sha256(b"".join(read(folder, case_id, n)[0].tobytes() for n in names)).hexdigest()


def test_same_seed_gives_the_same_voxels_and_tables(demo, tmp_path):
    folder, _truth = demo
    generate(tmp_path, n_cases=6)
    for case_id in ("DEMO-001", "DEMO-004", "DEMO-006"):
        assert digest(folder, case_id) == digest(tmp_path, case_id)
    for name in ("clinical.csv", "truth.json"):
        assert (folder / name).read_bytes() == (tmp_path / name).read_bytes()


def test_another_seed_gives_other_voxels(demo, tmp_path):
    folder, _truth = demo
    generate(tmp_path, seed=SEED + 1, n_cases=3)
    assert digest(folder, "DEMO-001") != digest(tmp_path, "DEMO-001")


def test_a_case_does_not_depend_on_the_cases_before_it(demo):
    folder, truth = demo
    alone = scan_case(SEED, 3, truth.cases.iloc[3].to_dict())
    np.testing.assert_array_equal(alone["MR"][0], read(folder, "DEMO-004", "MR")[0])


def test_truth_survives_saving_and_is_no_clinical_column(demo):
    folder, truth = demo
    loaded = DemoTruth.load(folder)
    pd.testing.assert_frame_equal(loaded.cases, truth.cases)
    assert loaded.hazard_ratios["heterogeneity"] == pytest.approx(np.exp(0.85))
    clinical = pd.read_csv(folder / "clinical.csv")
    assert list(clinical.columns) == [spec.name for spec in DEMO_COLUMNS]
    assert not {"heterogeneity", "margin", "volume_ml", "response_predictor"} & set(clinical.columns)
    assert list(clinical["case_id"]) == [f"DEMO-{i:03d}" for i in range(1, 12)]


def test_roi_volume_is_the_promised_volume_whatever_the_margin(demo):
    folder, truth = demo
    for row in truth.cases.itertuples():
        mask, image = read(folder, row.case_id, "CT_mask")
        volume_ml = mask.sum() * np.prod(image.GetSpacing()) / 1000
        assert volume_ml == pytest.approx(row.volume_ml, rel=0.06)
        assert 400 < mask.sum() < 3200


def test_masks_lie_on_the_grid_of_their_image_and_inside_it(demo):
    folder, truth = demo
    for case_id in truth.cases["case_id"]:
        for modality in ("CT", "MR"):
            _array, image = read(folder, case_id, modality)
            mask, mask_image = read(folder, case_id, f"{modality}_mask")
            assert mask_image.GetSpacing() == image.GetSpacing()
            assert mask_image.GetOrigin() == image.GetOrigin()
            inner = mask[1:-1, 1:-1, 1:-1]
            assert inner.sum() == mask.sum()


def test_heterogeneity_drives_the_spread_of_intensities(patients):
    sample = patients.sort_values("heterogeneity").iloc[::7]
    spread = []
    for number, row in enumerate(sample.to_dict(orient="records")):
        image, mask = scan_case(7, number, row)["CT"]
        spread.append(image[mask == 1].std())
    assert spearmanr(sample["heterogeneity"], spread).statistic > 0.8


def test_response_follows_heterogeneity_margin_and_stage_and_not_volume(patients):
    event = (patients["response"] == "non-responder").to_numpy()

    def auc(column):
        return concordance_of(patients[column].to_numpy(dtype=float), event)

    assert 0.85 < auc("response_predictor") < 0.92
    assert auc("heterogeneity") > 0.74
    assert auc("margin") > 0.6
    assert 0.6 < auc("stage_step") < 0.72
    assert 0.45 < auc("volume_ml") < 0.55


def test_volume_is_uncorrelated_with_the_true_predictors(patients):
    for column in ("heterogeneity", "margin", "response_predictor", "hazard_predictor"):
        assert abs(spearmanr(patients["volume_ml"], patients[column]).statistic) < 0.12


def test_survival_follows_the_true_hazard_with_a_third_censored(patients):
    assert 1 - patients["death"].mean() == pytest.approx(0.35, abs=0.03)
    ranks = rankdata(patients["survival_days"])
    assert spearmanr(patients["hazard_predictor"], ranks).statistic < -0.35
    assert (patients["survival_days"] > 0).all()


def test_cox_on_the_latents_recovers_the_hazard_ratio():
    # lifelines 0.30, CoxPHFitter on 2,000 patients drawn by the same rule
    lifelines = pytest.importorskip("lifelines")
    many = draw_patients(np.random.default_rng(5), 2000)
    columns = ["heterogeneity", "margin", "stage_step", "survival_days", "death"]
    fitter = lifelines.CoxPHFitter().fit(many[columns], "survival_days", "death")
    for name, truth in {"heterogeneity": 0.85, "margin": 0.45, "stage_step": 0.5}.items():
        assert fitter.params_[name] == pytest.approx(truth, abs=0.1)


def test_dates_and_days_are_the_same_time(patients):
    dates = patients[["diagnosis_date", "last_contact_date"]].apply(pd.to_datetime)
    days = (dates["last_contact_date"] - dates["diagnosis_date"]).dt.days
    assert (days == patients["survival_days"]).all()


def test_some_ages_are_missing(patients):
    assert 2 <= patients["age"].isna().sum() <= 8


def test_there_is_a_broken_case_of_each_kind(demo):
    _folder, truth = demo
    assert tuple(truth.broken.values()) == BROKEN_KINDS


@pytest.mark.parametrize("modality", ["CT", "MR"])
def test_broken_cases_are_broken_as_promised(demo, modality):
    folder, truth = demo
    mask_name = f"{modality}_mask"
    assert read(folder, case_of(truth, "empty_mask"), mask_name)[0].sum() == 0
    assert read(folder, case_of(truth, "two_voxel_roi"), mask_name)[0].sum() == 2
    other = case_of(truth, "mask_on_another_grid")
    assert read(folder, other, mask_name)[0].shape != read(folder, other, modality)[0].shape
    holed = case_of(truth, "nan_voxels")
    mask = read(folder, holed, mask_name)[0]
    image = stored_voxels(folder, holed, modality).reshape(mask.shape)
    assert np.isnan(image[mask == 1]).mean() == pytest.approx(1 / 9, abs=0.01)
    assert not np.isnan(image[mask == 0]).any()


def test_the_duplicate_patient_has_the_images_of_the_first_case(demo):
    folder, truth = demo
    duplicate = case_of(truth, "duplicate_patient")
    assert digest(folder, duplicate) == digest(folder, "DEMO-001")
    clinical = pd.read_csv(folder / "clinical.csv").set_index("case_id")
    assert clinical.loc[duplicate, "patient_id"] != clinical.loc["DEMO-001", "patient_id"]
    assert clinical.loc[duplicate, "survival_days"] == clinical.loc["DEMO-001", "survival_days"]


def test_demo_endpoints_name_columns_of_the_clinical_table():
    names = {spec.name for spec in DEMO_COLUMNS}
    for endpoint in DEMO_ENDPOINTS:
        fields = [v for k, v in endpoint.to_dict().items() if k.endswith("column") and v]
        assert set(fields) <= names
