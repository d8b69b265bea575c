"""Exploration: views coloured by an endpoint are logged, because what is chosen after them is no longer blind."""

from __future__ import annotations

import pandas as pd

from radiomics_core.study.actions.clinical import clinical_volume
from radiomics_core.study.study import Study

COLOUR_ROLES = ("predictor", "centre", "group", "treatment", "volume", "ignore")
COLOUR_TYPES = ("category", "ordered", "number")


def note_view(study: Study, endpoint: str, view: str) -> bool:
    """Log that a view coloured by an endpoint is shown; False when the session may only read and cannot log it."""
    if study.read_only:
        return False
    study.ledger.open_exploration(endpoint, view)
    return True


def development_features(study: Study) -> pd.DataFrame:
    """Return the feature values of the included development cases."""
    table = study.feature_table()
    wanted = {case.case_id for case in study.cohort.included("development")}
    return table.values[table.values.index.isin(wanted)]


def with_volume(study: Study, features: pd.DataFrame, own: str | None) -> tuple[pd.DataFrame, str | None]:
    """Return features with the column that holds the volume, and its name.

    A clinical column with the role volume goes before the features' ``own``; None when neither is there.
    """
    name = clinical_volume(study)
    if name is None:
        return features, own
    volume = study.clinical([name])[name].reindex(features.index)
    shown = name if name not in features.columns else f"{name} (clinical)"
    return features.assign(**{shown: volume.astype(float)}), shown


def colour_columns(study: Study) -> list[str]:
    """Return the clinical columns that may colour cases: no outcome, and nothing without a role that looks like one.

    An outcome is shown as an endpoint, and that is logged; as a mere column it would be looked at unseen.
    """
    if not study.has_clinical():
        return []
    hidden = study.outcome_columns | study.outcome_twins
    offered = [spec for spec in study.column_specs if spec.role in COLOUR_ROLES and spec.type in COLOUR_TYPES]
    return [spec.name for spec in offered if spec.name not in hidden]
