"""Support vector machine with a radial kernel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from radiomics_core.i18n import lazy_
from radiomics_core.models.family import ModelCandidate, ModelFamily
from radiomics_core.registry import Choice
from radiomics_core.settings import Settings, positive, setting


@dataclass(frozen=True, kw_only=True)
class RbfSvmSettings(Settings):
    """Support vector machine with a radial kernel; its width follows the number of features.

    Attributes
    ----------
    costs : tuple of float
    """

    costs: tuple[float, ...] = setting(
        (0.3, 1.0, 3.0),
        lazy_("Values of C"),
        lazy_("Costs of a case on the wrong side, smallest first; the inner folds pick one."),
    )

    def __post_init__(self) -> None:
        positive(self, "costs")


def rbf_svm(settings: RbfSvmSettings) -> ModelFamily:
    """Return the model with the values its inner loop tries."""
    return ModelFamily(tuple(ModelCandidate(f"C={c:g}", partial(_make, c)) for c in settings.costs))


def _make(cost: float, seed: int) -> Any:
    from sklearn.svm import SVC

    return SVC(C=cost, kernel="rbf", gamma="scale")


CHOICE: Choice[ModelFamily] = Choice(
    name="svm_rbf",
    label=lazy_("Radial support vector machine"),
    build=rbf_svm,
    settings=RbfSvmSettings,
    tags={"fast"},
    reference="Cortes & Vapnik 1995",
    help=lazy_("Curved boundaries; probabilities are made afterwards."),
    libraries=("scikit-learn",),
)
