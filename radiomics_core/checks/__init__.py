"""Checks of a whole analysis: coded findings on leakage, sample size and confounding, or why they cannot be judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from radiomics_core.checks.confounding import (
    check_centre_and_outcome,
    check_centres_without_events,
    check_volume_correlation,
)
from radiomics_core.checks.facts import AnalysisFacts, Check, CheckReport, CheckResult
from radiomics_core.checks.leakage import (
    check_duplicate_images,
    check_duplicate_patients,
    check_duplicate_rows,
    check_outcome_like_predictors,
    check_patients_on_both_sides,
    check_recorded_after_imaging,
    check_similar_patients,
    check_when_recorded,
)
from radiomics_core.checks.sample_size import (
    check_events_per_parameter,
    check_few_events,
    check_imbalance,
    check_many_features,
)
from radiomics_core.errors import NotApplicableError
from radiomics_core.i18n import LazyText, lazy_
from radiomics_core.registry import Choice, Registry

__all__ = ["CHECKS", "AnalysisFacts", "CheckReport", "CheckResult", "run_checks"]


def _row(name: str, label: LazyText, check: Check, tag: str, reference: str = "") -> Choice[Check]:
    build: Callable[[], Check] = lambda: check  # noqa: E731
    return Choice(name=name, label=label, build=build, tags={tag}, reference=reference)


CHECKS: Registry[Check] = Registry(
    "check",
    _row("few_events", lazy_("Number of events"), check_few_events, "sample_size"),
    _row(
        "events_per_parameter",
        lazy_("Events for each parameter"),
        check_events_per_parameter,
        "sample_size",
        "Peduzzi 1996",
    ),
    _row("imbalance", lazy_("Sizes of the groups"), check_imbalance, "sample_size"),
    _row("many_features", lazy_("Features and cases"), check_many_features, "sample_size"),
    _row("outcome_like", lazy_("Predictors that look like outcomes"), check_outcome_like_predictors, "leakage"),
    _row("when_recorded", lazy_("When predictors were recorded"), check_when_recorded, "leakage"),
    _row("after_imaging", lazy_("Predictors recorded after imaging"), check_recorded_after_imaging, "leakage"),
    _row("duplicate_patients", lazy_("Patients entered twice: features"), check_duplicate_patients, "leakage"),
    _row("similar_patients", lazy_("Patients entered twice: similar features"), check_similar_patients, "leakage"),
    _row("duplicate_images", lazy_("Patients entered twice: images"), check_duplicate_images, "leakage"),
    _row("duplicate_rows", lazy_("Patients entered twice: clinical rows"), check_duplicate_rows, "leakage"),
    _row("patients_on_both_sides", lazy_("Patients on both sides"), check_patients_on_both_sides, "leakage"),
    _row("centre_and_outcome", lazy_("Centre and outcome"), check_centre_and_outcome, "confounding"),
    _row("centres_without_events", lazy_("Centres without events"), check_centres_without_events, "confounding"),
    _row("volume_correlation", lazy_("Features and volume"), check_volume_correlation, "confounding"),
)


def run_checks(facts: AnalysisFacts, names: Sequence[str] | None = None) -> CheckReport:
    """Run checks, all or those named, and return each answer: clear, found, or not applicable and why."""
    return CheckReport(tuple(_answer(CHECKS[name], facts) for name in (names or CHECKS.names())))


def _answer(row: Choice[Check], facts: AnalysisFacts) -> CheckResult:
    try:
        findings = tuple(row.build()(facts))
    except NotApplicableError as error:
        return CheckResult(
            row.name, str(row.label), "not_applicable", why=str(getattr(error.problem, "template", error.problem))
        )
    return CheckResult(row.name, str(row.label), "found" if findings else "clear", findings)
