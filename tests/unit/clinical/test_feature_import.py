"""Feature tables of other labs: features, clinical columns and volume are told apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from radiomics_core.clinical.column_types import guess_id_column
from radiomics_core.clinical.endpoint_values import compute_endpoint_values
from radiomics_core.clinical.tables import read_table
from radiomics_core.cohort.endpoints import BinaryEndpoint
from radiomics_core.errors import TableError
from radiomics_core.features.reading import guess_volume_column, import_feature_table


def features(**columns):
    base = {
        "id": ["P1", "P2", "P3"],
        "original_shape_MeshVolume": ["10", "20", "30"],
        "original_firstorder_Mean": ["1.5", "2.5", "3.5"],
        "original_glcm_Contrast": ["3", "1", "2"],
    }
    return pd.DataFrame({**base, **columns}, dtype=object)


@pytest.mark.parametrize(
    ("file", "n", "n_features", "events", "volume"),
    [
        ("WORC-Lipo", 114, 1015, 57, "MR_original_shape_MeshVolume"),
        ("WORC-Desmoid", 203, 1015, 72, "MR_original_shape_MeshVolume"),
        ("Song2020", 260, 264, 127, "ADC_original_shape_Volume"),
        ("Head-Neck-Radiomics-HN1", 137, 105, 61, "GTV-1_original_shape_MeshVolume"),
        ("NSCLC-Radiogenomics", 144, 105, 23, "CT_original_shape_MeshVolume"),
        ("Hosny2018A", 293, 984, 159, "original_shape_Volume"),
    ],
)
def test_published_binary_tables_load_with_their_counts(shared_data, file, n, n_features, events, volume):
    frame = read_table(shared_data / "radmlbench" / f"{file}.csv.gz")
    assert guess_id_column(frame) == "ID"
    table, clinical, _ = import_feature_table(frame, "ID")
    assert table.values.shape == (n, n_features)
    assert list(clinical.columns) == ["Target"]
    assert table.volume_column() == volume
    values, _ = compute_endpoint_values(clinical, BinaryEndpoint(name="t", column="Target", positive="1"))
    assert (values.n, values.n_events) == (n, events)


def test_published_survival_tables_keep_outcomes_and_factors_clinical(shared_data):
    folder = shared_data / "survival"
    table, clinical, _ = import_feature_table(read_table(folder / "owkin_nsclc_train.csv"), "PatientID")
    assert table.values.shape == (300, 53)
    assert table.volume_column() == "original_shape_VoxelVolume"
    assert set(clinical) == {"SurvivalTime", "Event", "Histology", "Mstage", "Nstage", "SourceDataset", "Tstage", "age"}
    table, clinical, _ = import_feature_table(read_table(folder / "lung1_pyradiomics_ssm.csv"), "PatientID")
    assert (table.values.shape, clinical.shape) == ((421, 190), (421, 9))
    table, clinical, findings = import_feature_table(read_table(folder / "tcga_lgg_mri.csv"), "PatientID")
    assert table.values.shape == (100, 1444)
    empty = next(f for f in findings if f.code == "RX262")
    assert empty.params["n"] == 12
    assert "daystolastordeath" in clinical


def test_numbers_come_back_exactly(shared_data):
    path = shared_data / "radmlbench" / "WORC-Lipo.csv.gz"
    table, _, _ = import_feature_table(read_table(path), "ID")
    second = pd.read_csv(path, float_precision="round_trip")  # pandas 2.3, its exact parser
    np.testing.assert_array_equal(table.values.to_numpy(), second[table.values.columns].to_numpy())


def test_two_scans_of_a_patient_need_the_timepoint_column(shared_data):
    frame = read_table(shared_data / "test_retest" / "qin_prostate_t2ax_TP2reg_3D_bin20.csv")
    with pytest.raises(TableError, match=r"11 ids occur in more than one row.*'timepoint'"):
        import_feature_table(frame, "patient_id")
    table, _, _ = import_feature_table(frame, "patient_id", timepoint_column="timepoint")
    assert table.values.shape == (22, 1235)
    assert set(table.keys["timepoint"]) == {"1", "2"}
    several = read_table(shared_data / "test_retest" / "qin_prostate_t2ax_3D_bin20.csv")
    with pytest.raises(TableError, match="keep one value of 'segmentedStructure'"):
        import_feature_table(several, "patient_id", timepoint_column="timepoint")


def test_columns_are_described_not_parsed_later():
    frame = features(**{"PET__GTV__wavelet-LLH_glszm_ZoneEntropy": ["1", "2", "4"]})
    table, _, _ = import_feature_table(frame, "id")
    row = table.columns.set_index("column").loc["PET__GTV__wavelet-LLH_glszm_ZoneEntropy"]
    assert row.to_dict() == {
        "image": "PET", "roi": "GTV", "filter": "wavelet-LLH", "family": "glszm", "feature": "ZoneEntropy",
        "unit": "", "kind": "radiomics", "block": "PET",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["original_shape_VoxelVolume", "original_shape_MeshVolume"], "original_shape_MeshVolume"),
        (["original_shape_SurfaceVolumeRatio", "original_shape_VoxelVolume"], "original_shape_VoxelVolume"),
        (["original_shape_SurfaceVolumeRatio", "MeshVolumeRatio"], ""),
        (["CT_original_shape_Volume"], "CT_original_shape_Volume"),
        (["Tumour_Volume", "ADC_general_info_VolumeNum"], ""),
        (["my_MeshVolume"], "my_MeshVolume"),
    ],
)
def test_volume_is_the_exact_last_part_of_a_name(names, expected):
    assert guess_volume_column(names) == expected


def test_the_volume_can_be_overridden_and_taken_away():
    frame = features()
    table, _, _ = import_feature_table(frame, "id", volume_column="original_firstorder_Mean")
    assert table.volume_column() == "original_firstorder_Mean"
    table, _, findings = import_feature_table(frame, "id", volume_column="")
    assert table.volume_column() is None
    assert "RX266" in [f.code for f in findings]


def test_outcomes_and_factors_never_become_features_unnoticed():
    frame = features(
        Target=["0", "1", "0"], age=["60.1", "61.2", "62.3"], psa=["4.4", "5.5", "6.6"], sex=["m", "f", "m"]
    )
    table, clinical, findings = import_feature_table(frame, "id")
    assert list(clinical.columns) == ["Target", "age", "psa", "sex"]
    assert next(f for f in findings if f.code == "RX265").params["n"] == 3
    table, clinical, _ = import_feature_table(frame, "id", feature_columns=["psa"])
    assert table.names(kind="other") == ["psa"]


def test_names_without_pyradiomics_are_features_unless_they_speak_of_patients():
    rng = np.random.default_rng(0)
    columns = {f"feat{i}": [f"{v:.3f}" for v in rng.normal(size=3)] for i in range(8)}
    frame = pd.DataFrame({"id": ["1", "2", "3"], **columns, "OS_days": ["1", "2", "3"], "grade": ["1", "2", "3"]})
    table, clinical, findings = import_feature_table(frame, "id")
    assert list(table.values.columns) == list(columns)
    assert list(clinical.columns) == ["OS_days", "grade"]
    assert "RX264" in [f.code for f in findings]
    table, clinical, _ = import_feature_table(frame, "id", clinical_columns=["feat0"])
    assert "feat0" in clinical


def test_text_in_a_feature_is_an_error_with_cell_and_row_unless_accepted():
    frame = features(original_glcm_Contrast=["3", "n.d.", "inf"])
    with pytest.raises(
        TableError, match=r"1 feature cells are no numbers: 'n.d.' in row 'P2', column 'original_glcm_Contrast'"
    ):
        import_feature_table(frame, "id")
    table, _, findings = import_feature_table(frame, "id", on_text="missing")
    assert list(table.values["original_glcm_Contrast"].isna()) == [False, True, True]
    assert {"RX260", "RX267"} <= {f.code for f in findings}


def test_diagnostics_constant_and_empty_columns_are_noted():
    frame = features(
        diagnostics_Versions_PyRadiomics=["v3"] * 3,
        original_glcm_Id=["1", "1", "1"],
        original_glcm_Idn=[pd.NA, pd.NA, pd.NA],
    )
    table, clinical, findings = import_feature_table(frame, "id")
    assert "diagnostics_Versions_PyRadiomics" not in {*table.values, *clinical}
    assert {f.code: f.params["n"] for f in findings} == {"RX261": 1, "RX262": 1, "RX263": 1}


def test_repeated_and_blank_ids_are_errors():
    with pytest.raises(TableError, match=r"1 ids occur in more than one row of column 'id', e.g. P1. Keep one row"):
        import_feature_table(features(id=["P1", "P1", "P2"]), "id")
    with pytest.raises(TableError, match=r"1 rows have no id in column 'id', first row 2"):
        import_feature_table(features(id=["P1", pd.NA, "P2"]), "id")
    with pytest.raises(TableError, match=r"no column 'case'. Available: id"):
        import_feature_table(features(), "case")


def test_several_cases_of_a_patient_keep_their_patient():
    frame = features(patient=["A", "A", "B"])
    table, clinical, _ = import_feature_table(frame, "id", patient_column="patient")
    assert list(table.keys["patient_id"]) == ["A", "A", "B"]
    assert list(clinical["patient"]) == ["A", "A", "B"]


def test_a_table_of_another_programs_names_is_all_radiomics_features():
    rng = np.random.default_rng(0)
    columns = {f"T1__Fmorph_{i}__scale1": [f"{v:.3f}" for v in rng.normal(size=3)] for i in range(8)}
    table = import_feature_table(pd.DataFrame({"id": ["a", "b", "c"], **columns}), "id")[0]
    assert table.names(kind="radiomics") == list(columns)
