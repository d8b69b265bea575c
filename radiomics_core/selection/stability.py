"""Stability selection: features that stay on top in half-samples."""

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
from radiomics_core.settings import at_least, setting, share


@dataclass(frozen=True, kw_only=True)
class StabilitySettings(SizeSettings):
    """Features often in the top ranks of half-samples of the training fold.

    Attributes
    ----------
    n_subsamples : int
    top : int
        Ranks that count in a half-sample.
    min_share : float
        Share of half-samples a feature must be on top of; features below are not chosen.
    """

    n_subsamples: int = setting(25, lazy_("Half-samples"))
    top: int = setting(20, lazy_("Ranks that count"), lazy_("A feature counts where it is among so many of the best."))
    min_share: float = setting(
        0.2,
        lazy_("Smallest share of half-samples"),
        lazy_("Features on top less often are not chosen."),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        at_least(self, "n_subsamples", 1)
        at_least(self, "top", 1)
        share(self, "min_share")


class StabilitySelection(Sized):
    """Columns that stay on top when half of the training cases are left out, many times."""

    def __init__(self, settings: StabilitySettings) -> None:
        super().__init__(settings)
        self.settings = settings

    def rank(self, features: Floats, target: Floats, n_wanted: int, seed: int) -> Positions:
        """See :class:`radiomics_core.selection.ranking.Ranker`."""
        generator = np.random.default_rng(seed)
        counts, total_strength = np.zeros(features.shape[1]), np.zeros(features.shape[1])
        for _subsample in range(self.settings.n_subsamples):
            half = _stratified_half(target, generator)
            strength = absolute_correlation(features[half], target[half])
            counts[best_first(strength, self.settings.top)] += 1
            total_strength += strength
        share = counts / self.settings.n_subsamples
        # equally stable columns go by their mean correlation, which is too small to overturn a share
        merit = share + total_strength / self.settings.n_subsamples**2 / 2
        return best_first(np.where(share >= self.settings.min_share, merit, 0.0), n_wanted)


def _stratified_half(target: Floats, generator: np.random.Generator) -> Positions:
    parts = [np.flatnonzero(target == value) for value in (0.0, 1.0)]
    return np.concatenate([generator.permutation(part)[: max(1, len(part) // 2)] for part in parts])


CHOICE: Choice[Ranker] = Choice(
    name="stability",
    label=lazy_("Stability selection"),
    build=StabilitySelection,
    settings=StabilitySettings,
    tags={BINARY, "slow"},
    reference="Meinshausen & Buehlmann 2010",
    help=lazy_("Keeps features that stay on top when half of the cases are left out, many times; may find none."),
    libraries=("numpy",),
)
