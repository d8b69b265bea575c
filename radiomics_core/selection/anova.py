"""Ranking by the F test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from radiomics_core.i18n import lazy_
from radiomics_core.registry import Choice
from radiomics_core.selection.ranking import (
    BINARY,
    Floats,
    Positions,
    Ranker,
    Sized,
    SizeSettings,
    absolute_correlation,
    best_first,
)


@dataclass(frozen=True, kw_only=True)
class AnovaSettings(SizeSettings):
    """Ranking by the F test."""


class Anova(Sized):
    """Columns whose means differ most between events and non-events."""

    def rank(self, features: Floats, target: Floats, n_wanted: int, seed: int) -> Positions:
        """See :class:`radiomics_core.selection.ranking.Ranker`."""
        return best_first(f_statistic(features, target), n_wanted)


def f_statistic(features: Floats, events: Floats) -> Floats:
    """Return the one-way ANOVA F of each column between two classes; infinite separation counts as largest."""
    r2 = np.minimum(absolute_correlation(features, events) ** 2, 1 - 1e-12)
    return np.asarray(r2 / (1 - r2) * (len(events) - 2))


CHOICE: Choice[Ranker] = Choice(
    name="anova",
    label=lazy_("ANOVA F ranking"),
    build=Anova,
    settings=AnovaSettings,
    tags={BINARY, "fast"},
    reference="Fisher 1925",
    help=lazy_("Keeps the features whose means differ most between events and non-events."),
    libraries=("numpy",),
)
