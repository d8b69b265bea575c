"""Cox regression with a ridge penalty."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from radiomics_core.i18n import lazy_
from radiomics_core.models.cox import cox_model
from radiomics_core.models.family import ModelCandidate, ModelFamily
from radiomics_core.registry import Choice
from radiomics_core.settings import Settings, positive, setting


@dataclass(frozen=True, kw_only=True)
class RidgeCoxSettings(Settings):
    """Cox regression with a ridge penalty.

    Attributes
    ----------
    penalties : tuple of float
        Penalty per event of the training fold, strongest first; the inner loop picks one. 1 halves the coefficient of
        a standardised column that stands alone.
    """

    penalties: tuple[float, ...] = setting(
        (3.0, 1.0, 0.3),
        lazy_("Penalties per event"),
        lazy_("Strongest first; the inner folds pick one. 1 halves the coefficient of a column that stands alone."),
    )

    def __post_init__(self) -> None:
        positive(self, "penalties")


def ridge_cox(settings: RidgeCoxSettings) -> ModelFamily:
    """Return the model with the values its inner loop tries."""
    made = tuple(ModelCandidate(f"penalty={s:g}", partial(cox_model, s)) for s in settings.penalties)
    return ModelFamily(made, tuned_by="deviance")


CHOICE: Choice[ModelFamily] = Choice(
    name="ridge_cox",
    label=lazy_("Ridge Cox regression"),
    build=ridge_cox,
    settings=RidgeCoxSettings,
    tags={"time_to_event", "linear", "fast"},
    reference="Verweij & van Houwelingen 1994",
    help=lazy_("Shrinks all coefficients; how much is chosen inside each training fold."),
    libraries=("numpy",),
)
