"""Linear support vector machine."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from radiomics_core.i18n import lazy_
from radiomics_core.models.family import ModelCandidate, ModelFamily
from radiomics_core.registry import Choice
from radiomics_core.settings import Settings, positive, setting


@dataclass(frozen=True, kw_only=True)
class LinearSvmSettings(Settings):
    """Linear support vector machine.

    Attributes
    ----------
    costs : tuple of float
    """

    costs: tuple[float, ...] = setting(
        (0.01, 0.1, 1.0),
        lazy_("Values of C"),
        lazy_("Costs of a case on the wrong side, smallest first; the inner folds pick one."),
    )

    def __post_init__(self) -> None:
        positive(self, "costs")


def linear_svm(settings: LinearSvmSettings) -> ModelFamily:
    """Return the model with the values its inner loop tries."""
    return ModelFamily(tuple(ModelCandidate(f"C={c:g}", partial(_make, c)) for c in settings.costs))


def _make(cost: float, seed: int) -> Any:
    from sklearn.svm import SVC

    return SVC(C=cost, kernel="linear", gamma="scale")


CHOICE: Choice[ModelFamily] = Choice(
    name="svm_linear",
    label=lazy_("Linear support vector machine"),
    build=linear_svm,
    settings=LinearSvmSettings,
    tags={"linear", "fast"},
    reference="Cortes & Vapnik 1995",
    help=lazy_("A weighted sum fitted to the hardest cases; probabilities are made afterwards."),
    libraries=("scikit-learn",),
)
