"""Every column is kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from radiomics_core.i18n import lazy_
from radiomics_core.registry import Choice
from radiomics_core.selection.ranking import BINARY, SURVIVAL, Floats, Positions, Ranker
from radiomics_core.settings import Settings


@dataclass(frozen=True, kw_only=True)
class AllFeaturesSettings(Settings):
    """Every column is kept."""


class AllFeatures:
    """Every column that varies in the training fold, in table order."""

    sizes: tuple[int, ...] = (1_000_000,)

    def __init__(self, settings: AllFeaturesSettings) -> None:
        self.settings = settings

    def rank(self, features: Floats, target: Floats, n_wanted: int, seed: int) -> Positions:
        """See :class:`radiomics_core.selection.ranking.Ranker`."""
        return np.flatnonzero(np.ptp(features, axis=0) > 0)[:n_wanted]


CHOICE: Choice[Ranker] = Choice(
    name="none",
    label=lazy_("All features"),
    build=AllFeatures,
    settings=AllFeaturesSettings,
    tags={BINARY, SURVIVAL, "fast", "keeps_all"},
    help=lazy_("Keeps every column; for inputs with few columns."),
)
