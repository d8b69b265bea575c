"""Minimum redundancy, maximum relevance, for a time to an event."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from radiomics_core.i18n import lazy_
from radiomics_core.registry import Choice
from radiomics_core.selection.ranking import (
    SURVIVAL,
    Floats,
    Positions,
    Ranker,
    Sized,
    SizeSettings,
    case_weights,
    cox_score_strength,
    minimum_redundancy,
)


@dataclass(frozen=True, kw_only=True)
class CoxMrmrSettings(SizeSettings):
    """Minimum redundancy, maximum relevance to the hazard."""


class CoxMrmr(Sized):
    """Columns that go with the hazard and not with each other."""

    def rank(self, features: Floats, target: Floats, n_wanted: int, seed: int) -> Positions:
        """See :class:`radiomics_core.selection.ranking.Ranker`."""
        # |z| / sqrt(number of events) is on the scale of a correlation, like the redundancy it is set against
        n_events = max(1.0, float(case_weights(target)[target[:, 1] == 1].sum()))
        relevance = np.minimum(1.0, cox_score_strength(features, target) / np.sqrt(n_events))
        return minimum_redundancy(features, relevance, n_wanted)


CHOICE: Choice[Ranker] = Choice(
    name="cox_mrmr",
    label=lazy_("mRMR (survival)"),
    build=CoxMrmr,
    settings=CoxMrmrSettings,
    tags={SURVIVAL, "fast"},
    reference="Ding & Peng 2005",
    help=lazy_("Keeps features that go with the hazard but not with each other."),
    libraries=("numpy",),
)
