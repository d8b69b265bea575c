"""Leave cases out, or take them back, with a reason."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.common import messages, state
from pages.common.words import _, joined, md, plural
from radiomics_core.findings import KINDS
from radiomics_core.study import Study
from radiomics_core.study.actions import quality


def titles(codes: str) -> str:
    """Return the titles of findings for codes joined by space."""
    return "; ".join(f"{KINDS[code].title} ({code})" if code in KINDS else code for code in str(codes).split())


def _exclude_twins(study: Study) -> None:
    twins = quality.copies(study)
    if not twins:
        return
    copies = [_("{later} (same image as {earlier})", later=a, earlier=b) for a, b in sorted(twins.items())]
    st.markdown(
        plural(
            len(twins),
            "{n} case is probably a copy: {cases}",
            "{n} cases are probably copies: {cases}",
            cases=joined(", ", copies),
        )
    )
    if st.button(
        _("Leave the copies out, with the finding as reason"),
        key="exclude_twins",
        help=_("Keeps the first of each pair. If the other one is right, leave the first out by hand below."),
    ):
        with messages.errors_shown():
            quality.exclude_copies(study)
            st.rerun()


def show(study: Study, table: pd.DataFrame) -> None:
    """Offer to leave out what cannot be used, copies, and any case; list who is left out."""
    cohort = study.cohort
    st.subheader(_("Leave cases out"))
    unusable = sorted(set(table.loc[table["severity"] == "stop", "case_id"]) - cohort.excluded_ids())
    if unusable:
        st.markdown(
            plural(
                len(unusable),
                "{n} case cannot be used as it is: {cases}",
                "{n} cases cannot be used as they are: {cases}",
                cases=", ".join(unusable),
            )
        )
        if st.button(
            _("Leave them out, with the finding as reason"),
            key="exclude_unusable",
            help=_("You can take each of them back below."),
            type="primary",
        ):
            with messages.errors_shown():
                quality.exclude_unusable(study)
                st.rerun()
    _exclude_twins(study)
    _choose(study)
    _excluded(study)


def _choose(study: Study) -> None:
    cohort = study.cohort
    ids = [c.case_id for c in cohort.cases if c.case_id not in cohort.excluded_ids()]
    state.recall("exclude_cases", [], options=ids)
    state.recall("exclude_reason", "")
    with st.form("exclude_form"):
        left, right = st.columns([2, 3])
        chosen = left.multiselect(_("Cases"), ids, key="exclude_cases", help=_("Type to search."))
        reason = right.text_input(
            _("Reason"),
            key="exclude_reason",
            placeholder=_("for example motion artefact"),
            help=_("Printed in the patient flow. Decide without looking at the outcome."),
        )
        sent = st.form_submit_button(
            _("Leave out"),
            key="exclude_submit",
            help=_("Leaves the cases out of every analysis; you can take them back."),
        )

    def leave_out() -> None:
        quality.exclude(study, chosen, reason)
        state.put_next("exclude_cases", [])
        state.put_next("exclude_reason", "")
        st.rerun()

    messages.when_sent("exclude_refused", sent, leave_out)


def _excluded(study: Study) -> None:
    exclusions = study.cohort.exclusions
    if not exclusions:
        return
    st.caption(_("{n} left out", n=len(exclusions)))
    for number, exclusion in enumerate(exclusions):
        with st.container(horizontal=True, vertical_alignment="center"):
            what = " / ".join(filter(None, (exclusion.case_id, exclusion.image, exclusion.roi)))
            st.markdown(f"**{md(what)}**: {md(exclusion.reason)}")
            if st.button(
                _("Take back"),
                key=f"include_{number}_{exclusion.case_id}",
                help=_("The case is analysed again."),
                type="tertiary",
                icon=":material/undo:",
            ):
                with messages.errors_shown():
                    quality.include(study, exclusion.case_id, exclusion.image, exclusion.roi)
                    state.remember("cohort_section")
                    st.rerun()
