"""What a result page shows of one row beside its headline: curves, calibration, decisions, chosen features, cases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radiomics_core.analysis.evaluation import Evaluation
from radiomics_core.analysis.row_key import RowKey
from radiomics_core.analysis.rows import held_out_correlation
from radiomics_core.errors import NotApplicableError
from radiomics_core.evaluation.calibration import (
    SMOOTH_FROM_EVENTS,
    calibration_curve_smooth,
    calibration_groups,
    calibration_line,
)
from radiomics_core.evaluation.decision import brier_score, net_benefit_curve
from radiomics_core.evaluation.shares import share_interval
from radiomics_core.evaluation.thresholds import decision_counts
from radiomics_core.i18n import lazy_

ROC_POINTS = 101


def _held_out(evaluation: Evaluation, row: RowKey | None, *, binary: bool = True) -> pd.DataFrame:
    """Return held-out predictions of a row with event and time of each case."""
    if binary and evaluation.meta["metric"] != "auc":
        raise NotApplicableError(lazy_("this view needs a binary endpoint"))
    key = row or evaluation.headline_key
    part = key.rows(evaluation.predictions)
    if part.empty:
        raise NotApplicableError(lazy_("no held-out predictions for '{row}'"), row=str(key))
    return part.merge(evaluation.cases, on="case_id", validate="many_to_one")


def roc_points(evaluation: Evaluation, row: RowKey | None = None) -> pd.DataFrame:
    """Return a ROC curve for drawing: false_positive_rate, true_positive_rate, low, high.

    Curves of held-out percentiles, one per repeat, averaged at equal false-positive rates; ``low`` and ``high`` are
    the smallest and largest of the repeats. The AUC of the card is not the area under this curve.
    """
    part = _held_out(evaluation, row)
    grid = np.linspace(0, 1, ROC_POINTS)
    curves = np.array(
        [_roc(one["event"].to_numpy(float), one["percentile"].to_numpy(float), grid) for one in _repeats(part)]
    )
    return pd.DataFrame(
        {
            "false_positive_rate": grid,
            "true_positive_rate": curves.mean(axis=0),
            "low": curves.min(axis=0),
            "high": curves.max(axis=0),
        }
    )


def _repeats(part: pd.DataFrame) -> list[pd.DataFrame]:
    return [one for _repeat, one in part.groupby("repeat")]


def _roc(events: NDArray[np.float64], scores: NDArray[np.float64], grid: NDArray[np.float64]) -> NDArray[np.float64]:
    cuts = np.unique(scores)[::-1]
    true_rate = [0.0, *[float(np.mean(scores[events == 1] >= cut)) for cut in cuts]]
    false_rate = [0.0, *[float(np.mean(scores[events == 0] >= cut)) for cut in cuts]]
    return np.asarray(np.interp(grid, false_rate, true_rate))


@dataclass(frozen=True)
class Calibration:
    """Calibration of held-out probabilities, averaged over repeats.

    Attributes
    ----------
    intercept, slope, brier : float
    groups : DataFrame
        predicted, observed, low, high, n, events; of the probability averaged over repeats.
    smooth : DataFrame or None
        predicted, observed; from 100 events up.
    """

    intercept: float
    slope: float
    brier: float
    groups: pd.DataFrame
    smooth: pd.DataFrame | None

    def frame(self) -> pd.DataFrame:
        """Return the groups."""
        return self.groups


def calibration(evaluation: Evaluation, row: RowKey | None = None, n_groups: int = 5) -> Calibration:
    """Return calibration of a row: each figure per repeat, then averaged."""
    part = _held_out(evaluation, row)
    lines = [calibration_line(one["event"], one["probability"]) for one in _repeats(part)]
    briers = [brier_score(one["event"], one["probability"]) for one in _repeats(part)]
    grouped = [calibration_groups(one["event"], one["probability"], n_groups) for one in _repeats(part)]
    many = int(evaluation.cases["event"].sum()) >= SMOOTH_FROM_EVENTS
    groups = pd.concat(grouped).groupby(level=0).mean()
    return Calibration(
        intercept=float(np.mean([line.intercept for line in lines])),
        slope=float(np.mean([line.slope for line in lines])),
        brier=float(np.mean(briers)),
        groups=groups,
        smooth=_smooth_calibration(part) if many else None,
    )


def _smooth_calibration(part: pd.DataFrame) -> pd.DataFrame:
    """Return the smoothed curve of each repeat at the same predicted risks, averaged over repeats."""
    low, high = part["probability"].quantile([0.02, 0.98])
    curves = [
        calibration_curve_smooth(one["event"], one["probability"], limits=(float(low), float(high)))
        for one in _repeats(part)
    ]
    return pd.concat(curves).groupby(level=0).mean()


def decision_curve(evaluation: Evaluation, row: RowKey | None = None) -> pd.DataFrame:
    """Return net benefit over thresholds, per repeat and then averaged: threshold, model, treat_all, treat_none."""
    thresholds = np.linspace(0.01, 0.99, 99)
    part = _held_out(evaluation, row)
    curves = [net_benefit_curve(one["event"], one["probability"], thresholds) for one in _repeats(part)]
    return pd.concat(curves).groupby(level=0).mean()


def decisions(evaluation: Evaluation, row: RowKey | None = None) -> pd.DataFrame:
    """Return sensitivity, specificity, PPV, NPV and balanced accuracy.

    Columns: measure, value, low, high, interval, n_folds. Each held-out fold is judged at the threshold chosen in its
    training fold; the value is the mean over folds, the interval :func:`share_interval`.
    ``n_folds`` counts folds in which the share has a denominator.
    """
    part = _held_out(evaluation, row)
    folds = [one for _key, one in part.groupby(["repeat", "fold"])]
    shares = pd.DataFrame([decision_counts(one["event"], one["positive"]).shares for one in folds])
    counts = _decided_cases(folds)
    effects, n_repeats = _design_effects(part), int(part["repeat"].nunique())
    rows = []
    for measure in shares.columns:
        low, high = share_interval(shares[measure], counts[measure], n_repeats, effects[measure])
        n_folds = int(shares[measure].notna().sum())
        rows.append([measure, float(shares[measure].mean()), low, high, "wilson_folds", n_folds])
    return pd.DataFrame(rows, columns=["measure", "value", "low", "high", "interval", "n_folds"])


def _decided_cases(folds: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the cases that each share of a fold is made of; for balanced accuracy those of two samples as one."""
    event = [one["event"].to_numpy() == 1 for one in folds]
    called = [one["positive"].to_numpy(bool) for one in folds]
    counts = pd.DataFrame(
        {
            "sensitivity": [int(e.sum()) for e in event],
            "specificity": [int((~e).sum()) for e in event],
            "ppv": [int(c.sum()) for c in called],
            "npv": [int((~c).sum()) for c in called],
        }
    )
    inverse = 1 / counts[["sensitivity", "specificity"]].replace(0, np.nan)
    return counts.assign(balanced_accuracy=4 / inverse.sum(axis=1, skipna=False))


def _design_effects(part: pd.DataFrame) -> dict[str, float]:
    """Return by how much cases of one patient, called alike, inflate the variance of each share."""
    patient = np.unique(part["patient_id"], return_inverse=True)[1]
    alike = held_out_correlation(part["positive"], part["repeat"], part["fold"], part["event"], patient)
    event, called = part["event"].to_numpy() == 1, part["positive"].to_numpy(bool)
    of = {"sensitivity": event, "specificity": ~event, "ppv": called, "npv": ~called}
    keys = part["patient_id"].astype(str) + " " + part["repeat"].astype(str)
    effects = {}
    for measure, inside in of.items():
        n_cases = keys[inside].value_counts().to_numpy(float)
        effects[measure] = 1 + alike * (float(np.sum(n_cases**2)) / max(float(n_cases.sum()), 1.0) - 1)
    return effects | {"balanced_accuracy": max(effects["sensitivity"], effects["specificity"])}


def selection_frequency(evaluation: Evaluation, row: RowKey | None = None) -> pd.DataFrame:
    """Return how often each feature was chosen over outer folds and repeats: feature, times, share."""
    key = row or evaluation.headline_key
    chosen, total = key.rows(evaluation.chosen), len(key.rows(evaluation.folds))
    counts = chosen["feature"].value_counts().rename_axis("feature").reset_index(name="times")
    counts = counts.sort_values(["times", "feature"], ascending=[False, True], ignore_index=True)
    return counts.assign(share=counts["times"] / max(1, total))


def confidently_wrong(evaluation: Evaluation, row: RowKey | None = None, n: int = 6) -> pd.DataFrame:
    """Return the highest-scored non-events and the lowest-scored events: case_id, event, percentile, side.

    ``side`` is ``high_without_event`` or ``low_with_event``; only cases on the wrong side of 0.5 are listed.
    """
    scores = evaluation.case_scores(row)
    high = scores[(scores["event"] == 0) & (scores["percentile"] > 0.5)].nlargest(n, "percentile")
    low = scores[(scores["event"] == 1) & (scores["percentile"] < 0.5)].nsmallest(n, "percentile")
    both = pd.concat([high.assign(side="high_without_event"), low.assign(side="low_with_event")], ignore_index=True)
    return both[["case_id", "event", "percentile", "probability", "side"]]
