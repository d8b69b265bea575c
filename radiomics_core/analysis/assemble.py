"""From results of units to an Evaluation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from radiomics_core.analysis import kinds
from radiomics_core.analysis.centre_table import LEAVE_ONE_CENTRE_OUT
from radiomics_core.analysis.centres import make_centres, not_applicable
from radiomics_core.analysis.data import AnalysisData
from radiomics_core.analysis.differences import make_differences
from radiomics_core.analysis.evaluation import Evaluation
from radiomics_core.analysis.nested import METHOD_VERSION, UnitResult, primary_inputs
from radiomics_core.analysis.recipe import CHOSEN_INSIDE
from radiomics_core.analysis.row_key import KEY, keys_in, row_per_inputs
from radiomics_core.analysis.rows import Collected, make_rows
from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.analysis.splits import cases_never_shuffled, usable_folds
from radiomics_core.errors import NotApplicableError
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import lazy_
from radiomics_core.settings import library_versions

NEVER_SHUFFLED_SHARE = 0.1


def assemble(data: AnalysisData, settings: AnalysisSettings, results: Iterable[UnitResult]) -> Evaluation:
    """Put the results of every unit together; the order of the results does not matter.

    Only shuffles of which every repeat is there count.

    Raises
    ------
    NotApplicableError
        When no unit of real data is among the results.
    """
    ordered = sorted(results, key=lambda r: (r.unit.kind, r.unit.shuffle, r.unit.repeat))
    real = [r for r in ordered if r.unit.kind == "real"]
    if not real:
        raise NotApplicableError(lazy_("no part of the analysis is done yet"), remedy=lazy_("Wait for the job"))
    shuffled = _complete_shuffles(ordered, {r.unit.repeat for r in real})
    held_out = {r.unit.centre: r.frames for r in ordered if r.unit.kind == "centre"}
    collected = _collect(data, settings, real, shuffled, held_out)
    extras = data.task.extras(collected)
    rows = make_rows(collected, extras)
    return Evaluation(
        settings=settings,
        endpoint=data.values.endpoint,
        meta=_meta(collected),
        predictions=collected.predictions,
        folds=collected.folds,
        inner=collected.inner,
        chosen=collected.chosen,
        rows=rows,
        differences=make_differences(collected),
        shuffles=collected.shuffles,
        shuffled_cases=collected.shuffled_cases,
        cases=_cases(data),
        centres=collected.centres,
        extras=extras.frames,
        findings=(*analysis_findings(collected, rows), *data.task.findings(collected, rows, extras.frames)),
    )


def _complete_shuffles(results: Sequence[UnitResult], repeats: set[int]) -> list[UnitResult]:
    """Return the shuffles that have every repeat: a mean over fewer spreads more, and would widen the band."""
    done: dict[int, set[int]] = {}
    for result in results:
        if result.unit.kind == "shuffle":
            done.setdefault(result.unit.shuffle, set()).add(result.unit.repeat)
    return [r for r in results if r.unit.kind == "shuffle" and done[r.unit.shuffle] >= repeats]


def _collect(
    data: AnalysisData,
    settings: AnalysisSettings,
    real: Sequence[UnitResult],
    shuffled: Sequence[UnitResult],
    held_out: Mapping[str, Mapping[str, pd.DataFrame]],
) -> Collected:
    primary = primary_inputs(data, settings)
    folds = _joined(real, "folds", ["fold", "value", "repeat"])
    headline = row_per_inputs(keys_in(folds))[primary]
    return Collected(
        data=data,
        settings=settings,
        n_folds=usable_folds(data, settings.folds),
        predictions=_joined(real, "predictions", ["case_id", "repeat"]),
        folds=folds,
        inner=_joined(real, "inner", ["fold", "other", "value", "repeat"]),
        chosen=_joined(real, "chosen", ["fold", "feature", "repeat"]),
        shuffles=_mean(shuffled, "folds", ["value"], []),
        shuffled_cases=_mean(shuffled, "predictions", ["percentile"], ["case_id"]),
        headline=headline,
        centres=make_centres(data, settings, headline, held_out),
        centres_missing=not_applicable(data, settings, primary),
    )


def _joined(results: Sequence[UnitResult], name: str, columns: list[str]) -> pd.DataFrame:
    parts = [r.frames[name] for r in results if len(r.frames[name])]
    if not parts:
        return pd.DataFrame({column: [] for column in [*KEY, *columns]})
    return pd.concat(parts, ignore_index=True).drop(columns="shuffle")


def _mean(shuffled: Sequence[UnitResult], name: str, values: list[str], by: list[str]) -> pd.DataFrame:
    """Return the mean over folds and repeats of each row in each shuffle."""
    keys = [*KEY, "moved", "shuffle", *by]
    parts = [r.frames[name][[*keys, *values]] for r in shuffled]
    if not parts:
        empty = {key: pd.Series(dtype=int if key == "shuffle" else object) for key in keys}
        return pd.DataFrame({**empty, **{value: pd.Series(dtype=float) for value in values}})
    return pd.concat(parts, ignore_index=True).groupby(keys)[values].mean().reset_index()


def _cases(data: AnalysisData) -> pd.DataFrame:
    time = data.values.time if data.values.time is not None else np.full(data.n, np.nan)
    return pd.DataFrame(
        {
            "case_id": data.case_ids,
            "patient_id": data.patient_ids,
            "centre": data.centres or [""] * data.n,
            "event": data.events.astype(int),
            "time": time,
        }
    )


def _meta(collected: Collected) -> dict[str, Any]:
    data = collected.data
    pipelines = [key for key in keys_in(collected.folds) if key.selector != CHOSEN_INSIDE]
    return {
        "n": data.n,
        "n_events": data.values.n_events,
        "n_patients": len(set(data.patient_ids)),
        "n_centres": len(set(data.centres)) if data.centres else 0,
        "n_folds": collected.n_folds,
        "n_repeats": int(collected.folds["repeat"].nunique()),
        "n_shuffles": int(collected.shuffles["shuffle"].nunique()),
        "metric": collected.metric.name,
        "primary": collected.headline.inputs,
        "headline": collected.headline.to_dict(),
        "n_pipelines": len(pipelines),
        "unit": str(getattr(data.values.endpoint, "unit", "")),
        "method_version": METHOD_VERSION,
        "data_digest": data.digest,
        "libraries": library_versions("numpy", "scipy", "scikit-learn"),
        "not_applicable": _not_applicable(collected),
        "left_out": data.left_out,
    }


def _not_applicable(collected: Collected) -> dict[str, str]:
    missing = {b.name: b.reason for b in collected.data.blocks.values() if not b.columns}
    return missing | ({LEAVE_ONE_CENTRE_OUT: collected.centres_missing} if collected.centres_missing else {})


def analysis_findings(collected: Collected, rows: pd.DataFrame) -> list[Finding]:
    """Return what a reader must know about the numbers, whatever the task."""
    data, settings = collected.data, collected.settings
    made: list[Finding] = []
    if collected.n_folds < settings.folds:
        made.append(found(kinds.FEWER_FOLDS, wanted=settings.folds, folds=collected.n_folds))
    if settings.mode == "quick":
        made.append(found(kinds.QUICK_LOOK, shuffles=settings.shuffles))
    fixed = cases_never_shuffled(data) if settings.shuffles else 0
    if fixed > NEVER_SHUFFLED_SHARE * data.n:
        made.append(found(kinds.NEVER_SHUFFLED, n=fixed, total=data.n))
    dropped = int(collected.folds["value"].isna().sum())
    if dropped:
        made.append(found(kinds.FOLDS_WITHOUT_VALUE, n=dropped))
    return [*made, *_headline_findings(collected), *_centre_findings(rows), *_shuffles_missing(collected)]


def _headline_findings(collected: Collected) -> list[Finding]:
    """Return findings on folds of the headline that found nothing, or give every case the same predicted risk."""
    headline = collected.of(collected.headline, "folds")
    empty, flat = int((headline["selected"] == 0).sum()), int((headline["slope"] == 0).sum())
    made = [found(kinds.NOTHING_SELECTED, n=empty, total=len(headline))] if empty else []
    return made + ([found(kinds.FLAT_PREDICTIONS, n=flat, total=len(headline))] if flat else [])


def _shuffles_missing(collected: Collected) -> list[Finding]:
    """Return a finding when fewer shuffles are there than were asked for."""
    wanted = collected.settings.shuffles
    n = wanted - int(collected.shuffles["shuffle"].nunique())
    return [found(kinds.SHUFFLES_MISSING, n=n, total=wanted)] if n > 0 else []


def _centre_findings(rows: pd.DataFrame) -> list[Finding]:
    above = rows[(rows["inputs"] == "centre") & (rows["low"] > 0.5)]
    named = [[f"{row[name]:.2f}" for name in ("value", "low", "high")] for row in above.to_dict("records")]
    return [found(kinds.CENTRE_PREDICTS, value=value, low=low, high=high) for value, low, high in named]
