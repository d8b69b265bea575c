"""What notebooks, pages and the README rely on: names and parameters that stay."""

from __future__ import annotations

import inspect

import pytest

from radiomics_core.study import Study, library
from radiomics_core.study.actions import (
    analysis,
    clinical,
    endpoints,
    explanation,
    export,
    extraction,
    feature_import,
    flow,
    images,
    quality,
    split,
    status,
)
from radiomics_core.study.jobs.job import Job, Jobs
from radiomics_core.study.jobs.kinds import JOB_KINDS
from radiomics_core.study.storage.results import ResultStore

SIGNATURES = {
    images.look: "study folder",
    images.import_folder: "study folder pattern",
    images.relink: "study old_folder new_folder",
    clinical.import_table: "study source id_column fmt",
    clinical.set_roles: "study predictor centre patient volume",
    split.set_external: "study rule",
    endpoints.add: "study endpoint",
    endpoints.check: "study endpoint",
    feature_import.import_table: "study source id_column",
    quality.start: "study n_jobs",
    quality.table: "study",
    quality.exclude: "study case_ids reason",
    extraction.start: "study image roi settings engine n_jobs",
    analysis.start: "study endpoint settings n_jobs",
    analysis.result: "study endpoint settings",
    analysis.latest: "study endpoint",
    explanation.start: "study endpoint inputs settings",
    export.features: "study file",
    flow.patient_flow: "study endpoint",
    status.steps: "study",
    library.create: "name folder",
    library.duplicate: "folder name",
    library.delete: "folder",
    library.restore: "folder",
    Study.create: "folder name",
    Study.open: "folder read_only",
    Study.clinical: "self columns",
    Study.endpoint_values: "self endpoint role",
    Jobs: "study",
    Jobs.start: "self kind payload n_workers",
    Job.cancel: "self",
    Job.resume: "self",
    ResultStore.path: "self kind digest",
}


@pytest.mark.parametrize("function", SIGNATURES, ids=lambda f: f"{f.__module__}.{f.__qualname__}")
def test_a_public_function_keeps_its_parameters_and_is_documented(function):
    names = list(inspect.signature(function).parameters)
    assert set(SIGNATURES[function].split()) <= set(names)
    assert inspect.getdoc(function)


def test_study_attributes_stay():
    wanted = [
        "folder",
        "name",
        "cohort",
        "column_specs",
        "endpoints",
        "view",
        "results",
        "ledger",
        "findings",
        "feature_table",
    ]
    study_names = set(dir(Study)) | set(inspect.getsource(Study.__init__).replace("self.", " ").split())
    assert {name for name in wanted if name not in study_names and f"{name}," not in study_names} == set()


def test_every_job_kind_can_be_built_and_names_itself():
    for row in JOB_KINDS:
        kind = JOB_KINDS.build(row.name)
        assert kind.name == row.name
        assert str(row.label)
