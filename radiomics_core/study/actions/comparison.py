"""Compare pipelines: what it will cost, start, and the result as often as it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from radiomics_core.errors import EndpointError
from radiomics_core.i18n import lazy_
from radiomics_core.study.actions.analysis import begin, data
from radiomics_core.study.all_kinds import load_kinds_of
from radiomics_core.study.jobs.job import Job, default_workers
from radiomics_core.study.newest import is_current, newest
from radiomics_core.study.storage.results import ResultMeta
from radiomics_core.study.study import Study

if TYPE_CHECKING:
    from radiomics_core.analysis.cost import CostEstimate
    from radiomics_core.analysis.evaluation import Evaluation
    from radiomics_core.analysis.settings import ComparisonSettings

KIND = "comparison"


@dataclass(frozen=True)
class QuickPipelines:
    """What a quick look combines."""

    selectors: tuple[str, ...]
    classifiers: tuple[str, ...]


def inputs(study: Study, endpoint: str) -> list[str]:
    """Return the names of inputs that have columns, in row order."""
    return [name for name, block in data(study, endpoint).blocks.items() if block.columns]


def quick_pipelines() -> QuickPipelines:
    """Return the selections and classifiers of a quick look."""
    from radiomics_core.analysis.comparison import TOOLBOX

    return QuickPipelines(TOOLBOX.quick_selectors, TOOLBOX.quick_models)


def estimate(study: Study, endpoint: str, settings: ComparisonSettings, n_jobs: int | None = None) -> CostEstimate:
    """Return the number of fits, minutes and memory, from a short trial (takes seconds)."""
    from radiomics_core.analysis.comparison import estimate_cost

    return estimate_cost(data(study, endpoint), settings, n_jobs=n_jobs or default_workers())


def start(study: Study, endpoint: str, settings: ComparisonSettings, n_jobs: int | None = None) -> Job:
    """Compare in the background; a result that is on disk already is there at once.

    Raises
    ------
    EndpointError
        The endpoint is not binary.
    SettingsError
        There is no such selection, classifier, filter or input.
    NotApplicableError
        There are too few patients with or without the event for the folds.
    StoppedError
        A finding stands in the way, for example patients entered twice.
    """
    check(study, endpoint, settings)
    return begin(study, KIND, endpoint, settings, n_jobs)


def check(study: Study, endpoint: str, settings: ComparisonSettings) -> None:
    """Raise what :func:`start` would when settings and cases do not fit; findings that stop are asked apart."""
    from radiomics_core.analysis.comparison import units_of_work

    if study.endpoint(endpoint).kind != "binary":
        raise EndpointError(
            lazy_("classifiers need a binary endpoint, got {kind}"),
            remedy=lazy_("Use the survival page (or command) for a time to an event."),
            kind=study.endpoint(endpoint).kind,
        )
    _require_methods(settings)
    units_of_work(data(study, endpoint), settings)


def result(study: Study, endpoint: str, settings: ComparisonSettings) -> Evaluation | None:
    """Return the result for these settings and the study as it is now, None when it was not computed."""
    from radiomics_core.study.jobs.kinds.cross_validation import result_key

    key = result_key(study, KIND, endpoint, settings)
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


def _require_methods(settings: ComparisonSettings) -> None:
    """Raise :class:`SettingsError` for a method that does not exist, before a job starts."""
    from radiomics_core.analysis.comparison import TOOLBOX

    for registry, names in (
        (TOOLBOX.selectors, settings.selectors),
        (TOOLBOX.models, settings.classifiers),
        (TOOLBOX.screens, (settings.screen,)),
    ):
        for name in names:
            _row = registry[name]
