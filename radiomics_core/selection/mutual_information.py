"""Ranking by mutual information with quantile bins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from radiomics_core.i18n import lazy_
from radiomics_core.registry import Choice
from radiomics_core.selection.ranking import BINARY, Floats, Positions, Ranker, Sized, SizeSettings, best_first
from radiomics_core.settings import at_least, setting


@dataclass(frozen=True, kw_only=True)
class MutualInformationSettings(SizeSettings):
    """Ranking by mutual information with quantile bins.

    Attributes
    ----------
    n_bins : int
        Quantile bins per feature.
    """

    n_bins: int = setting(4, lazy_("Quantile bins per feature"))

    def __post_init__(self) -> None:
        super().__post_init__()
        at_least(self, "n_bins", 2)


class MutualInformation(Sized):
    """Columns that share most information with the event, of any shape."""

    def __init__(self, settings: MutualInformationSettings) -> None:
        super().__init__(settings)
        self.n_bins = settings.n_bins

    def rank(self, features: Floats, target: Floats, n_wanted: int, seed: int) -> Positions:
        """See :class:`radiomics_core.selection.ranking.Ranker`."""
        strength = binned_mutual_information(features, target, self.n_bins)
        return best_first(np.where(np.ptp(features, axis=0) > 0, strength, 0.0), n_wanted)


def binned_mutual_information(features: Floats, events: Floats, n_bins: int) -> Floats:
    """Return the mutual information (nats) between quantile-binned columns and the event."""
    n = len(events)
    bins = np.minimum((rankdata(features, axis=0) - 0.5) * n_bins / n, n_bins - 1).astype(int)
    information = np.zeros(features.shape[1])
    for level in range(n_bins):
        inside = bins == level
        p_bin = inside.mean(axis=0)
        for value in (0.0, 1.0):
            p_class = float(np.mean(events == value))
            joint = (inside & (events == value)[:, None]).mean(axis=0)
            ratio = np.divide(joint, p_bin * p_class, out=np.ones_like(joint), where=joint > 0)
            information += joint * np.log(ratio)
    return information


CHOICE: Choice[Ranker] = Choice(
    name="mutual_information",
    label=lazy_("Mutual information"),
    build=MutualInformation,
    settings=MutualInformationSettings,
    tags={BINARY, "fast"},
    reference="Battiti 1994",
    help=lazy_("Keeps features that tell most about the endpoint, also when the relation is not a straight line."),
    libraries=("numpy", "scipy"),
)
