"""What the pages and the command line do to a study, on three small cases with two images."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.cohort.endpoints import BinaryEndpoint
from radiomics_core.errors import EndpointError, StudyError, TableError
from radiomics_core.study import Study
from radiomics_core.study.actions import (
    analysis,
    clinical,
    endpoints,
    export,
    extraction,
    feature_import,
    flow,
    images,
    quality,
    split,
    status,
)

PATIENCE_S = 90


def write_images(folder: Path, n: int = 4) -> Path:
    import SimpleITK as sitk

    for number in range(n):
        case = folder / f"P{number + 1:02d}"
        case.mkdir(parents=True)
        rng = np.random.default_rng(number)
        mask = np.zeros((8, 10, 12), np.uint8)
        mask[2:6, 3:7, 3:8] = 1
        for image in ("CT", "MR"):
            sitk.WriteImage(
                sitk.GetImageFromArray(rng.normal(50, 20, mask.shape).astype(np.float32)), str(case / f"{image}.nii.gz")
            )
            sitk.WriteImage(sitk.GetImageFromArray(mask), str(case / f"{image}_mask.nii.gz"))
    return folder


@pytest.fixture
def imported(study, tmp_path) -> Study:
    images.import_folder(study, write_images(tmp_path / "images"))
    table = "patient id,age,hospital,outcome\np01 ,50,A,dead\np02,60,A,alive\np03,70,B,dead\np04,40,B,alive\n"
    clinical.import_table(study, table.encode(), "patient id", name="clinical.csv")
    return study


def test_columns_that_identify_persons_are_found_and_can_be_left_out(imported):
    table = b"patient id,surname,age\nP01,Wolf,50\nP02,Meyer,60\n"
    clinical.import_table(imported, table, "patient id")
    assert [f.column for f in imported.findings("clinical") if f.code == "RX271"] == ["surname"]
    clinical.import_table(imported, table, "patient id", leave_out=["surname"])
    assert [f.code for f in imported.findings("clinical") if f.code == "RX271"] == []
    assert [spec.name for spec in imported.column_specs] == ["patient id", "age"]


def steps_by_name(study: Study) -> dict[str, str]:
    return {step.name: step.state for step in status.steps(study)}


def test_import_roles_endpoint_split_and_what_is_next(imported):
    assert [c.case_id for c in imported.cohort.cases] == ["P01", "P02", "P03", "P04"]
    assert imported.cohort.image_names() == ["CT", "MR"]
    assert {spec.role for spec in imported.column_specs} == {"id", "ignore"}
    assert imported.clinical().index.tolist() == ["P01", "P02", "P03", "P04"]
    clinical.set_roles(imported, predictor=["age"], centre="hospital")
    assert [c.centre for c in imported.cohort.cases] == ["A", "A", "B", "B"]
    made = split.set_external(imported, "hospital=B")
    assert (made.n_development, made.n_external) == (2, 2)
    checked = endpoints.add(imported, BinaryEndpoint(name="death", column="outcome", positive="dead"))
    assert (checked.values.n, checked.values.n_events) == (2, 1)
    assert "outcome" not in imported.clinical().columns
    assert [c.name for c in split.columns(imported)] == ["patient id", "age", "hospital"]
    assert imported.endpoint_values("death").case_ids == ("P01", "P02")
    assert endpoints.value_counts(imported, "outcome") == {"dead": 1, "alive": 1}
    assert flow.patient_flow(imported, "death").n("external") == 2
    following = [step.name for step in status.steps(imported) if step.is_next]
    assert following == ["images"]


def test_no_case_is_set_aside_once_outcomes_were_looked_at(imported):
    imported.ledger.open_exploration("death", "univariate")
    with pytest.raises(StudyError, match=r"already looked at.*Duplicate the study"):
        split.set_external(imported, "hospital=B")
    assert all(case.role == "development" for case in imported.cohort.cases)


def test_a_role_moves_and_unknown_columns_are_named(imported):
    clinical.set_roles(imported, predictor=["age"], centre="hospital")
    clinical.set_roles(imported, predictor=["hospital"])
    roles = {spec.name: spec.role for spec in imported.column_specs}
    assert roles == {"patient id": "id", "age": "ignore", "hospital": "predictor", "outcome": "ignore"}
    assert {case.centre for case in imported.cohort.cases} == {""}
    with pytest.raises(StudyError, match=r"no column weight. Columns: patient id, age, hospital, outcome"):
        clinical.set_roles(imported, predictor=["weight"])


def test_bad_tables_and_endpoints_are_refused_with_the_way_out(imported):
    with pytest.raises(TableError, match=r"no column 'ident'.*Available: patient id"):
        clinical.import_table(imported, b"patient id,age\nP01,5\nP02,6\n", "ident")
    with pytest.raises(TableError):
        clinical.import_table(imported, b"id,age\nX9,5\nY8,6\n", "id")
    with pytest.raises(EndpointError, match="'gone' does not occur in column 'outcome'"):
        endpoints.add(imported, BinaryEndpoint(name="x", column="outcome", positive="gone"))
    constant = b"id,flag,w\nP01,1,a\nP02,1,b\nP03,1,c\nP04,1,d\n"
    clinical.import_table(imported, constant, "id")
    with pytest.raises(EndpointError, match="constant: 4 of 4 cases have the event"):
        endpoints.add(imported, BinaryEndpoint(name="x", column="flag", positive="1"))
    assert imported.endpoints == {}


def test_importing_images_again_keeps_exclusions_and_matches_the_table_again(imported, tmp_path):
    quality.exclude(imported, ["P02"], "motion")
    with pytest.raises(StudyError, match="only with a reason"):
        quality.exclude(imported, ["P01"], " ")
    images.import_folder(imported, write_images(tmp_path / "more", n=5))
    assert imported.cohort.excluded_ids() == {"P02"}
    assert imported.clinical().index.tolist() == ["P01", "P02", "P03", "P04"]
    quality.include(imported, "P02")
    assert imported.cohort.excluded_ids() == set()


def test_check_extract_and_staleness(imported, tmp_path):
    assert quality.start(imported, 1).wait(PATIENCE_S).state == "done"
    table = quality.table(imported)
    assert table["voxels"].tolist() == [80] * 8
    assert steps_by_name(imported)["images"] == "done"
    settings = extraction.preset("ct").with_image_types(["Original"]).with_feature_classes({"firstorder": ["Mean"]})
    settings = settings.with_value("resampledPixelSpacing", None)
    job = extraction.start(imported, "CT", None, settings, n_jobs=1)
    assert job.wait(PATIENCE_S).state == "done", job.log
    assert imported.feature_table().values.shape == (4, 1)
    again = extraction.start(imported, "MR", None, settings, n_jobs=1)
    assert again.wait(PATIENCE_S).state == "done", again.log
    values = imported.feature_table().values
    assert list(values.columns) == ["CT__ROI__original_firstorder_Mean", "MR__ROI__original_firstorder_Mean"]
    assert steps_by_name(imported)["extraction"] == "done"
    file = export.features(imported, tmp_path / "features.csv")
    assert list(pd.read_csv(file).columns) == ["case_id", *values.columns]
    images.import_folder(imported, write_images(tmp_path / "more", n=5))
    assert steps_by_name(imported)["extraction"] == "stale"
    assert steps_by_name(imported)["images"] == "stale"


def feature_csv(n: int = 60) -> bytes:
    rng = np.random.default_rng(3)
    event = np.arange(n) % 2
    features = {f"original_firstorder_{name}": rng.normal(event, 1) for name in ("Mean", "Median", "Energy")}
    ids = [f"L{i:02d}" for i in range(n)]
    return pd.DataFrame({"ID": ids, **features, "Target": event}).to_csv(index=False).encode()


def test_a_feature_table_alone_leads_to_a_comparison_that_is_stored_and_goes_stale(study):
    feature_import.import_table(study, feature_csv(), "ID", name="lab.csv")
    endpoints.add(study, BinaryEndpoint(name="target", column="Target", positive="1"))
    settings = AnalysisSettings(repeats=1, shuffles=1, selectors=("mann_whitney",), models=("logistic_ridge",))
    assert analysis.result(study, "target", settings) is None
    job = analysis.start(study, "target", settings, 1)
    assert job.wait(PATIENCE_S).state == "done", job.log
    first = analysis.result(study, "target", settings)
    assert {"radiomics", "permuted"} <= set(first.frame()["inputs"])
    assert not analysis.is_stale(study, "target")
    again = analysis.start(study, "target", settings, 2)
    assert again.wait(PATIENCE_S).total == 0
    quality.exclude(study, ["L00"], "wrong patient")
    assert analysis.is_stale(study, "target")
    assert analysis.result(study, "target", settings) is None
    assert steps_by_name(study)["comparison"] == "stale"
    assert analysis.latest(study, "target").meta["n"] == 60


def test_a_record_number_is_never_guessed_as_an_endpoint(study):
    rows = "".join(f"C{i},47110{i:02d},{i % 2},{100 + i},{(i + 1) % 2}\n" for i in range(12))
    table = "ID,住院号,admission no status,days,recurrence\n" + rows
    features = "ID,original_firstorder_Mean\n" + "".join(f"C{i},{i}\n" for i in range(12))
    feature_import.import_table(study, features.encode(), "ID")
    clinical.import_table(study, table.encode(), "ID", name="clinical.csv")
    assert endpoints.columns_for_endpoints(study) == ["days", "recurrence"]
    assert endpoints.guess_time_to_event(study) == endpoints.TimeToEventGuess("days", "")
    clinical.set_roles(study, outcome=["住院号"])
    assert "住院号" in endpoints.columns_for_endpoints(study)
