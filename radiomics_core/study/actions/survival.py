"""Survival analysis: start, and the result as often as it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from radiomics_core.errors import EndpointError
from radiomics_core.i18n import lazy_
from radiomics_core.study.actions.analysis import begin, data, refuse_stopped
from radiomics_core.study.actions.clinical import clinical_volume
from radiomics_core.study.actions.comparison import inputs
from radiomics_core.study.all_kinds import load_kinds_of
from radiomics_core.study.jobs.job import Job, default_workers
from radiomics_core.study.newest import is_current, newest
from radiomics_core.study.storage.results import ResultMeta
from radiomics_core.study.study import Study

if TYPE_CHECKING:
    from radiomics_core.analysis.cost import CostEstimate
    from radiomics_core.analysis.survival_evaluation import SurvivalEvaluation
    from radiomics_core.analysis.survival_settings import SurvivalSettings
    from radiomics_core.survival.forest import CoxForest

KIND = "survival"

__all__ = [
    "KIND",
    "data",
    "estimate",
    "factors",
    "forest",
    "inputs",
    "is_stale",
    "latest",
    "latest_meta",
    "load",
    "result",
    "start",
]


def estimate(study: Study, endpoint: str, settings: SurvivalSettings, n_jobs: int | None = None) -> CostEstimate:
    """Return the number of fits, minutes and memory, from a short trial (takes seconds)."""
    from radiomics_core.analysis.survival import estimate_cost

    return estimate_cost(data(study, endpoint), settings, n_jobs=n_jobs or default_workers())


def start(study: Study, endpoint: str, settings: SurvivalSettings, n_jobs: int | None = None) -> Job:
    """Analyse in the background; raises EndpointError when the endpoint is not a time to an event.

    A selection or filter that does not exist is a SettingsError that names the nearest; a finding that stands in the
    way is a StoppedError.
    """
    check(study, endpoint, settings)
    return begin(study, KIND, endpoint, settings, n_jobs)


def check(study: Study, endpoint: str, settings: SurvivalSettings) -> None:
    """Raise what :func:`start` would when settings and cases do not fit; findings that stop are asked apart."""
    from radiomics_core.analysis.survival import units_of_work
    from radiomics_core.features.screens import SCREENS
    from radiomics_core.selection import SELECTORS

    if study.endpoint(endpoint).kind != "time_to_event":
        raise EndpointError(
            lazy_("survival analysis needs a time-to-event endpoint, got {kind}"),
            remedy=lazy_("Define an endpoint with a time and an event."),
            kind=study.endpoint(endpoint).kind,
        )
    for registry, name in ((SELECTORS, settings.selector), (SCREENS, settings.screen)):
        _known = registry[name]
    units_of_work(data(study, endpoint), settings)


def result(study: Study, endpoint: str, settings: SurvivalSettings) -> SurvivalEvaluation | None:
    """Return the result for these settings and the study as it is now, None when it was not computed."""
    from radiomics_core.study.jobs.kinds.cross_validation import result_key

    key = result_key(study, KIND, endpoint, settings)
    return load(study, key.digest) if study.results.has(KIND, key.digest) else None


def latest(study: Study, endpoint: str | None = None) -> SurvivalEvaluation | None:
    """Return the newest valid result (of an endpoint), else the newest; see :func:`is_stale`."""
    meta = latest_meta(study, endpoint)
    return None if meta is None else load(study, meta.digest)


def latest_meta(study: Study, endpoint: str | None = None) -> ResultMeta | None:
    """Return what is known about the newest valid result, else the newest, without loading it."""
    return newest(study, KIND, endpoint)


def load(study: Study, digest: str) -> SurvivalEvaluation:
    """Return a result by its digest."""
    from radiomics_core.analysis.survival_evaluation import SurvivalEvaluation

    evaluation = SurvivalEvaluation.load(study.results.path(KIND, digest))
    load_kinds_of(evaluation.findings)
    return evaluation


def is_stale(study: Study, endpoint: str) -> bool:
    """Return whether the data, the method or a library changed since every result of an endpoint."""
    meta = latest_meta(study, endpoint)
    return meta is not None and not is_current(study, meta)


def factors(study: Study) -> list[str]:
    """Return what a forest of hazard ratios may hold: clinical predictors and the volume."""
    sealed = study.outcome_columns
    names = [spec.name for spec in study.column_specs if spec.role == "predictor" and spec.name not in sealed]
    own = study.feature_table().volume_column() if study.has_features() else None
    volume = clinical_volume(study) or own
    return [*names, *([volume] if volume else [])]


def forest(study: Study, endpoint: str, names: Sequence[str]) -> CoxForest:
    """Fit one Cox model of some factors on all development cases: hazard ratios, in-sample and so labelled.

    They show outcomes, so the ledger notes that they were looked at. A finding that stands in the way of an analysis
    (patients entered twice) stands in theirs: StoppedError.
    """
    from radiomics_core.analysis.survival import refuse_delayed_entry
    from radiomics_core.survival.forest import cox_forest

    refuse_delayed_entry(study.endpoint(endpoint))
    refuse_stopped(study, endpoint)
    values = study.endpoint_values(endpoint)
    if values.time is None:
        raise EndpointError(lazy_("hazard ratios need a time-to-event endpoint, got {kind}"), kind=values.kind)
    if not study.read_only:
        study.ledger.open_exploration(endpoint, "hazard ratios")
    table = study.feature_table() if study.has_features() else None
    columns = {}
    for name in names:
        is_feature = table is not None and name in table.values.columns and name != clinical_volume(study)
        source = table.values if table is not None and is_feature else study.clinical([name])
        columns[name] = source[name].reindex(list(values.case_ids))
    patient_of = {case.case_id: case.patient_id for case in study.cohort.cases}
    patients = [patient_of[case_id] for case_id in values.case_ids]
    return cox_forest(pd.DataFrame(columns), values.time, values.event, patients=patients)
