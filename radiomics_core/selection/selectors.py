"""The selectors: a settings object and a ranking each. All are refitted in every training fold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from radiomics_core.errors import SettingsError
from radiomics_core.i18n import lazy_
from radiomics_core.selection import rankers
from radiomics_core.settings import Settings

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class SizeSettings(Settings):
    """How many features may be kept; the inner loop picks one of the sizes."""

    sizes: tuple[int, ...] = (5, 10, 20)

    def __post_init__(self) -> None:
        if not self.sizes or min(self.sizes) < 1:
            raise SettingsError(lazy_("number of features must be at least 1, got {sizes}"), sizes=self.sizes)


@dataclass(frozen=True, kw_only=True)
class MannWhitneySettings(SizeSettings):
    """Ranking by the Mann-Whitney test."""


@dataclass(frozen=True, kw_only=True)
class AnovaSettings(SizeSettings):
    """Ranking by the F test."""


@dataclass(frozen=True, kw_only=True)
class MutualInformationSettings(SizeSettings):
    """Ranking by mutual information with quantile bins.

    Attributes
    ----------
    n_bins : int
        Quantile bins per feature.
    """

    n_bins: int = 4


@dataclass(frozen=True, kw_only=True)
class MrmrSettings(SizeSettings):
    """Minimum redundancy, maximum relevance."""


@dataclass(frozen=True, kw_only=True)
class LassoSettings(SizeSettings):
    """Features with a non-zero L1-penalised coefficient, largest first.

    Attributes
    ----------
    inverse_penalty : float
        C of the L1-penalised logistic regression.
    """

    inverse_penalty: float = 0.3


@dataclass(frozen=True, kw_only=True)
class ForestImportanceSettings(SizeSettings):
    """Ranking by impurity importance of a random forest.

    Attributes
    ----------
    n_trees : int
    """

    n_trees: int = 100


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

    n_subsamples: int = 25
    top: int = 20
    min_share: float = 0.2


@dataclass(frozen=True, kw_only=True)
class AllFeaturesSettings(Settings):
    """Every column is kept."""


class _Selector:
    def __init__(self, settings: SizeSettings) -> None:
        self.sizes = settings.sizes


class MannWhitney(_Selector):
    """Columns whose values differ most between events and non-events, by rank."""

    def rank(self, features: Floats, target: Floats, n_wanted: int, seed: int) -> Positions:
        """See :class:`radiomics_core.selection.rankers.Ranker`."""
        return rankers.best_first(rankers.rank_auc_strength(features, target), n_wanted)


class Anova(_Selector):
    """Columns whose means differ most between events and non-events."""

    def rank(self, features: Floats, target: Floats, n_wanted: int, seed: int) -> Positions:
        """See :class:`radiomics_core.selection.rankers.Ranker`."""
        return rankers.best_first(rankers.f_statistic(features, target), n_wanted)


class MutualInformation(_Selector):
    """Columns that share most information with the event, of any shape."""

    def __init__(self, settings: MutualInformationSettings) -> None:
        super().__init__(settings)
        self.n_bins = settings.n_bins

    def rank(self, features: Floats, target: Floats, n_wanted: int, seed: int) -> Positions:
        """See :class:`radiomics_core.selection.rankers.Ranker`."""
        strength = rankers.binned_mutual_information(features, target, self.n_bins)
        return rankers.best_first(np.where(np.ptp(features, axis=0) > 0, strength, 0.0), n_wanted)


class Mrmr(_Selector):
    """Columns that go with the event and not with each other."""

    def rank(self, features: Floats, target: Floats, n_wanted: int, seed: int) -> Positions:
        """See :class:`radiomics_core.selection.rankers.Ranker`."""
        return rankers.minimum_redundancy(features, rankers.absolute_correlation(features, target), n_wanted)


class Lasso(_Selector):
    """Columns an L1-penalised logistic regression keeps; may find none."""

    def __init__(self, settings: LassoSettings) -> None:
        super().__init__(settings)
        self.inverse_penalty = settings.inverse_penalty

    def rank(self, features: Floats, target: Floats, n_wanted: int, seed: int) -> Positions:
        """See :class:`radiomics_core.selection.rankers.Ranker`."""
        return rankers.best_first(rankers.l1_coefficients(features, target, self.inverse_penalty, seed), n_wanted)


class ForestImportance(_Selector):
    """Columns a random forest uses most."""

    def __init__(self, settings: ForestImportanceSettings) -> None:
        super().__init__(settings)
        self.n_trees = settings.n_trees

    def rank(self, features: Floats, target: Floats, n_wanted: int, seed: int) -> Positions:
        """See :class:`radiomics_core.selection.rankers.Ranker`."""
        from sklearn.ensemble import ExtraTreesClassifier

        forest = ExtraTreesClassifier(self.n_trees, min_samples_leaf=3, random_state=seed, n_jobs=1)
        return rankers.best_first(forest.fit(features, target).feature_importances_, n_wanted)


class StabilitySelection(_Selector):
    """Columns that stay on top when half of the training cases are left out, many times."""

    def __init__(self, settings: StabilitySettings) -> None:
        super().__init__(settings)
        self.settings = settings

    def rank(self, features: Floats, target: Floats, n_wanted: int, seed: int) -> Positions:
        """See :class:`radiomics_core.selection.rankers.Ranker`."""
        generator = np.random.default_rng(seed)
        counts, total_strength = np.zeros(features.shape[1]), np.zeros(features.shape[1])
        for _subsample in range(self.settings.n_subsamples):
            half = _stratified_half(target, generator)
            strength = rankers.absolute_correlation(features[half], target[half])
            counts[rankers.best_first(strength, self.settings.top)] += 1
            total_strength += strength
        share = counts / self.settings.n_subsamples
        # equally stable columns go by their mean correlation, which is too small to overturn a share
        merit = share + total_strength / self.settings.n_subsamples**2 / 2
        return rankers.best_first(np.where(share >= self.settings.min_share, merit, 0.0), n_wanted)


def _stratified_half(target: Floats, generator: np.random.Generator) -> Positions:
    parts = [np.flatnonzero(target == value) for value in (0.0, 1.0)]
    return np.concatenate([generator.permutation(part)[: max(1, len(part) // 2)] for part in parts])


class CoxScore(_Selector):
    """Columns with the largest univariate Cox score statistic."""

    def rank(self, features: Floats, target: Floats, n_wanted: int, seed: int) -> Positions:
        """See :class:`radiomics_core.selection.rankers.Ranker`."""
        return rankers.best_first(rankers.cox_score_strength(features, target), n_wanted)


class CoxMrmr(_Selector):
    """Columns that go with the hazard and not with each other."""

    def rank(self, features: Floats, target: Floats, n_wanted: int, seed: int) -> Positions:
        """See :class:`radiomics_core.selection.rankers.Ranker`."""
        # |z| / sqrt(number of events) is on the scale of a correlation, like the redundancy it is set against
        n_events = max(1.0, float(rankers.case_weights(target)[target[:, 1] == 1].sum()))
        relevance = np.minimum(1.0, rankers.cox_score_strength(features, target) / np.sqrt(n_events))
        return rankers.minimum_redundancy(features, relevance, n_wanted)


class AllFeatures:
    """Every column that varies in the training fold, in table order."""

    sizes: tuple[int, ...] = (1_000_000,)

    def __init__(self, settings: AllFeaturesSettings) -> None:
        self.settings = settings

    def rank(self, features: Floats, target: Floats, n_wanted: int, seed: int) -> Positions:
        """See :class:`radiomics_core.selection.rankers.Ranker`."""
        return np.flatnonzero(np.ptp(features, axis=0) > 0)[:n_wanted]
