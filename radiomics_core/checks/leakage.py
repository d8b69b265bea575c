"""Whether something knows the answer before it is asked."""

from __future__ import annotations

from typing import Any

import pandas as pd

from radiomics_core.checks import kinds
from radiomics_core.checks.equal_rows import equal_rows
from radiomics_core.checks.facts import AnalysisFacts, not_applicable
from radiomics_core.checks.near_copies import Copies, likely_copies, near_copies
from radiomics_core.clinical.checks import (
    dates_of,
    imaging_column,
    late_findings,
    likeness_findings,
    outcome_likeness,
    recorded_findings,
)
from radiomics_core.findings import Finding, FindingKind, found
from radiomics_core.i18n import lazy_


def check_outcome_like_predictors(facts: AnalysisFacts) -> list[Finding]:
    """Find predictors that look like an outcome: by name, filled only in events, AUC above .95 alone."""
    clinical, predictors = _predictors(facts)
    likenesses = outcome_likeness(clinical[predictors], facts.values)
    return [finding for likeness in likenesses for finding in likeness_findings(likeness, facts.values)]


def check_when_recorded(facts: AnalysisFacts) -> list[Finding]:
    """Find predictors of which nobody said when they were recorded, and those that go strongly with the outcome."""
    clinical, predictors = _predictors(facts)
    specs = [spec for spec in facts.specs if spec.name in predictors]
    likenesses = outcome_likeness(clinical[predictors], facts.values)
    return recorded_findings(likenesses, specs, imaging_column(facts.specs), facts.values)


def check_recorded_after_imaging(facts: AnalysisFacts) -> list[Finding]:
    """Find predictors whose date lies after the imaging date."""
    clinical, predictors = _predictors(facts)
    if imaging_column(facts.specs) not in clinical.columns:
        raise not_applicable(lazy_("no column holds the imaging date"))
    specs = [spec for spec in facts.specs if spec.name in predictors]
    if not any(dates_of(specs)):
        raise not_applicable(lazy_("no predictor has a date"))
    return late_findings(clinical, specs, imaging_column(facts.specs))


def _predictors(facts: AnalysisFacts) -> tuple[pd.DataFrame, list[str]]:
    if facts.clinical is None:
        raise not_applicable(lazy_("no clinical table"))
    clinical = facts.clinical
    names = [s.name for s in facts.specs if s.role in ("predictor", "treatment") and s.name in clinical.columns]
    if not names:
        raise not_applicable(lazy_("no clinical column is a predictor"))
    return clinical, names


def check_duplicate_patients(facts: AnalysisFacts) -> list[Finding]:
    """Find cases of different patients whose features are nearly the same."""
    copies = near_copies(facts.required_features(), facts.patient_ids)
    return _of_copies(kinds.DUPLICATE_PATIENTS, copies, share=f"{100 * copies.figure:.2g} %")


def check_similar_patients(facts: AnalysisFacts) -> list[Finding]:
    """Find cases of different patients whose features are far closer than chance makes them in this cohort."""
    copies = likely_copies(facts.required_features(), facts.patient_ids)
    return _of_copies(kinds.SUSPECTED_PATIENTS, copies, share=f"{100 * copies.figure:.2g} %")


def check_duplicate_images(facts: AnalysisFacts) -> list[Finding]:
    """Find cases of different patients whose regions agree in size and intensities."""
    if facts.image_numbers is None:
        raise not_applicable(lazy_("images were not checked"))
    return _of_copies(kinds.DUPLICATE_IMAGES, near_copies(facts.image_numbers, facts.patient_ids))


def check_duplicate_rows(facts: AnalysisFacts) -> list[Finding]:
    """Find cases of different patients with the same clinical row."""
    if facts.clinical is None:
        raise not_applicable(lazy_("no clinical table"))
    identify = {spec.name for spec in facts.specs if spec.role in ("id", "patient")}
    columns = [name for name in facts.clinical.columns if name not in identify]
    copies = equal_rows(facts.clinical[columns], facts.patient_ids)
    return _of_copies(kinds.DUPLICATE_ROWS, copies, expected=f"{copies.figure:.1g}")


def _of_copies(kind: FindingKind, copies: Copies, **about: Any) -> list[Finding]:
    if not copies.pairs:
        return []
    examples = "; ".join(" = ".join(pair) for pair in copies.pairs[:5])
    return [found(kind, n=len(copies.pairs), examples=examples, again=[pair[1] for pair in copies.pairs], **about)]


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
