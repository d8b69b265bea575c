"""Gaussian naive Bayes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from radiomics_core.i18n import lazy_
from radiomics_core.models.family import ModelCandidate, ModelFamily
from radiomics_core.registry import Choice
from radiomics_core.settings import Settings, positive, setting


@dataclass(frozen=True, kw_only=True)
class NaiveBayesSettings(Settings):
    """Gaussian naive Bayes.

    Attributes
    ----------
    smoothing : float
        Share of the largest variance added to every variance.
    """

    smoothing: float = setting(
        0.01, lazy_("Smoothing"), lazy_("Share of the largest variance added to every variance.")
    )

    def __post_init__(self) -> None:
        positive(self, "smoothing")


def naive_bayes(settings: NaiveBayesSettings) -> ModelFamily:
    """Return the model with the values its inner loop tries."""
    return ModelFamily((ModelCandidate("", partial(_make, settings.smoothing)),))


def _make(smoothing: float, seed: int) -> Any:
    from sklearn.naive_bayes import GaussianNB

    return GaussianNB(var_smoothing=smoothing)


CHOICE: Choice[ModelFamily] = Choice(
    name="naive_bayes",
    label=lazy_("Naive Bayes"),
    build=naive_bayes,
    settings=NaiveBayesSettings,
    tags={"fast"},
    reference="Hand & Yu 2001",
    help=lazy_("Treats features as independent; probabilities are made afterwards."),
    libraries=("scikit-learn",),
)
