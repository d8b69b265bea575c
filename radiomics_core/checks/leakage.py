"""Whether something knows the answer before it is asked."""

from __future__ import annotations

import pandas as pd

from radiomics_core.checks import kinds
from radiomics_core.checks.facts import AnalysisFacts, not_applicable
from radiomics_core.cohort.clinical_checks import likeness_findings, outcome_likeness, recorded_after
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import lazy_


def check_outcome_like_predictors(facts: AnalysisFacts) -> list[Finding]:
    """Find predictors that look like an outcome: by name, filled only in events, AUC above .95 alone."""
    clinical, predictors = _predictors(facts)
    likenesses = outcome_likeness(clinical[predictors], facts.values)
    return [finding for likeness in likenesses for finding in likeness_findings(likeness, facts.values)]


def check_recorded_after_imaging(facts: AnalysisFacts) -> list[Finding]:
    """Find predictors whose date lies after the imaging date."""
    clinical, predictors = _predictors(facts)
    if facts.imaging_column not in clinical.columns:
        raise not_applicable(lazy_("no column holds the imaging date"))
    dates = [s.name for s in facts.specs if s.name in predictors and s.type == "date"]
    if not dates:
        raise not_applicable(lazy_("no predictor is a date"))
    return recorded_after(clinical, dates, facts.imaging_column)


def _predictors(facts: AnalysisFacts) -> tuple[pd.DataFrame, list[str]]:
    if facts.clinical is None:
        raise not_applicable(lazy_("no clinical table"))
    clinical = facts.clinical
    names = [s.name for s in facts.specs if s.role in ("predictor", "treatment") and s.name in clinical.columns]
    if not names:
        raise not_applicable(lazy_("no clinical column is a predictor"))
    return clinical, names


def check_duplicate_patients(facts: AnalysisFacts) -> list[Finding]:
    """Find cases of different patients whose features are identical to 9 digits."""
    features = facts.required_features()
    varying = features.loc[:, features.max() > features.min()]
    if varying.shape[1] < 3:
        raise not_applicable(lazy_("too few features to tell patients apart"))
    rounded = varying.map(lambda value: f"{value:.9g}")
    keys = pd.util.hash_pandas_object(rounded, index=False)
    ids = pd.Series([str(i) for i in features.index])
    groups = [list(g) for _, g in ids.groupby(keys.to_numpy()) if len(g) > 1]
    patients = facts.patient_ids
    clashes = [g for g in groups if len({patients.get(case_id, case_id) for case_id in g}) > 1]
    if not clashes:
        return []
    examples = "; ".join(" = ".join(g) for g in clashes[:5])
    return [found(kinds.DUPLICATE_PATIENTS, n=len(clashes), examples=examples)]


def check_patients_on_both_sides(facts: AnalysisFacts) -> list[Finding]:
    """Find patients with cases in development and in the external set."""
    if "external" not in facts.roles.values():
        raise not_applicable(lazy_("there is no external set"))
    sides: dict[str, set[str]] = {}
    for case_id, role in facts.roles.items():
        sides.setdefault(facts.patient_ids.get(case_id, case_id), set()).add(role)
    both = [patient for patient, roles in sides.items() if len(roles) > 1]
    if not both:
        return []
    return [found(kinds.PATIENT_IN_BOTH_ROLES, n=len(both), examples=", ".join(both[:10]))]
