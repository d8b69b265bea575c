"""Logistic regression without a penalty, for few columns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from radiomics_core.i18n import lazy_
from radiomics_core.models.family import ModelCandidate, ModelFamily
from radiomics_core.models.ridge_logistic import RidgeLogistic
from radiomics_core.registry import Choice
from radiomics_core.settings import Settings, positive, setting


@dataclass(frozen=True, kw_only=True)
class PlainLogisticSettings(Settings):
    """Logistic regression without a penalty (a trace of one keeps separated data finite).

    Attributes
    ----------
    inverse_penalty : float
    """

    inverse_penalty: float = setting(
        1e3, lazy_("Inverse penalty C"), lazy_("Large: the trace of a penalty only keeps separated data finite.")
    )

    def __post_init__(self) -> None:
        positive(self, "inverse_penalty")


def plain_logistic(settings: PlainLogisticSettings) -> ModelFamily:
    """Return the model with the values its inner loop tries."""
    return ModelFamily((ModelCandidate("", partial(_make, settings.inverse_penalty)),))


def _make(inverse_penalty: float, seed: int) -> Any:
    return RidgeLogistic(inverse_penalty)


CHOICE: Choice[ModelFamily] = Choice(
    name="logistic",
    label=lazy_("Logistic regression"),
    build=plain_logistic,
    settings=PlainLogisticSettings,
    tags={"linear", "fast", "plain"},
    reference="Cox 1958",
    help=lazy_("Without a penalty: for clinical columns and other inputs with few columns."),
    libraries=("numpy",),
)
