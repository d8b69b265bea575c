"""Decisions at the threshold of each training fold, and the net benefit over thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from pages.common import cards
from pages.common.words import _
from pages.modelling.panels import wording
from pages.modelling.panels.results import RowDetails
from radiomics_core.i18n import lazy_
from radiomics_core.plots.predictions import net_benefit_chart

if TYPE_CHECKING:
    from pages.modelling.panels.comparison_details import Row

MEASURES = {
    "sensitivity": lazy_("Sensitivity"),
    "specificity": lazy_("Specificity"),
    "ppv": lazy_("Positive predictive value"),
    "npv": lazy_("Negative predictive value"),
    "balanced_accuracy": lazy_("Balanced accuracy"),
}


def decisions(row: Row, shown: RowDetails) -> None:
    """Table of sensitivity, specificity and the rest with intervals."""
    table = shown.decisions
    readable = pd.DataFrame(
        {
            _("Measure"): [str(MEASURES.get(str(name), name)) for name in table["measure"]],
            _("Mean (95 % interval)"): [
                wording.interval(*values) for values in zip(table["value"], table["low"], table["high"], strict=True)
            ],
            _("Folds"): table["n_folds"],
        }
    )
    cards.table_card(
        _("Decisions at a threshold chosen in each training fold"),
        readable,
        key="comparison_decisions",
        name="decisions",
        caption=row.caption(
            _(
                "Mean over held-out folds. Where nothing predicts, thresholds are arbitrary and the intervals of sensitivity and specificity too narrow. Predictive values hold for the event rate of this cohort."
            )
        ),
    )


def net_benefit(row: Row, shown: RowDetails) -> None:
    """Decision curve of held-out probabilities."""
    cards.chart_card(
        _("Net benefit of held-out predictions"),
        lambda: net_benefit_chart(shown.net_benefit, n=int(row.record["n"]), events=int(row.record["events"])),
        key="comparison_net_benefit",
        digest=row.digest,
        frame=shown.net_benefit,
        caption=row.caption(_("Per repeat, then averaged. Useful where the pipeline lies above both other lines.")),
    )
