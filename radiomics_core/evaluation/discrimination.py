"""AUC and Harrell's C: concordances over the comparable pairs of an endpoint."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radiomics_core.errors import NotApplicableError
from radiomics_core.i18n import lazy_
from radiomics_core.stats.concordance import Pairs, concordances, event_pairs, survival_pairs

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Metric:
    """A measure of discrimination, 0.5 for a score without information.

    Attributes
    ----------
    name : str
        ``"auc"`` or ``"c_index"``.
    endpoint_kind : str
        A time to an event compares pairs of which it is known who failed first, every other kind those that differ.
    min_pairs : int
        A fold with fewer comparable pairs has no value (NaN) and is counted.
    """

    name: str
    endpoint_kind: str
    min_pairs: int = 1

    def pairs(self, target: Floats) -> Pairs:
        """Return the comparable pairs; ``target`` has shape (n,) events or numbers, or (n, 2) times and events."""
        if self.endpoint_kind != "time_to_event":
            return event_pairs(target)
        return survival_pairs(target[:, 0], target[:, 1])

    def values(self, target: Floats, scores: Floats) -> Floats:
        """Return the metric of each row of ``scores``, shape (n_candidates, n); NaN with too few pairs."""
        pairs = self.pairs(target)
        if len(pairs) < self.min_pairs:
            return np.full(len(scores), np.nan)
        return concordances(scores, pairs)

    def value(self, target: ArrayLike, score: ArrayLike) -> float:
        """Return the metric of one score, shape (n,); raises when no pair can be compared."""
        target, row = np.asarray(target, float), np.asarray(score, float)
        pairs = self.pairs(target)
        if not len(pairs):
            raise NotApplicableError(
                lazy_("no two cases can be compared (got one class only)"),
                remedy=lazy_("Both events and non-events are needed"),
            )
        return float(concordances(row[None, :], pairs)[0])


def auc(y_true: ArrayLike, score: ArrayLike) -> float:
    """Area under the ROC curve: the chance that an event scores above a non-event, ties one half.

    Parameters
    ----------
    y_true : array of {0, 1}, shape (n_cases,)
    score : array of float, shape (n_cases,)
        Out of fold; any increasing transform gives the same value.
    """
    return AUC.value(y_true, score)


def harrell_c(time: ArrayLike, event: ArrayLike, score: ArrayLike) -> float:
    """Harrell's C: the share of comparable pairs in which the case that failed first has the higher score.

    References
    ----------
    Harrell et al., JAMA 247 (1982) 2543-2546.
    """
    return HARRELL_C.value(np.column_stack([np.asarray(time, float), np.asarray(event, float)]), score)


AUC = Metric("auc", "binary")
HARRELL_C = Metric("c_index", "time_to_event", min_pairs=10)
