"""Evaluation: held-out predictions of every row, and all numbers made from them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from radiomics_core.analysis.notes import worded
from radiomics_core.analysis.row_key import RowKey, keys_in
from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.analysis.task import Task
from radiomics_core.analysis.tasks import task_of
from radiomics_core.cohort.endpoints import Endpoint, endpoint_from_dict
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
    """The one source of every metric, curve and risk group. Each frame has the columns inputs, selector, model.

    Attributes
    ----------
    settings : AnalysisSettings
    endpoint : Endpoint
    meta : dict
        ``n``, ``n_events``, ``n_patients``, ``n_centres``, ``n_folds``, ``n_repeats``, ``n_shuffles``, ``metric``,
        ``primary``, ``headline`` (key), ``n_pipelines``, ``unit`` (of time), ``method_version``, ``data_digest``,
        ``libraries``, ``not_applicable`` (inputs to code of notes), ``left_out``; from the study's ledger when the job
        started: ``exploration_opened``, ``settings_changed_after_exploration``, ``analysis_number`` (which analysis of
        the outcome this was, counted from 1).
    predictions : DataFrame
        repeat, case_id, fold, score, linear_predictor, percentile, probability, positive: held out, real data only.
        ``linear_predictor`` (log-odds or log-hazard) is the score after recalibration on inner out-of-fold scores,
        ``probability`` is that of it; probability is NaN and nothing positive where the task decides nothing.
    folds : DataFrame
        repeat, fold, value, variance, n_pairs, threshold, slope, offset, recipe, candidate, selected; slope and
        offset are those of the recalibration.
    inner : DataFrame
        repeat, fold, other, value: the third layer, for intervals.
    chosen : DataFrame
        repeat, fold, feature.
    rows : DataFrame
        One row per compared pipeline, headline and control; see :meth:`frame`. ``note`` holds stored notes.
    differences : DataFrame
        One row per comparison of two rows, with its verdict; the other one has ``reference_`` before its key.
    shuffles : DataFrame
        moved, shuffle, value: the whole cross-validation with shuffled inputs.
    shuffled_cases : DataFrame
        moved, shuffle, case_id, percentile: averaged over repeats, for controls of risk groups.
    cases : DataFrame
        case_id, patient_id, centre, event, time (NaN for binary); no key.
    centres : DataFrame
        centre, value, low, high, n, events, note, recipe: each centre judged by the headline's procedure trained
        on all others; ``note`` is the code of the interval's method, or of why the centre has no value.
    extras : dict of str to DataFrame
        What the task makes beside: for a time to an event ``curves`` (group, time, at_risk, events, censored, survival,
        low, high), ``at_risk`` (group, time, at_risk at round times), ``group_counts`` (group, n, events, median; n
        counts patients), ``groups`` (case_id, patient_id, percentile, group, other_share, switcher, time, event) and
        ``separations`` (shuffle, value, separation_z). A study adds ``checks`` (check, status, n_findings, codes, why),
        which has no key.
    findings : tuple of Finding
    """

    settings: AnalysisSettings
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
    centres: pd.DataFrame
    extras: dict[str, pd.DataFrame] = field(default_factory=dict)
    findings: tuple[Finding, ...] = field(default_factory=tuple)

    @property
    def task(self) -> Task:
        """The task of the endpoint's kind."""
        return task_of(self.endpoint.kind)

    @property
    def headline_key(self) -> RowKey:
        """Key of the headline row."""
        return RowKey.of(self.meta["headline"])

    @property
    def headline(self) -> pd.Series[Any]:
        """The headline's row of ``rows``."""
        return self.rows.loc[self.rows["headline"]].iloc[0]

    @cached_property
    def keys(self) -> list[RowKey]:
        """Every row that has held-out predictions, in the order of ``rows``."""
        known = set(keys_in(self.folds))
        return [key for key in keys_in(self.rows) if key in known]

    @cached_property
    def splits(self) -> pd.DataFrame:
        """Fold of each case in each repeat: repeat, case_id, fold."""
        part = self.keys[0].rows(self.predictions)[["repeat", "case_id", "fold"]]
        return pd.DataFrame(part.sort_values(["repeat", "case_id"], ignore_index=True))

    def of(self, key: RowKey, frame: str) -> pd.DataFrame:
        """Return the rows of one key in one of the frames, the task's own among them."""
        table: pd.DataFrame = self.extras[frame] if frame in self.extras else getattr(self, frame)
        return key.rows(table).reset_index(drop=True)

    def frame(self) -> pd.DataFrame:
        """Return the table of the command line: ``rows`` with notes in words, and the names the task gives figures.

        Value, low and high are ``auc, auc_low, auc_high`` or ``c_index, c_low, c_high``. What the ledger knew of it is
        added: settings changed after exploration, analyses before it.
        """
        renamed = dict(zip(("value", "low", "high"), self.task.columns, strict=True))
        known = [name for name in ("settings_changed_after_exploration", "analysis_number") if name in self.meta]
        worded_rows = self.rows.assign(note=[worded(cell) for cell in self.rows["note"]])
        return worded_rows.rename(columns=renamed).assign(**{name: self.meta[name] for name in known})

    def case_scores(self, row: RowKey | None = None) -> pd.DataFrame:
        """Return one row per case: case_id, percentile and probability averaged over repeats, event, time."""
        part = (row or self.headline_key).rows(self.predictions)
        means = part.groupby("case_id", as_index=False)[["percentile", "probability"]].mean()
        return means.merge(self.cases, on="case_id", validate="one_to_one")

    def save(self, folder: Path) -> None:
        """Write Parquet tables and ``evaluation.json`` into ``folder`` (made if absent)."""
        folder.mkdir(parents=True, exist_ok=True)
        frames = {name: getattr(self, name) for name in STORED_FRAMES} | self.extras
        for name, frame in frames.items():
            frame.to_parquet(folder / f"{name}.parquet", index=False)
        plain = {
            "settings": self.settings.to_dict(),
            "endpoint": self.endpoint.to_dict(),
            "meta": self.meta,
            "extras": list(self.extras),
            "findings": [finding.to_dict() for finding in self.findings],
        }
        (folder / "evaluation.json").write_text(json.dumps(plain, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Evaluation:
        """Read what :meth:`save` wrote."""
        plain = json.loads((folder / "evaluation.json").read_text(encoding="utf-8"))
        return cls(
            settings=AnalysisSettings.from_dict(plain["settings"]),
            endpoint=endpoint_from_dict(plain["endpoint"]),
            meta=plain["meta"],
            findings=tuple(Finding.from_dict(stored) for stored in plain["findings"]),
            extras={name: pd.read_parquet(folder / f"{name}.parquet") for name in plain["extras"]},
            **{name: pd.read_parquet(folder / f"{name}.parquet") for name in STORED_FRAMES},
        )
