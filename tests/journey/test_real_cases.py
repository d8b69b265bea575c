"""Real cases with known answers, from images and from feature tables that other labs made."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from radiomics_core.study import Study
from tests.journey.cohorts import cli

SARCOMA_CASES = ("STS_002", "STS_019", "STS_030", "STS_047")
LIGHT = """
imageType:
  Original: {}
featureClass:
  firstorder: [Mean, Minimum, Maximum]
  shape: [VoxelVolume]
setting:
  binWidth: 25
"""


@pytest.fixture(scope="module")
def sarcoma(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame, pd.DataFrame]:
    """The study of four cases with links to their CT, its quality table, and its features."""
    folder = tmp_path_factory.mktemp("sarcoma")
    for case_id in SARCOMA_CASES:
        target = folder / "images" / case_id
        target.mkdir(parents=True)
        for name in ("CT.nii.gz", "CT_mask.nii.gz"):
            (target / name).symlink_to(shared_data / "sts" / "images" / case_id / name)
    (folder / "light.yaml").write_text(LIGHT, encoding="utf-8")
    study, clinical = folder / "study", shared_data / "sts" / "clinical.csv"
    commands = (
        ("new", study, "--images", folder / "images", "--clinical", clinical, "--id", "patient_id"),
        ("check", study, "--csv", folder / "check.csv", "--jobs", 2),
        ("extract", study, "--image", "CT", "--settings", folder / "light.yaml", "--jobs", 2),
        ("export", study, "--features", folder / "features.csv"),
    )
    for command in commands:
        done = cli(*command)
        assert done.code == 0, done.said
    features = pd.read_csv(folder / "features.csv").set_index("case_id")
    return study, pd.read_csv(folder / "check.csv").set_index("case_id"), features


def _column(features: pd.DataFrame, feature: str) -> pd.Series:
    return features[next(name for name in features.columns if name.endswith(feature))]


def test_voxels_and_volumes_of_sarcoma_cases_are_the_published_ones(sarcoma, shared_data):
    _study, checked, features = sarcoma
    index = pd.read_csv(shared_data / "sts" / "images_index.csv", index_col="patient_id")
    published = index[index["modality"] == "CT"]
    for case_id in SARCOMA_CASES:
        assert checked.loc[case_id, "voxels"] == published.loc[case_id, "mask_voxels_cropped"]
        assert checked.loc[case_id, "components"] == published.loc[case_id, "mask_components"]
    ratio = _column(features, "shape_VoxelVolume") / (checked["volume_ml"].reindex(features.index) * 1000)
    assert ratio.to_numpy() == pytest.approx(1.0, rel=1e-6)


def test_first_order_features_of_sarcoma_cases_equal_a_direct_count(sarcoma, shared_data):
    import SimpleITK as sitk

    _study, _checked, features = sarcoma
    for case_id in SARCOMA_CASES:
        folder = shared_data / "sts" / "images" / case_id
        image = sitk.GetArrayFromImage(sitk.ReadImage(str(folder / "CT.nii.gz"))).astype(float)
        inside = image[sitk.GetArrayFromImage(sitk.ReadImage(str(folder / "CT_mask.nii.gz"))) > 0]
        for name, value in (("Mean", inside.mean()), ("Minimum", inside.min()), ("Maximum", inside.max())):
            assert _column(features, f"firstorder_{name}")[case_id] == pytest.approx(value, rel=1e-9)


def test_the_lipoma_table_comes_in_whole_with_its_endpoint(shared_data, tmp_path):
    file, study = shared_data / "radmlbench" / "WORC-Lipo.csv.gz", tmp_path / "study"
    table = pd.read_csv(file)
    assert cli("import-features", study, "--table", file, "--id", "ID").code == 0
    defined = cli("endpoint", study, "--name", "lipo", "--column", "Target", "--event", "1")
    assert defined.code == 0, defined.said
    assert f"lipo: {int(table['Target'].sum())} events in {len(table)} cases" in defined.said
    with Study.open(study, read_only=True) as opened:
        values = opened.feature_table().values
    assert values.shape == (len(table), table.shape[1] - 2)
    assert values.to_numpy().sum() == pytest.approx(table.drop(columns=["ID", "Target"]).to_numpy().sum(), rel=1e-9)


def test_the_centre_row_of_two_hospitals_has_a_value(shared_data, tmp_path):
    file, study = shared_data / "survival" / "owkin_nsclc_train.csv", tmp_path / "study"
    out, sizes = tmp_path / "c.csv", ("--folds", 3, "--repeats", 1, "--shuffles", 0, "--jobs", 1)
    commands = (
        ("import-features", study, "--table", file, "--id", "PatientID"),
        ("roles", study, "--predictor", "age", "--centre", "SourceDataset"),
        ("endpoint", study, "--name", "died", "--column", "Event", "--event", "1"),
        ("compare", study, "--endpoint", "died", "--inputs", "clinical,centre", "--selectors", "none",
         "--classifiers", "logistic", *sizes, "--out", out),
    )  # fmt: skip
    for command in commands:
        done = cli(*command)
        assert done.code == 0, done.said
    centre = pd.read_csv(out).set_index("inputs").loc["centre"]
    assert centre["n"] == 300
    assert centre["events"] == 162
    assert 0 < centre["auc_low"] < centre["auc"] < centre["auc_high"] < 1
