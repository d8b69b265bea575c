"""Set cases aside before anybody looks: by centre, by a column, by date. Their outcomes stay sealed."""

from __future__ import annotations

import streamlit as st

from pages.common import frame, messages, state
from pages.common.words import _, md, plural
from radiomics_core.i18n import lazy_
from radiomics_core.study import Study
from radiomics_core.study.actions import split

WAYS = {
    "none": lazy_("No external set"),
    "column": lazy_("By a column (for example the centre)"),
    "date": lazy_("By a date"),
}


def show(study: Study) -> None:
    """Choose the external cases; once outcomes were counted, say that the division is closed and what is left to do."""
    cohort = study.cohort
    external = [c for c in cohort.cases if c.role == "external"]
    st.markdown(
        _(
            "Cases from another centre or a later time are the strongest test of a model, if nobody looked at their outcomes before. "
            "Set them aside here, **before** an endpoint is defined: defining one closes the division, and so does looking at the section *Endpoints* once cases are set aside. "
            "Without them every result says *internal validation only*."
        )
    )
    if external:
        st.success(
            plural(
                len(external),
                "{n} case is set aside; its outcome is sealed.",
                "{n} cases are set aside; their outcomes are sealed.",
            ),
            icon=":material/lock:",
        )
    else:
        st.info(_("No case is set aside: internal validation only."), icon=":material/lock_open:")
    if findings := study.findings("split"):
        messages.show_findings(findings, key="split", expanded=True)
    if not study.has_clinical():
        st.caption(_("A clinical table is needed to set cases aside."))
    elif study.ledger.outcomes_used():
        _closed()
    else:
        _choose(study)


def _closed() -> None:
    st.warning(
        _(
            "The division is closed, because outcomes were counted here or an endpoint was defined. To divide anew, press *Duplicate to divide anew* on the page *Study*, under *Rename, duplicate, close or delete this study*: the copy keeps on record what was looked at."
        ),
        icon=":material/lock_clock:",
    )
    frame.go_button("study", _("Go to Study"), key="split_closed_go")


def _choose(study: Study) -> None:
    state.recall("split_way", "none", options=WAYS)
    way = st.radio(
        _("Set aside"),
        list(WAYS),
        format_func=lambda w: md(WAYS[w]),
        key="split_way",
        persist_state="session",
        help=_("Whole patients only; a patient is never on both sides."),
    )
    rule = _rule(study, way)
    with messages.errors_shown():
        preview = split.preview(study, rule)
        st.caption(
            _(
                "Development: {development} cases. Set aside: {external} cases.",
                development=preview.n_development,
                external=preview.n_external,
            )
        )
        if st.button(
            _("Apply"),
            key="split_apply",
            help=_("Sets these cases aside until a final model is tested."),
            type="primary",
            disabled=way != "none" and not preview.n_external,
        ):
            split.set_external(study, rule)
            st.rerun()


def _rule(study: Study, way: str) -> str:
    if way == "none":
        return ""
    columns = split.columns(study)
    if way == "date":
        dates = [c for c in columns if c.is_date]
        if not dates:
            st.info(_("The clinical table has no date column. Mark one as date in the section *Columns*."))
            return ""
        name = st.selectbox(
            _("Date column"),
            [c.name for c in dates],
            key="split_date_column",
            help=_("For example the date of the scan."),
        )
        day = st.date_input(
            _("Set aside from this day on"),
            key="split_date",
            help=_("Cases on or after this day become the external set."),
        )
        return f"{name}>={day}"
    names = [c.name for c in columns if 2 <= len(c.values) <= 30]
    if not names:
        st.info(_("No column with two to thirty different values."))
        return ""
    name = st.selectbox(_("Column"), names, key="split_column", help=_("Outcome columns are not offered."))
    values = next(c.values for c in columns if c.name == name)
    chosen = st.multiselect(
        _("Values set aside"),
        values,
        key=f"split_values_{name}",
        help=_("Cases with one of these values become the external set."),
    )
    if not chosen:
        return ""
    return f"{name}={chosen[0]}" if len(chosen) == 1 else f"{name} in {','.join(chosen)}"
