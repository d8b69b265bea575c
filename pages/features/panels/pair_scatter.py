"""The two features behind a cell of the correlation map, case by case."""

from __future__ import annotations

from typing import Any

from pages.common import cards
from pages.common.words import _
from pages.features.panels.scope import Scope
from radiomics_core.plots.correlation import feature_scatter


def show(scope: Scope, pair: tuple[str, str]) -> None:
    """Scatter of a pair of features with their rank correlation."""
    x, y = pair
    frame = scope.values[list(dict.fromkeys(pair))]
    rho = float(frame.corr(method="spearman").to_numpy()[0, -1])
    cards.chart_card(
        _("{x} against {y}", x=x, y=y),
        lambda: feature_scatter(frame, x, y, correlation=rho),
        key="correlation_scatter",
        frame=frame.rename_axis("case_id").reset_index(),
        digest=f"{scope.digest}_{x}_{y}",
    )


def pair_of(point: dict[str, Any], known: set[str]) -> tuple[str, str] | None:
    """Return the two features of a clicked cell, None when the table no longer has them."""
    names = [str(value) for value in point.values() if str(value) in known]
    return (names[0], names[-1]) if names else None
