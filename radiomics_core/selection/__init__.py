"""Choice of features that sees the endpoint; refitted in every training fold. One selector, one file."""

from __future__ import annotations

from radiomics_core.registry import Registry
from radiomics_core.selection import (
    all_features,
    anova,
    cox_mrmr,
    cox_score,
    forest_importance,
    lasso,
    mann_whitney,
    mrmr,
    mutual_information,
    stability,
)
from radiomics_core.selection.ranking import Ranker

SELECTORS: Registry[Ranker] = Registry(
    "selector",
    mann_whitney.CHOICE,
    mrmr.CHOICE,
    anova.CHOICE,
    mutual_information.CHOICE,
    lasso.CHOICE,
    forest_importance.CHOICE,
    stability.CHOICE,
    cox_score.CHOICE,
    cox_mrmr.CHOICE,
    all_features.CHOICE,
)
"""Feature selectors in menu order; tags say which endpoint kinds they serve."""
