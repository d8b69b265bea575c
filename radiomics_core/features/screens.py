"""Outcome-free filters: removal of columns that never sees the endpoint, refitted in every training fold.

A screen works on the raw training matrix (NaN where a feature is missing) and returns the positions it keeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from radiomics_core.errors import SettingsError
from radiomics_core.i18n import lazy_
from radiomics_core.registry import Choice, Registry
from radiomics_core.settings import Settings, setting
from radiomics_core.stats.ranks import unit_ranks

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]


class Screen(Protocol):
    """Keep some columns of a training matrix without looking at the endpoint."""

    def keep(self, features: Floats) -> Positions:
        """Return the positions kept, increasing; ``features`` has shape (n_cases, n_features), NaN allowed."""
        ...


@dataclass(frozen=True, kw_only=True)
class NoScreenSettings(Settings):
    """Every column goes on."""


@dataclass(frozen=True, kw_only=True)
class NearConstantSettings(Settings):
    """Remove columns that hardly vary or are mostly missing.

    Attributes
    ----------
    max_same_share : float
        Largest share of cases that may hold one and the same value.
    max_missing_share : float
        Largest share of missing values.
    """

    max_same_share: float = setting(0.9, lazy_("Largest share of one value"), lazy_("More equal values: removed."))
    max_missing_share: float = setting(0.3, lazy_("Largest share missing"), lazy_("More missing values: removed."))

    def __post_init__(self) -> None:
        for name in ("max_same_share", "max_missing_share"):
            value = getattr(self, name)
            if not 0 < value <= 1:
                raise SettingsError(lazy_("{name} must lie in (0, 1], got {value}"), name=name, value=value)


@dataclass(frozen=True, kw_only=True)
class VarianceFloorSettings(Settings):
    """Remove columns whose spread is small beside their size.

    Attributes
    ----------
    min_variation : float
        Smallest standard deviation divided by the mean absolute value.
    """

    min_variation: float = setting(
        0.01, lazy_("Smallest variation"), lazy_("Standard deviation divided by the mean absolute value.")
    )


@dataclass(frozen=True, kw_only=True)
class CorrelationFilterSettings(Settings):
    """Of columns that say the same, keep the first.

    Attributes
    ----------
    threshold : float
        Absolute Spearman correlation above which the later column is removed.
    """

    threshold: float = setting(
        0.9,
        lazy_("Largest correlation"),
        lazy_("Of two features with a larger rank correlation, the later is removed."),
    )

    def __post_init__(self) -> None:
        if not 0 < self.threshold <= 1:
            raise SettingsError(lazy_("threshold must lie in (0, 1], got {value}"), value=self.threshold)


class NoScreen:
    """Keep everything."""

    def __init__(self, settings: NoScreenSettings) -> None:
        self.settings = settings

    def keep(self, features: Floats) -> Positions:
        """Return every position."""
        return np.arange(features.shape[1])


class NearConstant:
    """Remove columns that are nearly constant or mostly missing in the training fold."""

    def __init__(self, settings: NearConstantSettings) -> None:
        self.settings = settings

    def keep(self, features: Floats) -> Positions:
        """Return the positions of columns that vary and are present."""
        n = len(features)
        ordered = np.sort(features, axis=0)
        missing = np.isnan(ordered).mean(axis=0)
        # a value held by at least m cases fills a run of m in sorted order
        run = int(np.floor(self.settings.max_same_share * n)) + 1
        same = np.zeros(features.shape[1], bool)
        if run <= n:
            same = (ordered[run - 1 :] == ordered[: n - run + 1]).any(axis=0)
        return np.flatnonzero(~same & (missing <= self.settings.max_missing_share) & (missing < 1))


class VarianceFloor:
    """Remove columns with almost no spread relative to their size."""

    def __init__(self, settings: VarianceFloorSettings) -> None:
        self.settings = settings

    def keep(self, features: Floats) -> Positions:
        """Return the positions of columns with enough spread."""
        present = ~np.isnan(features)
        count = np.maximum(present.sum(axis=0), 1)
        filled = np.where(present, features, 0.0)
        mean = filled.sum(axis=0) / count
        spread = np.sqrt(np.where(present, (filled - mean) ** 2, 0.0).sum(axis=0) / count)
        size = np.abs(filled).sum(axis=0) / count
        return np.flatnonzero(spread > self.settings.min_variation * size)


class CorrelationFilter:
    """Keep one of each set of columns that order the cases the same way."""

    def __init__(self, settings: CorrelationFilterSettings) -> None:
        self.settings = settings

    def keep(self, features: Floats) -> Positions:
        """Return the positions kept, going through the columns in table order."""
        high = np.abs(_spearman(features)) > self.settings.threshold
        removed = np.zeros(features.shape[1], bool)
        for column in range(features.shape[1]):
            if not removed[column]:
                removed[column + 1 :] |= high[column, column + 1 :]
        return np.flatnonzero(~removed)


def _spearman(features: Floats) -> Floats:
    unit = np.nan_to_num(unit_ranks(np.where(np.isnan(features), np.inf, features)))
    return np.asarray(unit.T @ unit)


SCREENS: Registry[Screen] = Registry(
    "screen",
    Choice(
        name="near_constant",
        label=lazy_("Nearly constant or missing"),
        build=NearConstant,
        settings=NearConstantSettings,
        tags={"unsupervised", "fast"},
        help=lazy_("Removes features that hardly vary or are often missing in the training cases."),
        libraries=("numpy",),
    ),
    Choice(
        name="variance_floor",
        label=lazy_("Variance floor"),
        build=VarianceFloor,
        settings=VarianceFloorSettings,
        tags={"unsupervised", "fast"},
        reference="Guyon & Elisseeff 2003",
        help=lazy_("Removes features whose spread is tiny beside their size."),
        libraries=("numpy",),
    ),
    Choice(
        name="correlation_filter",
        label=lazy_("Correlation filter"),
        build=CorrelationFilter,
        settings=CorrelationFilterSettings,
        tags={"unsupervised"},
        reference="Hall 1999",
        help=lazy_("Of features that order the cases the same way, keeps the first."),
        libraries=("numpy", "scipy"),
    ),
    Choice(
        name="none",
        label=lazy_("No filter"),
        build=NoScreen,
        settings=NoScreenSettings,
        tags={"unsupervised", "fast"},
        help=lazy_("Every feature goes on to selection."),
    ),
)
"""Outcome-free filters in menu order."""
