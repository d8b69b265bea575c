"""Evaluation: held-out predictions of every row, and all numbers made from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from radiomics_core.analysis.centre_table import no_centres
from radiomics_core.analysis.settings import ComparisonSettings
from radiomics_core.analysis.stored import restore, store
from radiomics_core.cohort.endpoints import Endpoint
from radiomics_core.findings import Finding

STORED_FRAMES = (
    "predictions",
    "folds",
    "inner",
    "chosen",
    "rows",
    "differences",
    "shuffles",
    "shuffled_cases",
    "cases",
    "centres",
)


@dataclass(frozen=True)
class Evaluation:
    """The one source of every metric, curve and risk group.

    Attributes
    ----------
    settings : ComparisonSettings
    endpoint : Endpoint
    meta : dict
        ``n``, ``n_events``, ``n_patients``, ``n_folds``, ``metric``, ``primary``, ``headline_row``,
        ``n_pipelines``, ``method_version``, ``data_digest``, ``libraries``, ``not_applicable``; from the study's
        ledger when the job started: ``exploration_opened``, ``settings_changed_after_exploration``,
        ``analysis_number`` (which analysis of the outcome this was, counted from 1).
    predictions : DataFrame
        row, repeat, case_id, fold, score, linear_predictor, percentile, probability, positive: held out, real data
        only.
        ``row`` is ``inputs|selector|classifier``; ``probability`` is that of ``linear_predictor``, the score after
        recalibration on inner out-of-fold scores.
    folds : DataFrame
        row, repeat, fold, value, variance, n_pairs, threshold, slope, offset, recipe, candidate, selected; slope and
        offset are those of the recalibration.
    inner : DataFrame
        row, repeat, fold, other, value: the third layer, for intervals.
    chosen : DataFrame
        row, repeat, fold, feature.
    rows : DataFrame
        One row per compared pipeline, headline and control; see :meth:`frame`.
    differences : DataFrame
        One row per comparison of two rows, with its verdict.
    shuffles : DataFrame
        row, shuffle, value: the whole cross-validation with shuffled inputs.
    shuffled_cases : DataFrame
        row, shuffle, case_id, percentile: averaged over repeats, for controls of risk groups.
    cases : DataFrame
        case_id, patient_id, centre, event, time (NaN for binary).
    centres : DataFrame
        row, centre, value, low, high, n, events, note, recipe: each centre judged by the headline's procedure trained
        on all others; ``note`` is the method of the interval, or why the centre has no value.
    findings : tuple of Finding
    """

    settings: ComparisonSettings
    endpoint: Endpoint
    meta: dict[str, Any]
    predictions: pd.DataFrame
    folds: pd.DataFrame
    inner: pd.DataFrame
    chosen: pd.DataFrame
    rows: pd.DataFrame
    differences: pd.DataFrame
    shuffles: pd.DataFrame
    shuffled_cases: pd.DataFrame
    cases: pd.DataFrame
    centres: pd.DataFrame = field(default_factory=no_centres)
    findings: tuple[Finding, ...] = field(default_factory=tuple)

    @property
    def headline_row(self) -> str:
        """Code of the headline row."""
        return str(self.meta["headline_row"])

    @property
    def headline(self) -> pd.Series[Any]:
        """The headline's row of ``rows``."""
        return self.rows.loc[self.rows["headline"]].iloc[0]

    @cached_property
    def splits(self) -> pd.DataFrame:
        """Fold of each case in each repeat: repeat, case_id, fold."""
        first = self.predictions["row"].iloc[0]
        part = self.predictions.loc[self.predictions["row"] == first, ["repeat", "case_id", "fold"]]
        return pd.DataFrame(part.sort_values(["repeat", "case_id"], ignore_index=True))

    def frame(self) -> pd.DataFrame:
        """Return the table of the ``compare`` command: inputs, selector, classifier, headline, auc, auc_low, ...

        For a time-to-event endpoint ``auc`` is called ``c_index``, ``auc_low`` ``c_low`` and ``auc_high`` ``c_high``.
        """
        names = ("auc", "auc_low", "auc_high") if self.meta["metric"] == "auc" else ("c_index", "c_low", "c_high")
        renamed = dict(zip(("value", "low", "high"), names, strict=True))
        return with_changes(self.rows.drop(columns=["row"]).rename(columns=renamed), self.meta)

    def case_scores(self, row: str | None = None) -> pd.DataFrame:
        """Return one row per case: case_id, percentile and probability averaged over repeats, event, time."""
        part = self.predictions[self.predictions["row"] == (row or self.headline_row)]
        means = part.groupby("case_id", as_index=False)[["percentile", "probability"]].mean()
        return means.merge(self.cases, on="case_id", validate="one_to_one")

    def save(self, folder: Path) -> None:
        """Write Parquet tables and ``evaluation.json`` into ``folder`` (made if absent)."""
        store(self, folder, "evaluation", STORED_FRAMES)

    @classmethod
    def load(cls, folder: Path) -> Evaluation:
        """Read what :meth:`save` wrote."""
        fields = restore(folder, "evaluation", STORED_FRAMES)
        return cls(**{**fields, "settings": ComparisonSettings.from_dict(fields["settings"])})


def with_changes(table: pd.DataFrame, meta: dict[str, Any]) -> pd.DataFrame:
    """Return a result table with what the ledger knew of it: settings changed after exploration, analyses before it."""
    known = [name for name in ("settings_changed_after_exploration", "analysis_number") if name in meta]
    return table.assign(**{name: meta[name] for name in known})
