"""Hazard ratios of one Cox model on all development cases: in-sample, and labelled so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from radiomics_core.errors import EndpointError
from radiomics_core.i18n import lazy_
from radiomics_core.study.actions.analysis import refuse_stopped, task
from radiomics_core.study.actions.clinical import clinical_volume
from radiomics_core.study.study import Study

if TYPE_CHECKING:
    from radiomics_core.survival.forest import CoxForest


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
    from radiomics_core.survival.forest import cox_forest

    task(study, endpoint).check(study.endpoint(endpoint))
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
