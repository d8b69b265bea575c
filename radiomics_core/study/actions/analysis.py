"""Analyse an endpoint, whatever its kind: what it will cost, start, and the result as often as it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from radiomics_core import findings
from radiomics_core.cohort.outcome_digest import outcome_digest
from radiomics_core.errors import EndpointError
from radiomics_core.findings import Finding, StoppedError, stops_of
from radiomics_core.i18n import lazy_
from radiomics_core.study.actions.newest import is_current, newest
from radiomics_core.study.all_kinds import load_kinds_of
from radiomics_core.study.jobs.job import Job, Jobs, default_workers
from radiomics_core.study.ledger import AnalysisKey
from radiomics_core.study.storage.digests import upstream_digest
from radiomics_core.study.storage.results import ResultMeta
from radiomics_core.study.study import Study

if TYPE_CHECKING:
    from radiomics_core.analysis.cost import CostEstimate
    from radiomics_core.analysis.data import AnalysisData
    from radiomics_core.analysis.evaluation import Evaluation
    from radiomics_core.analysis.settings import AnalysisSettings
    from radiomics_core.analysis.task import Task

KIND = "analysis"


def data(study: Study, endpoint: str) -> AnalysisData:
    """Return the development cases with features, predictors and the endpoint."""
    from radiomics_core.study.jobs.kinds.analysis import analysis_data

    return analysis_data(study, endpoint)


def task(study: Study, endpoint: str) -> Task:
    """Return the task of an endpoint; EndpointError when its kind cannot be analysed yet."""
    from radiomics_core.analysis.tasks import task_of

    return task_of(study.endpoint(endpoint).kind)


def inputs(study: Study, endpoint: str) -> list[str]:
    """Return the names of inputs that have columns, in row order."""
    return [name for name, block in data(study, endpoint).blocks.items() if block.columns]


def default_inputs(study: Study, endpoint: str) -> list[str]:
    """Return the inputs with columns that are compared when none are named."""
    from radiomics_core.analysis.nested import default_inputs as of_data

    known = data(study, endpoint)
    return [name for name in of_data(known) if known.blocks[name].columns]


def estimate(study: Study, endpoint: str, settings: AnalysisSettings, n_jobs: int | None = None) -> CostEstimate:
    """Return the number of fits, minutes and memory, from a short trial (takes seconds)."""
    from radiomics_core.analysis.cost import estimate_cost

    return estimate_cost(data(study, endpoint), settings, n_jobs=n_jobs or default_workers())


def start(study: Study, endpoint: str, settings: AnalysisSettings, n_jobs: int | None = None) -> Job:
    """Analyse in the background and count it; a result that is on disk already is there at once.

    Raises
    ------
    EndpointError
        The endpoint is of a kind that cannot be analysed yet.
    SettingsError
        There is no such selection, model, filter or input.
    NotApplicableError
        There are too few patients with or without the event for the folds.
    StoppedError
        A finding stands in the way, for example patients entered twice; it is stored with the study's findings.
    """
    check(study, endpoint, settings)
    found = stops(study, endpoint)
    if found:
        study.save_findings(source_of(endpoint), found)
        raise StoppedError(found)
    key = AnalysisKey(KIND, settings.digest(), upstream_digest(study, endpoint))
    study.ledger.choose_settings(KIND, endpoint, key.settings, type(settings)().digest())
    values = outcome_digest(study.endpoint_values(endpoint))
    study.ledger.start_analysis(study.endpoint(endpoint), key, settings.to_dict(), values)
    return Jobs(study).start(KIND, payload(study, endpoint, settings), n_jobs)


def check(study: Study, endpoint: str, settings: AnalysisSettings) -> None:
    """Raise what :func:`start` would when settings and cases do not fit; findings that stop are asked apart."""
    from radiomics_core.analysis.nested import units_of_work
    from radiomics_core.analysis.settings import AUTOMATIC

    of_kind = task(study, endpoint)
    for registry, names in (
        (of_kind.selectors, settings.selectors),
        (of_kind.models, [name for name in settings.models if name != AUTOMATIC]),
        (of_kind.screens, (settings.screen,)),
    ):
        for name in names:
            _row = registry[name]
    units_of_work(data(study, endpoint), settings)


def require_kind(study: Study, endpoint: str, kind: str) -> None:
    """Raise EndpointError when an endpoint is of another kind than a page or command is for."""
    got = study.endpoint(endpoint).kind
    if got != kind:
        raise EndpointError(
            lazy_("'{name}' is an endpoint of kind {got}, this needs one of kind {kind}"),
            remedy=lazy_("Compare yes-or-no endpoints, analyse survival of a time to an event."),
            name=endpoint,
            got=got,
            kind=kind,
        )


def stops(study: Study, endpoint: str) -> list[Finding]:
    """Return the findings that forbid an analysis of an endpoint: with one, its result would be false.

    Among them patients that seem to be entered twice and predictors that know the outcome.
    """
    from radiomics_core.study.jobs.kinds.analysis_checks import findings_before

    return stops_of(findings_before(study, data(study, endpoint)))


def refuse_stopped(study: Study, endpoint: str) -> None:
    """Raise :class:`StoppedError` when a finding stands in the way of an analysis of an endpoint."""
    findings.refuse_stopped(stops(study, endpoint))


def payload(study: Study, endpoint: str, settings: AnalysisSettings) -> dict[str, Any]:
    """Return what a job is asked; ``inputs`` makes the same request after a change another one."""
    return {"endpoint": endpoint, "settings": settings.to_dict(), "inputs": upstream_digest(study, endpoint)}


def source_of(endpoint: str) -> str:
    """Return under which source the findings of an endpoint's analysis are stored."""
    return f"{KIND}:{endpoint}"


def result(study: Study, endpoint: str, settings: AnalysisSettings) -> Evaluation | None:
    """Return the result for these settings and the study as it is now, None when it was not computed."""
    from radiomics_core.study.jobs.kinds.analysis import result_key

    key = result_key(study, endpoint, settings)
    return load(study, key.digest) if study.results.has(KIND, key.digest) else None


def latest(study: Study, endpoint: str | None = None) -> Evaluation | None:
    """Return the newest valid result (of an endpoint), else the newest; see :func:`is_stale`."""
    meta = latest_meta(study, endpoint)
    return None if meta is None else load(study, meta.digest)


def latest_meta(study: Study, endpoint: str | None = None) -> ResultMeta | None:
    """Return what is known about the newest valid result, else the newest: digest, settings, time, version."""
    return newest(study, KIND, endpoint)


def load(study: Study, digest: str) -> Evaluation:
    """Return a result by its digest."""
    from radiomics_core.analysis.evaluation import Evaluation

    evaluation = Evaluation.load(study.results.path(KIND, digest))
    load_kinds_of(evaluation.findings)
    return evaluation


def is_stale(study: Study, endpoint: str) -> bool:
    """Return whether the data, the method or a library changed since every result of an endpoint."""
    meta = latest_meta(study, endpoint)
    return meta is not None and not is_current(study, meta)
