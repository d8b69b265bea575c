"""What every check of an analysis answered: clear, found, or not applicable and why."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.common.words import _, plural
from radiomics_core.analysis.evaluation import Evaluation
from radiomics_core.checks import CHECKS
from radiomics_core.i18n import LazyText, lazy_

ANSWERS = {
    "clear": lazy_("passed"),
    "found": lazy_("found something"),
    "not_applicable": lazy_("not applicable"),
}


def show(evaluation: Evaluation, key: str) -> None:
    """Show the answers folded; nothing for a result that was made outside a study."""
    answers = evaluation.extras.get("checks")
    if answers is None:
        return
    n_clear = int((answers["status"] == "clear").sum())
    label = plural(n_clear, "Checks: {n} of {total} passed", "Checks: {n} of {total} passed", total=len(answers))
    with st.expander(label, icon=":material/fact_check:"):
        st.dataframe(table(answers), hide_index=True, key=f"{key}_checks")


def table(answers: pd.DataFrame) -> pd.DataFrame:
    """Return one row per check in words; a check that is made no more keeps its name."""
    names = [str(name) for name in answers["check"]]
    return pd.DataFrame(
        {
            _("Check"): [str(CHECKS[name].label) if name in CHECKS else name for name in names],
            _("Answer"): [str(ANSWERS[str(status)]) for status in answers["status"]],
            _("Findings"): list(answers["codes"]),
            _("Why not"): [str(LazyText(str(why))) if why else "" for why in answers["why"]],
        }
    )
