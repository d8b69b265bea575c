"""From results of units to an Evaluation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from radiomics_core.analysis import kinds
from radiomics_core.analysis.centre_table import LEAVE_ONE_CENTRE_OUT
from radiomics_core.analysis.centres import make_centres, not_applicable
from radiomics_core.analysis.data import AnalysisData
from radiomics_core.analysis.differences import make_differences
from radiomics_core.analysis.evaluation import Evaluation
from radiomics_core.analysis.nested import METHOD_VERSION, UnitResult, primary_inputs, recipes_of
from radiomics_core.analysis.recipe import CHOSEN_INSIDE, Toolbox
from radiomics_core.analysis.rows import Collected, make_rows, row_interval
from radiomics_core.analysis.settings import ComparisonSettings
from radiomics_core.analysis.splits import cases_never_shuffled, usable_folds
from radiomics_core.errors import NotApplicableError
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import lazy_
from radiomics_core.settings import library_versions

MIN_EVENTS = 10
NEVER_SHUFFLED_SHARE = 0.1


def assemble(
    data: AnalysisData, settings: ComparisonSettings, results: Iterable[UnitResult], tools: Toolbox
) -> Evaluation:
    """Put the results of every unit together; the order of the results does not matter.

    Raises
    ------
    NotApplicableError
        When no unit of real data is among the results.
    """
    ordered = sorted(results, key=lambda r: (r.unit.kind, r.unit.shuffle, r.unit.repeat))
    real = [r for r in ordered if r.unit.kind == "real"]
    if not real:
        raise NotApplicableError(lazy_("no part of the comparison is done yet"), remedy=lazy_("Wait for the job"))
    shuffled = _complete_shuffles(ordered, {r.unit.repeat for r in real})
    collected = _collect(data, settings, real, shuffled, tools)
    n_folds = collected.n_folds
    held_out = {r.unit.centre: r.frames for r in ordered if r.unit.kind == "centre"}
    centres = make_centres(data, settings, collected.headline, held_out)
    missing = not_applicable(data, settings, primary_inputs(data, settings))
    collected = replace(collected, centres=centres, centres_missing=missing)
    return Evaluation(
        settings=settings,
        endpoint=data.values.endpoint,
        meta=_meta(data, settings, collected, tools),
        predictions=collected.predictions,
        folds=collected.folds,
        inner=collected.inner,
        chosen=_joined(real, "chosen", ["row", "fold", "feature", "repeat"]),
        rows=make_rows(collected),
        differences=make_differences(collected),
        shuffles=collected.shuffles,
        shuffled_cases=_shuffled_cases(shuffled),
        cases=_cases(data),
        centres=centres,
        findings=tuple(comparison_findings(data, settings, n_folds, collected)),
    )


def _complete_shuffles(results: Sequence[UnitResult], repeats: set[int]) -> list[UnitResult]:
    """Return the shuffles that have every repeat: a mean over fewer spreads more, and would widen the band."""
    done: dict[int, set[int]] = {}
    for result in results:
        if result.unit.kind == "shuffle":
            done.setdefault(result.unit.shuffle, set()).add(result.unit.repeat)
    return [r for r in results if r.unit.kind == "shuffle" and done[r.unit.shuffle] >= repeats]


def shuffles_missing(settings: ComparisonSettings, n_done: int) -> list[Finding]:
    """Return a finding when fewer shuffles are there than were asked for."""
    n = settings.shuffles - n_done
    return [found(kinds.SHUFFLES_MISSING, n=n, total=settings.shuffles)] if n > 0 else []


def _collect(
    data: AnalysisData,
    settings: ComparisonSettings,
    real: Sequence[UnitResult],
    shuffled: Sequence[UnitResult],
    tools: Toolbox,
) -> Collected:
    primary = primary_inputs(data, settings)
    recipes = recipes_of(data, settings, primary, tools)
    several = len(recipes) > 1
    ending = (CHOSEN_INSIDE, CHOSEN_INSIDE) if several else (recipes[0].selector, recipes[0].model)
    return Collected(
        data=data,
        metric=tools.metric,
        n_folds=usable_folds(data, settings.folds),
        predictions=_joined(real, "predictions", ["row", "case_id", "repeat"]),
        folds=_joined(real, "folds", ["row", "fold", "value", "repeat"]),
        inner=_joined(real, "inner", ["row", "fold", "other", "value", "repeat"]),
        shuffles=_shuffle_values(shuffled),
        headline="|".join((primary, *ending)),
        seed=settings.seed,
    )


def _joined(results: Sequence[UnitResult], name: str, columns: list[str]) -> pd.DataFrame:
    parts = [r.frames[name] for r in results if len(r.frames[name])]
    if not parts:
        return pd.DataFrame({column: [] for column in columns})
    return pd.concat(parts, ignore_index=True).drop(columns="shuffle")


def _shuffle_values(shuffled: Sequence[UnitResult]) -> pd.DataFrame:
    """Return the mean over folds and repeats of each row in each shuffle."""
    parts = [r.frames["folds"][["row", "shuffle", "value"]] for r in shuffled]
    if not parts:
        return pd.DataFrame({"row": pd.Series(dtype=object), "shuffle": pd.Series(dtype=int), "value": []})
    joined = pd.concat(parts, ignore_index=True)
    return joined.groupby(["row", "shuffle"])["value"].mean().reset_index()


def _shuffled_cases(shuffled: Sequence[UnitResult]) -> pd.DataFrame:
    parts = [r.frames["predictions"][["row", "shuffle", "case_id", "percentile"]] for r in shuffled]
    if not parts:
        return pd.DataFrame({"row": [], "shuffle": [], "case_id": [], "percentile": []})
    joined = pd.concat(parts, ignore_index=True)
    return joined.groupby(["row", "shuffle", "case_id"])["percentile"].mean().reset_index()


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


def _meta(data: AnalysisData, settings: ComparisonSettings, collected: Collected, tools: Toolbox) -> dict[str, Any]:
    pipelines = [code for code in dict.fromkeys(collected.folds["row"]) if CHOSEN_INSIDE not in code]
    return {
        "n": data.n,
        "n_events": data.values.n_events,
        "n_patients": len(set(data.patient_ids)),
        "n_centres": len(set(data.centres)) if data.centres else 0,
        "n_folds": collected.n_folds,
        "n_repeats": int(collected.folds["repeat"].nunique()),
        "n_shuffles": int(collected.shuffles["shuffle"].nunique()),
        "metric": tools.metric.name,
        "primary": primary_inputs(data, settings),
        "headline_row": collected.headline,
        "n_pipelines": len(pipelines),
        "method_version": METHOD_VERSION,
        "data_digest": data.digest,
        "libraries": library_versions("numpy", "scipy", "scikit-learn"),
        "not_applicable": _not_applicable(data, collected),
        "left_out": data.left_out,
    }


def _not_applicable(data: AnalysisData, collected: Collected) -> dict[str, str]:
    missing = {b.name: b.reason for b in data.blocks.values() if not b.columns}
    return missing | ({LEAVE_ONE_CENTRE_OUT: collected.centres_missing} if collected.centres_missing else {})


def comparison_findings(
    data: AnalysisData, settings: ComparisonSettings, n_folds: int, collected: Collected | None = None
) -> list[Finding]:
    """Return what a reader must know about the numbers; without ``collected`` what is known before starting."""
    made: list[Finding] = []
    n_events = data.values.n_events
    fewer = min(n_events, data.n - n_events) if data.values.kind == "binary" else n_events
    if fewer < MIN_EVENTS:
        made.append(found(kinds.FEW_EVENTS, n_events=fewer, smallest=MIN_EVENTS))
    if n_folds < settings.folds:
        made.append(found(kinds.FEWER_FOLDS, wanted=settings.folds, folds=n_folds))
    if settings.mode == "quick":
        made.append(found(kinds.QUICK_LOOK, shuffles=settings.shuffles))
    fixed = cases_never_shuffled(data) if settings.shuffles else 0
    if fixed > NEVER_SHUFFLED_SHARE * data.n:
        made.append(found(kinds.NEVER_SHUFFLED, n=fixed, total=data.n))
    if collected is not None:
        dropped = int(collected.folds["value"].isna().sum())
        if dropped:
            made.append(found(kinds.FOLDS_WITHOUT_VALUE, n=dropped))
        headline = collected.folds[collected.folds["row"] == collected.headline]
        empty = int((headline["selected"] == 0).sum())
        if empty:
            made.append(found(kinds.NOTHING_SELECTED, n=empty, total=len(headline)))
        made += flat_predictions(collected)
        made += _centre_findings(collected)
        made += shuffles_missing(settings, int(collected.shuffles["shuffle"].nunique()))
    return made


def flat_predictions(collected: Collected) -> list[Finding]:
    """Return a finding when folds of the headline give every case the same predicted risk."""
    headline = collected.folds[collected.folds["row"] == collected.headline]
    flat = int((headline["slope"] == 0).sum())
    return [found(kinds.FLAT_PREDICTIONS, n=flat, total=len(headline))] if flat else []


def _centre_findings(collected: Collected) -> list[Finding]:
    codes = [code for code in dict.fromkeys(collected.folds["row"]) if code.startswith("centre|")]
    made = []
    for code in codes:
        interval = row_interval(collected, code)
        if interval.low > 0.5:
            value, low, high = (f"{x:.2f}" for x in (interval.estimate, interval.low, interval.high))
            made.append(found(kinds.CENTRE_PREDICTS, value=value, low=low, high=high))
    return made
