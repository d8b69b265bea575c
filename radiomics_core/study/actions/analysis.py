"""What a comparison and a survival analysis share: they start only when nothing stands in the way, and are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from radiomics_core import findings
from radiomics_core.cohort.outcome_digest import outcome_digest
from radiomics_core.findings import Finding, StoppedError, stops_of
from radiomics_core.study.jobs.job import Job
from radiomics_core.study.ledger import AnalysisKey
from radiomics_core.study.storage.digests import upstream_digest
from radiomics_core.study.study import Study

if TYPE_CHECKING:
    from radiomics_core.analysis.data import AnalysisData
    from radiomics_core.analysis.settings import ComparisonSettings
    from radiomics_core.analysis.survival_settings import SurvivalSettings


def data(study: Study, endpoint: str) -> AnalysisData:
    """Return the development cases with features, predictors and the endpoint."""
    from radiomics_core.study.jobs.kinds.cross_validation import analysis_data

    return analysis_data(study, endpoint)


def stops(study: Study, endpoint: str) -> list[Finding]:
    """Return the findings that forbid an analysis of an endpoint: with one, its result would be false.

    Among them patients that seem to be entered twice and predictors that know the outcome.
    """
    from radiomics_core.study.jobs.kinds.analysis_checks import findings_before

    return stops_of(findings_before(study, data(study, endpoint)))


def refuse_stopped(study: Study, endpoint: str) -> None:
    """Raise :class:`StoppedError` when a finding stands in the way of an analysis of an endpoint."""
    findings.refuse_stopped(stops(study, endpoint))


def begin(
    study: Study, kind: str, endpoint: str, settings: ComparisonSettings | SurvivalSettings, n_jobs: int | None
) -> Job:
    """Start an analysis in the background and count it.

    Raises
    ------
    StoppedError
        A finding stands in the way; it is stored with the study's findings.
    """
    found = stops(study, endpoint)
    if found:
        study.save_findings(f"{kind}:{endpoint}", found)
        raise StoppedError(found)
    key = AnalysisKey(kind, settings.digest(), upstream_digest(study, endpoint))
    study.ledger.choose_settings(kind, endpoint, key.settings, type(settings)().digest())
    values = outcome_digest(study.endpoint_values(endpoint))
    study.ledger.start_analysis(study.endpoint(endpoint), key, settings.to_dict(), values)
    return study.jobs.start(kind, payload(study, endpoint, settings), n_jobs)


def payload(study: Study, endpoint: str, settings: Any) -> dict[str, Any]:
    """Return what a job is asked; ``inputs`` makes the same request after a change another one."""
    return {"endpoint": endpoint, "settings": settings.to_dict(), "inputs": upstream_digest(study, endpoint)}
