"""Ranking by the univariate Cox score test."""

from __future__ import annotations

from dataclasses import dataclass

from radiomics_core.i18n import lazy_
from radiomics_core.registry import Choice
from radiomics_core.selection.ranking import (
    SURVIVAL,
    Floats,
    Positions,
    Ranker,
    Sized,
    SizeSettings,
    best_first,
    cox_score_strength,
)


@dataclass(frozen=True, kw_only=True)
class CoxScoreSettings(SizeSettings):
    """Ranking by the score test of a Cox model of one feature."""


class CoxScore(Sized):
    """Columns with the largest univariate Cox score statistic."""

    def rank(self, features: Floats, target: Floats, n_wanted: int, seed: int) -> Positions:
        """See :class:`radiomics_core.selection.ranking.Ranker`."""
        return best_first(cox_score_strength(features, target), n_wanted)


CHOICE: Choice[Ranker] = Choice(
    name="cox_score",
    label=lazy_("Cox score ranking"),
    build=CoxScore,
    settings=CoxScoreSettings,
    tags={SURVIVAL, "fast"},
    reference="Cox 1972",
    help=lazy_("Keeps the features that go most with the hazard, one at a time."),
    libraries=("numpy",),
)
