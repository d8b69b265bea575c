"""The result of a cross-validated survival analysis, and how it is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from radiomics_core.analysis.centre_table import no_centres
from radiomics_core.analysis.evaluation import with_changes
from radiomics_core.analysis.stored import restore, store
from radiomics_core.analysis.survival_settings import SurvivalSettings
from radiomics_core.cohort.endpoints import Endpoint
from radiomics_core.findings import Finding

METHOD_VERSION = "7"
STORED_FRAMES = (
    "summary", "curves", "at_risk", "group_counts", "groups", "differences", "predictions", "folds", "chosen",
    "shuffles", "centres",
)  # fmt: skip
SUMMARY_COLUMNS = [
    "inputs", "model", "c_index", "c_low", "c_high", "logrank_p", "n", "events", "interval", "headline",
    "n_permutations", "selector", "c_within_centre", "separation_z", "separates", "hr_high_low", "n_switchers",
    "n_folds_dropped", "note", "estimate", "fold_mean",
]  # fmt: skip


@dataclass(frozen=True)
class SurvivalEvaluation:
    """Held-out discrimination and risk groups of every input.

    Attributes
    ----------
    settings : SurvivalSettings
    endpoint : Endpoint
    meta : dict
        ``n``, ``n_events``, ``n_patients``, ``n_folds``, ``n_repeats``, ``n_shuffles``, ``primary``, ``unit``,
        ``method_version``, ``data_digest``, ``libraries``, ``models`` (inputs to model), ``centres_missing`` (why no
        centre is held out, empty when it is).
    summary : DataFrame
        ``SUMMARY_COLUMNS``, one row per inputs, the headline first, then ``permuted`` (its low and high are the
        band of C under shuffled outcomes), ``leave one centre out`` (mean over the centres of ``centres``, without an
        interval) and inputs that are not applicable. ``logrank_p`` is the one-sided
        permutation p of the whole cross-validation, never a chi-square p.
    curves : DataFrame
        ``inputs, group, time, at_risk, events, censored, survival, low, high``.
    at_risk : DataFrame
        ``inputs, group, time, at_risk`` at round times.
    group_counts : DataFrame
        ``inputs, group, n, events, median``: one row per group; n counts patients.
    groups : DataFrame
        ``inputs, case_id, patient_id, percentile, group, other_share, switcher, time, event``.
    differences : DataFrame
        Paired differences of C: ``name, difference, low, high, p, p_holm, verdict, primary`` ...
    predictions : DataFrame
        ``inputs, repeat, case_id, fold, score`` (by a model that never saw the case), ``log_hazard`` (the score
        recalibrated on inner out-of-fold scores), ``percentile``.
    folds, chosen, shuffles : DataFrame
        Fold values of C; features chosen per repeat and fold; C and separation of each shuffle.
    centres : DataFrame
        row, centre, value, low, high, n, events, note, recipe: C in each centre by the headline's procedure trained on
        all others; ``note`` is the method of the interval, or why the centre has no value.
    findings : tuple of Finding
    """

    settings: SurvivalSettings
    endpoint: Endpoint
    meta: dict[str, Any]
    summary: pd.DataFrame
    curves: pd.DataFrame
    at_risk: pd.DataFrame
    group_counts: pd.DataFrame
    groups: pd.DataFrame
    differences: pd.DataFrame
    predictions: pd.DataFrame
    folds: pd.DataFrame
    chosen: pd.DataFrame
    shuffles: pd.DataFrame
    centres: pd.DataFrame = field(default_factory=no_centres)
    findings: tuple[Finding, ...] = field(default_factory=tuple)

    def frame(self) -> pd.DataFrame:
        """Return the summary table, with the number of settings changed after exploration where it is known."""
        return with_changes(self.summary, self.meta)

    @property
    def headline(self) -> pd.Series[Any]:
        """Row of the headline."""
        return self.summary.loc[self.summary["headline"]].iloc[0]

    def row_of(self, inputs: str) -> pd.Series[Any]:
        """Return the summary's row of one input."""
        return self.summary.loc[self.summary["inputs"] == inputs].iloc[0]

    def of(self, inputs: str, frame: str) -> pd.DataFrame:
        """Return the rows of one input in one of the frames, for example ``of("radiomics", "curves")``."""
        table: pd.DataFrame = getattr(self, frame)
        return table[table["inputs"] == inputs].reset_index(drop=True)

    def save(self, folder: Path) -> None:
        """Write Parquet tables and ``survival.json`` into ``folder`` (made if absent)."""
        store(self, folder, "survival", STORED_FRAMES)

    @classmethod
    def load(cls, folder: Path) -> SurvivalEvaluation:
        """Read what :meth:`save` wrote."""
        fields = restore(folder, "survival", STORED_FRAMES)
        return cls(**{**fields, "settings": SurvivalSettings.from_dict(fields["settings"])})
