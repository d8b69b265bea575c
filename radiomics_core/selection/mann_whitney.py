"""Ranking by the Mann-Whitney test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from radiomics_core.i18n import lazy_
from radiomics_core.registry import Choice
from radiomics_core.selection.ranking import BINARY, Floats, Positions, Ranker, Sized, SizeSettings, best_first


@dataclass(frozen=True, kw_only=True)
class MannWhitneySettings(SizeSettings):
    """Ranking by the Mann-Whitney test."""


class MannWhitney(Sized):
    """Columns whose values differ most between events and non-events, by rank."""

    def rank(self, features: Floats, target: Floats, n_wanted: int, seed: int) -> Positions:
        """See :class:`radiomics_core.selection.ranking.Ranker`."""
        return best_first(rank_auc_strength(features, target), n_wanted)


def rank_auc_strength(features: Floats, events: Floats) -> Floats:
    """Return abs(AUC - 0.5) of each column (Mann-Whitney), shape (n_features,)."""
    positive = events == 1
    n_events, n_rest = int(positive.sum()), int((~positive).sum())
    ranks = rankdata(features, axis=0)
    statistic = ranks[positive].sum(axis=0) - n_events * (n_events + 1) / 2
    return np.asarray(np.abs(statistic / (n_events * n_rest) - 0.5))


CHOICE: Choice[Ranker] = Choice(
    name="mann_whitney",
    label=lazy_("Mann-Whitney ranking"),
    build=MannWhitney,
    settings=MannWhitneySettings,
    tags={BINARY, "fast"},
    reference="Mann & Whitney 1947",
    help=lazy_("Keeps the features whose ranks differ most between events and non-events."),
    libraries=("numpy", "scipy"),
)
