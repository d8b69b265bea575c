"""Nearest neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from radiomics_core.i18n import lazy_
from radiomics_core.models.family import ModelCandidate, ModelFamily
from radiomics_core.registry import Choice
from radiomics_core.settings import Settings, at_least, setting


@dataclass(frozen=True, kw_only=True)
class NearestNeighboursSettings(Settings):
    """Nearest neighbours.

    Attributes
    ----------
    neighbours : tuple of int
    """

    neighbours: tuple[int, ...] = setting(
        (15, 7), lazy_("Numbers of neighbours"), lazy_("Largest first; the inner folds pick one.")
    )

    def __post_init__(self) -> None:
        at_least(self, "neighbours", 1)


def nearest_neighbours(settings: NearestNeighboursSettings) -> ModelFamily:
    """Return the model with the values its inner loop tries."""
    return ModelFamily(tuple(ModelCandidate(f"neighbours={k}", partial(NeighbourVote, k)) for k in settings.neighbours))


class NeighbourVote:
    """Share of events among the nearest training cases; asks for no more neighbours than there are cases."""

    def __init__(self, neighbours: int, seed: int) -> None:
        self.neighbours = neighbours

    def fit(self, features: Any, target: Any) -> NeighbourVote:
        """Fit scikit-learn's classifier with at most half of the training cases as neighbours."""
        from sklearn.neighbors import KNeighborsClassifier

        count = max(1, min(self.neighbours, len(features) // 2))
        self.model = KNeighborsClassifier(count).fit(features, target)
        return self

    def predict_proba(self, features: Any) -> Any:
        """Return the share of events, shrunken by one imaginary case of each class; shape (n, 2)."""
        raw = self.model.predict_proba(features)
        count = self.model.n_neighbors
        return (raw * count + 1) / (count + 2)


CHOICE: Choice[ModelFamily] = Choice(
    name="knn",
    label=lazy_("Nearest neighbours"),
    build=nearest_neighbours,
    settings=NearestNeighboursSettings,
    tags={"fast"},
    reference="Cover & Hart 1967",
    help=lazy_("The share of events among the most similar cases."),
    libraries=("scikit-learn",),
)
