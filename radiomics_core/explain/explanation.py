"""The result of an explanation: contributions per case, ranking, dependence, and one case from base to score."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from radiomics_core.errors import NotApplicableError
from radiomics_core.explain import kinds
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import lazy_
from radiomics_core.settings import library_versions

METHOD_VERSION = "2"
Scale = Literal["log_odds", "log_hazard"]


@dataclass(frozen=True)
class Waterfall:
    """How one case's score comes about.

    Attributes
    ----------
    case_id : str
    base, score : float
        Mean score of the background, and the case's; averaged over repeats.
    table : DataFrame
        ``feature, value, shap``, largest contribution first; ``base + shap.sum()`` is ``score``.
    """

    case_id: str
    base: float
    score: float
    table: pd.DataFrame

    def frame(self) -> pd.DataFrame:
        """Return one row per feature."""
        return self.table


@dataclass(frozen=True)
class ShapExplanation:
    """SHAP values of held-out cases.

    Attributes
    ----------
    values : DataFrame
        ``case_id, repeat, fold, feature, value`` (as in the feature table), ``shap``; only features used in that fold.
    cases : DataFrame
        ``case_id, repeat, fold, base, score, explainer, n_features``.
    features : DataFrame
        Ranking: ``feature, mean_abs`` (over all cases, 0 where a fold did not use it), ``mean_abs_used`` (over the
        folds that used it), ``n_folds`` (folds that used it), ``share_folds``.
    scale : {"log_odds", "log_hazard"}
    meta : dict
        ``inputs, n_cases, n_repeats, n_folds, explainers, settings, method_version, libraries``.
    findings : tuple of Finding
    """

    values: pd.DataFrame
    cases: pd.DataFrame
    features: pd.DataFrame
    scale: Scale
    meta: dict[str, Any]
    findings: tuple[Finding, ...] = field(default_factory=tuple)

    def frame(self) -> pd.DataFrame:
        """Return one row per case, repeat and feature: case_id, repeat, feature, value, shap."""
        return self.values[["case_id", "repeat", "feature", "value", "shap"]]

    def by_case(self, top: int | None = None) -> pd.DataFrame:
        """Return one row per case and feature, averaged over repeats (0 where a fold did not use the feature).

        Columns ``case_id, feature, value, shap``, for the ``top`` leading features.
        """
        names = self.features["feature"] if top is None else self.features["feature"].head(top)
        part = self.values[self.values["feature"].isin(set(names))]
        grouped = part.groupby(["case_id", "feature"], sort=False)
        table = grouped.agg(value=("value", "first"), shap=("shap", "sum")).reset_index()
        table["shap"] /= table["case_id"].map(self.cases.groupby("case_id").size())
        return table

    def dependence(self, feature: str) -> pd.DataFrame:
        """Return ``case_id, value, shap`` of one feature; raises :class:`NotApplicableError` for an unused one."""
        part = self.by_case()
        part = part[part["feature"] == feature].reset_index(drop=True)
        if part.empty:
            raise NotApplicableError(lazy_("no fold used the feature '{feature}'"), feature=feature)
        return part[["case_id", "value", "shap"]]

    def waterfall(self, case_id: str) -> Waterfall:
        """Return one case from base to score, averaged over repeats; raises ``KeyError`` for an unknown case."""
        rows = self.cases[self.cases["case_id"] == case_id]
        if rows.empty:
            raise KeyError(case_id)
        part = self.by_case()
        part = part[part["case_id"] == case_id].sort_values("shap", key=lambda s: -s.abs(), ignore_index=True)
        return Waterfall(
            case_id, float(rows["base"].mean()), float(rows["score"].mean()), part[["feature", "value", "shap"]]
        )

    def save(self, folder: Path) -> None:
        """Write Parquet tables and ``explanation.json`` into ``folder`` (made if absent)."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("values", "cases", "features"):
            getattr(self, name).to_parquet(folder / f"{name}.parquet", index=False)
        plain = {"scale": self.scale, "meta": self.meta, "findings": [f.to_dict() for f in self.findings]}
        (folder / "explanation.json").write_text(json.dumps(plain, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> ShapExplanation:
        """Read what :meth:`save` wrote."""
        plain = json.loads((folder / "explanation.json").read_text(encoding="utf-8"))
        frames = {name: pd.read_parquet(folder / f"{name}.parquet") for name in ("values", "cases", "features")}
        findings = tuple(Finding.from_dict(stored) for stored in plain["findings"])
        return cls(scale=plain["scale"], meta=plain["meta"], findings=findings, **frames)


def make_explanation(
    values: pd.DataFrame, cases: pd.DataFrame, scale: Scale, inputs: str, settings: dict[str, Any]
) -> ShapExplanation:
    """Rank features and say how many folds used each."""
    n_folds = len(cases[["repeat", "fold"]].drop_duplicates())
    features = _ranking(values, len(cases), n_folds)
    meta = {
        "inputs": inputs,
        "n_cases": int(cases["case_id"].nunique()),
        "n_repeats": int(cases["repeat"].nunique()),
        "n_folds": n_folds,
        "explainers": sorted(cases["explainer"].unique()),
        "settings": settings,
        "method_version": METHOD_VERSION,
        "libraries": library_versions("numpy", "scikit-learn", "shap"),
    }
    return ShapExplanation(values, cases, features, scale, meta, tuple(_findings(features, cases, n_folds)))


def _ranking(values: pd.DataFrame, n_rows: int, n_folds: int) -> pd.DataFrame:
    absolute = values.assign(size=values["shap"].abs())
    table = absolute.groupby("feature")["size"].agg(mean_abs="sum", mean_abs_used="mean")
    table["mean_abs"] /= n_rows
    used = absolute[["feature", "repeat", "fold"]].drop_duplicates().groupby("feature").size()
    table["n_folds"] = used
    table["share_folds"] = used / n_folds
    return table.reset_index().sort_values(["mean_abs", "feature"], ascending=[False, True], ignore_index=True)


def _findings(features: pd.DataFrame, cases: pd.DataFrame, n_folds: int) -> list[Finding]:
    made = []
    stable = int((features["share_folds"] >= 0.5).sum())
    if len(features) and stable < len(features) / 2:
        made.append(found(kinds.UNSTABLE_FEATURES, n_stable=stable, n=len(features), n_folds=n_folds))
    empty = len(cases.loc[cases["n_features"] == 0, ["repeat", "fold"]].drop_duplicates())
    if empty:
        made.append(found(kinds.NOTHING_TO_EXPLAIN, n_empty=empty, n_folds=n_folds))
    return made
