"""Gradient boosting of shallow trees."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from radiomics_core.i18n import lazy_
from radiomics_core.models.family import ModelCandidate, ModelFamily
from radiomics_core.registry import Choice
from radiomics_core.settings import Settings, at_least, positive, setting


@dataclass(frozen=True, kw_only=True)
class BoostingSettings(Settings):
    """Gradient boosting of shallow trees.

    Attributes
    ----------
    n_trees : int
    learning_rates : tuple of float
    """

    n_trees: int = setting(50, lazy_("Trees"))
    learning_rates: tuple[float, ...] = setting(
        (0.05,),
        lazy_("Learning rates"),
        lazy_("Share of its correction that each tree makes; the inner folds pick one."),
    )

    def __post_init__(self) -> None:
        at_least(self, "n_trees", 1)
        positive(self, "learning_rates")


def boosting(settings: BoostingSettings) -> ModelFamily:
    """Return the model with the values its inner loop tries."""
    rates = settings.learning_rates
    return ModelFamily(tuple(ModelCandidate(f"rate={r:g}", partial(_make, settings.n_trees, r)) for r in rates))


def _make(n_trees: int, rate: float, seed: int) -> Any:
    from sklearn.ensemble import GradientBoostingClassifier

    return GradientBoostingClassifier(
        n_estimators=n_trees, learning_rate=rate, max_depth=2, subsample=0.8, random_state=seed
    )


CHOICE: Choice[ModelFamily] = Choice(
    name="boosting",
    label=lazy_("Gradient boosting"),
    build=boosting,
    settings=BoostingSettings,
    tags={"trees", "slow"},
    reference="Friedman 2001",
    help=lazy_("Shallow trees, each correcting those before."),
    libraries=("scikit-learn",),
)
