"""Random forest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from radiomics_core.i18n import lazy_
from radiomics_core.models.family import ModelCandidate, ModelFamily
from radiomics_core.registry import Choice
from radiomics_core.settings import Settings, at_least, setting


@dataclass(frozen=True, kw_only=True)
class RandomForestSettings(Settings):
    """Random forest.

    Attributes
    ----------
    n_trees : int
    min_leaf_sizes : tuple of int
    """

    n_trees: int = setting(100, lazy_("Trees"))
    min_leaf_sizes: tuple[int, ...] = setting(
        (5,), lazy_("Smallest numbers of cases in a leaf"), lazy_("The inner folds pick one.")
    )

    def __post_init__(self) -> None:
        at_least(self, "n_trees", 1)
        at_least(self, "min_leaf_sizes", 1)


def random_forest(settings: RandomForestSettings) -> ModelFamily:
    """Return the model with the values its inner loop tries."""
    leaves = settings.min_leaf_sizes
    return ModelFamily(tuple(ModelCandidate(f"leaf={n}", partial(_make, settings.n_trees, n)) for n in leaves))


def _make(n_trees: int, min_leaf: int, seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(n_trees, min_samples_leaf=min_leaf, random_state=seed, n_jobs=1)


CHOICE: Choice[ModelFamily] = Choice(
    name="random_forest",
    label=lazy_("Random forest"),
    build=random_forest,
    settings=RandomForestSettings,
    tags={"trees", "slow"},
    reference="Breiman 2001",
    help=lazy_("Many decision trees on resampled cases."),
    libraries=("scikit-learn",),
)
