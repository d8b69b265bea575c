"""Models of time to an event, risk groups, curves and checks."""

from __future__ import annotations

from radiomics_core.i18n import lazy_
from radiomics_core.registry import Choice, Registry
from radiomics_core.survival import models as _m
from radiomics_core.validation.recipe import ModelFamily

SURVIVAL_MODELS: Registry[ModelFamily] = Registry(
    "survival model",
    Choice(
        name="cox",
        label=lazy_("Cox regression"),
        build=_m.plain_cox,
        settings=_m.PlainCoxSettings,
        tags={"time_to_event", "fast", "linear"},
        reference="Cox 1972",
        help=lazy_("Hazard ratios without shrinkage; needs ten events per parameter."),
        libraries=("numpy",),
    ),
    Choice(
        name="ridge_cox",
        label=lazy_("Ridge Cox regression"),
        build=_m.ridge_cox,
        settings=_m.RidgeCoxSettings,
        tags={"time_to_event", "fast", "linear"},
        reference="Verweij & van Houwelingen 1994",
        help=lazy_("Shrinks all coefficients; how much is chosen inside each training fold."),
        libraries=("numpy",),
    ),
)
"""Survival models in menu order."""
