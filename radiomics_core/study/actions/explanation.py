"""Explain a pipeline: which inputs can be, start, and the result as often as it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from radiomics_core.analysis.row_key import KEY, keys_in
from radiomics_core.errors import NotApplicableError
from radiomics_core.explain.explanation import ShapExplanation
from radiomics_core.i18n import lazy_
from radiomics_core.study.actions import analysis
from radiomics_core.study.jobs.job import Job, Jobs
from radiomics_core.study.storage.results import ResultMeta
from radiomics_core.study.study import Study

if TYPE_CHECKING:
    from radiomics_core.analysis.row_key import RowKey
    from radiomics_core.explain.shap_values import ExplanationSettings

KIND = "explanation"


def inputs(study: Study, endpoint: str) -> list[str]:
    """Return the inputs of the newest analysis that can be explained; combined ones are explained by their parts."""
    rows = _rows(study, endpoint)
    return [name for name in rows if name != "combined"]


def start(
    study: Study,
    endpoint: str,
    inputs: str,
    settings: ExplanationSettings | None = None,
    n_jobs: int | None = None,
) -> Job:
    """Explain the row of some inputs of the newest analysis in the background.

    Raises
    ------
    NotApplicableError
        There is no analysis of this endpoint, or it has no such row, or it is out of date.
    StoppedError
        A finding stands in the way of the analysis, for example patients found to be entered twice since it was made.
    """
    from radiomics_core.explain.shap_values import ExplanationSettings

    meta = _source(study, endpoint)
    rows = _rows(study, endpoint)
    if meta is None or inputs not in rows:
        raise NotApplicableError(
            lazy_("there is no analysis of {inputs} to explain"),
            remedy=lazy_("Run the analysis first."),
            inputs=inputs,
        )
    if analysis.is_stale(study, endpoint):
        raise NotApplicableError(lazy_("the analysis is out of date"), remedy=lazy_("Run it again, then explain it."))
    analysis.refuse_stopped(study, endpoint)
    chosen, row = (settings or ExplanationSettings()).to_dict(), rows[inputs].to_dict()
    payload = {"endpoint": endpoint, "inputs": inputs, "row": row, "source": meta.digest, "settings": chosen}
    return Jobs(study).start(KIND, payload, n_jobs)


def latest(study: Study, endpoint: str, inputs: str | None = None) -> ShapExplanation | None:
    """Return the newest explanation of an endpoint (and inputs), None when there is none."""
    meta = latest_meta(study, endpoint, inputs)
    return None if meta is None else ShapExplanation.load(study.results.path(KIND, meta.digest))


def is_stale(study: Study, endpoint: str, inputs: str | None = None) -> bool:
    """Return whether the newest explanation takes another analysis apart than the newest one, or an outdated one."""
    meta = latest_meta(study, endpoint, inputs)
    if meta is None:
        return False
    if endpoint not in study.endpoints or analysis.is_stale(study, endpoint):
        return True
    source = _source(study, endpoint)
    return source is None or meta.about.get("source") != source.digest


def latest_meta(study: Study, endpoint: str, inputs: str | None = None) -> ResultMeta | None:
    """Return what is known about the newest explanation of the newest analysis, else of any, without loading it."""
    about = {"endpoint": endpoint} | ({"inputs": inputs} if inputs else {})
    metas = study.results.all(KIND, **about)
    source = _source(study, endpoint) if endpoint in study.endpoints else None
    valid = [meta for meta in metas if source is not None and meta.about.get("source") == source.digest]
    return next(iter(valid or metas), None)


def events(study: Study, endpoint: str) -> pd.Series:
    """Return 1 for development cases with the event and 0 for others, and note that their outcomes are shown."""
    values = study.endpoint_values(endpoint)
    if not study.read_only:
        study.ledger.open_exploration(endpoint, "explanation")
    return pd.Series((values.event == 1).astype(int), index=list(values.case_ids))


def _source(study: Study, endpoint: str) -> ResultMeta | None:
    return analysis.latest_meta(study, endpoint)


def _rows(study: Study, endpoint: str) -> dict[str, RowKey]:
    """Return inputs by name with the row that is explained: the headline, else the inputs' first row."""
    meta = _source(study, endpoint)
    if meta is None:
        return {}
    table = study.results.load_frame(analysis.KIND, meta.digest, "rows")
    known = set(keys_in(study.results.load_frame(analysis.KIND, meta.digest, "folds", KEY)))
    ordered = keys_in(table.sort_values("headline", ascending=False, kind="stable"))
    rows: dict[str, RowKey] = {}
    for key in [key for key in ordered if key in known]:
        rows.setdefault(key.inputs, key)
    return rows
