"""From a block's columns to a float matrix, and its imputation and scaling inside a training fold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radiomics_core.errors import TableError
from radiomics_core.i18n import lazy_

if TYPE_CHECKING:
    from radiomics_core.analysis.data import AnalysisData, Block

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class EncodedBlock:
    """A block as numbers, missing values still missing.

    Attributes
    ----------
    values : array, shape (n_cases, n_columns)
    names : tuple of str
        One per column; ``column=level`` for the indicator of a category.
    indicator_sets : tuple of tuple of int
        Columns that are the indicators of one category.
    """

    values: Floats
    names: tuple[str, ...]
    indicator_sets: tuple[tuple[int, ...], ...] = ()


def encode_block(data: AnalysisData, block: Block) -> EncodedBlock:
    """Return a block's numbers; for ``combined`` the radiomics part is not in it (it enters as rad-score)."""
    if block.kind in ("radiomics", "volume"):
        return EncodedBlock(data.features[list(block.columns)].to_numpy(float), block.columns)
    if block.kind == "centre":
        return encode_frame(pd.DataFrame({"centre": pd.Categorical(data.centres or ())}))
    return encode_frame(data.clinical)


def encode_frame(frame: pd.DataFrame) -> EncodedBlock:
    """Numbers stay, ordered categories become ranks, other categories indicators (first level left out)."""
    parts: list[Floats] = []
    names: list[str] = []
    sets: list[tuple[int, ...]] = []
    for name in frame.columns:
        column = _number_or_category(frame[name])
        if not isinstance(column.dtype, pd.CategoricalDtype):
            parts.append(column.to_numpy(float)[:, None])
            names.append(str(name))
            continue
        codes: Floats = np.array(column.cat.codes, dtype=np.float64)
        codes[codes < 0] = np.nan
        if column.cat.ordered:
            parts.append(codes[:, None])
            names.append(str(name))
            continue
        levels = [i for i in range(len(column.cat.categories)) if np.any(codes == i)][1:]
        sets.append(tuple(range(len(names), len(names) + len(levels))))
        parts.extend(np.where(np.isnan(codes), np.nan, (codes == i).astype(np.float64))[:, None] for i in levels)
        names.extend(f"{name}={column.cat.categories[i]}" for i in levels)
    values = np.concatenate(parts, axis=1).astype(float) if parts else np.empty((len(frame), 0))
    return EncodedBlock(values, tuple(names), tuple(s for s in sets if s))


def _number_or_category(column: pd.Series[Any]) -> pd.Series[Any]:
    if isinstance(column.dtype, pd.CategoricalDtype) or pd.api.types.is_numeric_dtype(column.dtype):
        return column
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        raise TableError(
            lazy_("column '{column}' holds dates and cannot be a predictor"),
            remedy=lazy_("Set its role to ignore"),
            column=str(column.name),
        )
    return column.astype("category")


class Preparer(Protocol):
    """Imputation and scaling, learnt from training rows only."""

    def fit(self, features: Floats) -> Preparer:
        """Learn from training rows, shape (n_training_cases, n_columns)."""
        ...

    def transform(self, features: Floats) -> Floats:
        """Return rows without NaN, scaled by what was learnt."""
        ...


class MedianScaler:
    """Missing numbers become the training median, missing categories the commonest level; then unit variance."""

    def __init__(self, indicator_sets: tuple[tuple[int, ...], ...] = ()) -> None:
        self.indicator_sets = indicator_sets

    def fit(self, features: Floats) -> MedianScaler:
        """Learn medians, commonest levels, means and standard deviations."""
        self.fill = _column_medians(features)
        for columns in self.indicator_sets:
            self.fill[list(columns)] = _commonest_level(features[:, list(columns)])
        filled = self._filled(features)
        self.mean, spread = filled.mean(axis=0), filled.std(axis=0)
        # a column constant in training carries nothing: it becomes 0 in training and stays small elsewhere
        self.scale = np.where(spread > 1e-12 * np.maximum(1.0, np.abs(self.mean)), spread, np.inf)
        return self

    def transform(self, features: Floats) -> Floats:
        """Return filled and scaled rows."""
        return np.asarray((self._filled(features) - self.mean) / self.scale)

    def _filled(self, features: Floats) -> Floats:
        missing = np.isnan(features)
        return np.where(missing, self.fill, features) if missing.any() else features


def _column_medians(features: Floats) -> Floats:
    missing = np.isnan(features)
    medians = np.zeros(features.shape[1])
    partly = missing.any(axis=0) & ~missing.all(axis=0)
    if partly.any():
        medians[partly] = np.nanmedian(features[:, partly], axis=0)
    return medians


def _commonest_level(indicators: Floats) -> Floats:
    present = indicators[~np.isnan(indicators).any(axis=1)]
    counts = np.append(present.sum(axis=0), len(present) - present.sum())
    level = np.zeros(indicators.shape[1])
    best = int(np.argmax(counts))
    if best < len(level):
        level[best] = 1.0
    return level
