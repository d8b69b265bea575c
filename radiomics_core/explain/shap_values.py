"""SHAP values of held-out cases: every case is explained by models that never saw it.

The outer folds of the chosen row are refitted from the stored splits, one unit of work per repeat and fold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radiomics_core.analysis.splits import keyed_seed, seed_number
from radiomics_core.errors import NotApplicableError, SettingsError
from radiomics_core.explain.explainers import Attributions, explain_model
from radiomics_core.explain.explanation import METHOD_VERSION, Scale, ShapExplanation, make_explanation
from radiomics_core.explain.subject import RefittedFold, Subject, refit, subject_of
from radiomics_core.i18n import lazy_
from radiomics_core.settings import Settings

__all__ = [
    "METHOD_VERSION",
    "ExplanationSettings",
    "ExplanationUnit",
    "FoldExplanation",
    "assemble",
    "run_unit",
    "subject_of",
    "units_of_work",
]

FRAMES = ("values", "cases")


@dataclass(frozen=True, kw_only=True)
class ExplanationSettings(Settings):
    """How a row is explained.

    Attributes
    ----------
    repeats : int
        Number of stored repeats that are refitted; each case is explained once per repeat.
    background : int
        At most this many training cases of the fold stand for the average case.
    seed : int
    """

    repeats: int = 2
    background: int = 100
    seed: int = 1

    def __post_init__(self) -> None:
        if self.repeats < 1 or not 1 <= self.background <= 100:
            raise SettingsError(
                lazy_("repeats must be at least 1 and background 1 to 100, got {repeats} and {background}"),
                repeats=self.repeats,
                background=self.background,
            )


@dataclass(frozen=True, kw_only=True)
class ExplanationUnit(Settings):
    """One outer fold of one repeat."""

    repeat: int
    fold: int

    @property
    def name(self) -> str:
        """Name for part files, unique within an explanation."""
        return f"shap-{self.repeat}-{self.fold}"


@dataclass(frozen=True)
class FoldExplanation:
    """What one unit returns.

    Attributes
    ----------
    unit : ExplanationUnit
    frames : dict of DataFrame
        ``values``: case_id, repeat, fold, feature, value, shap. ``cases``: case_id, repeat, fold, base, score,
        explainer, n_features.
    """

    unit: ExplanationUnit
    frames: dict[str, pd.DataFrame]

    def save(self, folder: Path) -> None:
        """Write one Parquet file per frame and the unit as JSON into ``folder``."""
        import json

        folder.mkdir(parents=True, exist_ok=True)
        for name in FRAMES:
            self.frames[name].to_parquet(folder / f"{name}.parquet", index=False)
        (folder / "unit.json").write_text(json.dumps(self.unit.to_dict()), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> FoldExplanation:
        """Read what :meth:`save` wrote."""
        import json

        unit = ExplanationUnit.from_dict(json.loads((folder / "unit.json").read_text(encoding="utf-8")))
        return cls(unit, {name: pd.read_parquet(folder / f"{name}.parquet") for name in FRAMES})


def units_of_work(subject: Subject, settings: ExplanationSettings) -> list[ExplanationUnit]:
    """Return one unit per stored fold of the first repeats."""
    repeats = subject.repeats[: settings.repeats]
    wanted = subject.folds[subject.folds["repeat"].isin(repeats)].sort_values(["repeat", "fold"])
    return [ExplanationUnit(repeat=int(r), fold=int(f)) for r, f in zip(wanted["repeat"], wanted["fold"], strict=True)]


def run_unit(
    subject: Subject,
    settings: ExplanationSettings,
    unit: ExplanationUnit,
    progress: Callable[[float], None] | None = None,
) -> FoldExplanation:
    """Refit one outer fold and explain the cases it left out; the result depends on the arguments only.

    Raises
    ------
    NotApplicableError
        When the refitted model does not give the stored predictions.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        fold = refit(subject, unit.repeat, unit.fold)
        attributions = _attributions(subject, fold, settings, unit, progress)
    return FoldExplanation(unit, _frames(subject, fold, attributions, unit))


def assemble(subject: Subject, settings: ExplanationSettings, results: Iterable[FoldExplanation]) -> ShapExplanation:
    """Put the folds together; the order does not matter."""
    ordered = sorted(results, key=lambda r: (r.unit.repeat, r.unit.fold))
    if not ordered:
        raise NotApplicableError(lazy_("no fold is explained yet"), remedy=lazy_("Wait for the job"))
    scale: Scale = "log_hazard" if subject.data.values.kind == "time_to_event" else "log_odds"
    values = pd.concat([r.frames["values"] for r in ordered], ignore_index=True)
    cases = pd.concat([r.frames["cases"] for r in ordered], ignore_index=True)
    if values.empty:
        raise NotApplicableError(
            lazy_("no fold chose a feature, so there is nothing to explain"),
            remedy=lazy_("The inputs say little about this endpoint; try other inputs"),
        )
    return make_explanation(values, cases, scale, subject.inputs, settings.to_dict())


def _attributions(
    subject: Subject,
    fold: RefittedFold,
    settings: ExplanationSettings,
    unit: ExplanationUnit,
    progress: Callable[[float], None] | None,
) -> Attributions:
    held_out, training = fold.block.values[fold.held_out], fold.block.values[fold.training]
    if fold.fitted.model is None:
        return Attributions(np.zeros((len(held_out), 0)), np.zeros(len(held_out)), "linear")
    generator = np.random.default_rng(keyed_seed(settings.seed, "background", unit.repeat, unit.fold))
    drawn = generator.permutation(len(training))[: settings.background]
    seed = seed_number(settings.seed, "permutations", unit.repeat, unit.fold)
    cases, background = fold.fitted.prepare(held_out), fold.fitted.prepare(training[drawn])
    tags = subject.task.models[fold.fitted.candidate.recipe.model].tags
    return explain_model(fold.fitted.model, cases, background, seed, progress, tags=tags)


def _frames(subject: Subject, fold: RefittedFold, made: Attributions, unit: ExplanationUnit) -> dict[str, pd.DataFrame]:
    slope, offset = fold.line.slope, fold.line.offset
    case_ids = np.array(subject.data.case_ids, dtype=object)[fold.held_out]
    raw: NDArray[np.float64] = fold.block.values[np.ix_(fold.held_out, fold.fitted.columns[fold.fitted.chosen])]
    names = fold.features
    values = pd.DataFrame({
        "case_id": np.repeat(case_ids, len(names)), "repeat": unit.repeat, "fold": unit.fold,
        "feature": np.tile(np.array(names, dtype=object), len(case_ids)),
        "value": raw.ravel(), "shap": (made.shap * slope).ravel(),
    })  # fmt: skip
    cases = pd.DataFrame({
        "case_id": case_ids, "repeat": unit.repeat, "fold": unit.fold, "base": made.base * slope + offset,
        "score": fold.line(fold.stored["score"].to_numpy(float)), "explainer": made.explainer,
        "n_features": len(names),
    })  # fmt: skip
    return {"values": values, "cases": cases}
