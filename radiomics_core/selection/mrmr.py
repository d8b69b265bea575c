"""Minimum redundancy, maximum relevance, for an event."""

from __future__ import annotations

from dataclasses import dataclass

from radiomics_core.i18n import lazy_
from radiomics_core.registry import Choice
from radiomics_core.selection.ranking import (
    BINARY,
    Floats,
    Positions,
    Ranker,
    Sized,
    SizeSettings,
    absolute_correlation,
    minimum_redundancy,
)


@dataclass(frozen=True, kw_only=True)
class MrmrSettings(SizeSettings):
    """Minimum redundancy, maximum relevance."""


class Mrmr(Sized):
    """Columns that go with the event and not with each other."""

    def rank(self, features: Floats, target: Floats, n_wanted: int, seed: int) -> Positions:
        """See :class:`radiomics_core.selection.ranking.Ranker`."""
        return minimum_redundancy(features, absolute_correlation(features, target), n_wanted)


CHOICE: Choice[Ranker] = Choice(
    name="mrmr",
    label=lazy_("mRMR"),
    build=Mrmr,
    settings=MrmrSettings,
    tags={BINARY, "fast"},
    reference="Ding & Peng 2005",
    help=lazy_("Keeps features that go with the endpoint but not with each other."),
    libraries=("numpy",),
)
