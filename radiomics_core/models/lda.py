"""Linear discriminant analysis with shrunken covariance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from radiomics_core.i18n import lazy_
from radiomics_core.models.family import ModelCandidate, ModelFamily
from radiomics_core.registry import Choice
from radiomics_core.settings import Settings, setting, share


@dataclass(frozen=True, kw_only=True)
class DiscriminantSettings(Settings):
    """Linear discriminant analysis with shrunken covariance.

    Attributes
    ----------
    shrinkages : tuple of float
    """

    shrinkages: tuple[float, ...] = setting(
        (0.5, 0.1),
        lazy_("Shrinkages of the covariance"),
        lazy_("0 is none, 1 only the variances; the inner folds pick one."),
    )

    def __post_init__(self) -> None:
        share(self, "shrinkages")


def discriminant(settings: DiscriminantSettings) -> ModelFamily:
    """Return the model with the values its inner loop tries."""
    return ModelFamily(tuple(ModelCandidate(f"shrinkage={s:g}", partial(_make, s)) for s in settings.shrinkages))


def _make(shrinkage: float, seed: int) -> Any:
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    return LinearDiscriminantAnalysis(solver="lsqr", shrinkage=shrinkage)


CHOICE: Choice[ModelFamily] = Choice(
    name="lda",
    label=lazy_("Linear discriminant analysis"),
    build=discriminant,
    settings=DiscriminantSettings,
    tags={"linear", "fast"},
    reference="Fisher 1936",
    help=lazy_("Assumes that both groups spread alike around different means."),
    libraries=("scikit-learn",),
)
