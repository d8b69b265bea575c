"""Define what is predicted: an event, or the time to one; five patients' arithmetic shows whether it is read right."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.common import downloads, messages, state
from pages.common.words import _, md, plural
from pages.data.panels import endpoint_event, endpoint_time
from radiomics_core.cohort.endpoints import Endpoint
from radiomics_core.errors import RadiomicsError
from radiomics_core.i18n import lazy_
from radiomics_core.study import Study
from radiomics_core.study.actions import endpoints

HEADINGS = {
    "case_id": lazy_("Case"),
    "value": lazy_("Value"),
    "event_value": lazy_("In the event column"),
    "read_as": lazy_("Read as"),
    "start": lazy_("Time zero"),
    "end": lazy_("Event or last contact"),
    "days": lazy_("Days"),
    "months": lazy_("Months"),
    "years": lazy_("Years"),
}
KINDS = {"binary": lazy_("An event happened or not"), "time_to_event": lazy_("Time to an event (survival)")}


def show(study: Study) -> None:
    """List the endpoints; define a new one with its check before it is saved."""
    if not study.has_clinical():
        st.info(_("Endpoints come from the clinical table. Import one first."))
        return
    _list(study)
    st.subheader(_("Define an endpoint"))
    state.recall("endpoint_kind", "binary", options=KINDS)
    kind = st.radio(
        _("What is predicted?"),
        list(KINDS),
        format_func=lambda k: md(KINDS[k]),
        key="endpoint_kind",
        horizontal=True,
        persist_state="session",
        help=_(
            "An event: yes or no for every patient. Time to an event: some patients were still free of it at their last contact."
        ),
    )
    with messages.errors_shown():
        draft = endpoint_event.binary(study) if kind == "binary" else endpoint_time.time_to_event(study)
        if draft is not None:
            _check_and_save(study, draft)


def _list(study: Study) -> None:
    for endpoint in study.endpoints.values():
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{md(endpoint.name)}**")
            with messages.errors_shown():
                values = study.endpoint_values(endpoint)
                words = (
                    plural(values.n, "{n} case", "{n} cases")
                    + ", "
                    + plural(values.n_events, "{n} event", "{n} events")
                )
                missing = (
                    plural(len(values.missing), ", {n} without a value", ", {n} without a value")
                    if values.missing
                    else ""
                )
                st.caption(f"{md(KINDS[endpoint.kind])}: {words}{missing}" if endpoint.kind in KINDS else words)
            if st.button(
                _("Remove"),
                key=f"endpoint_remove_{endpoint.name}",
                help=_("Its results stay on disk and come back with it."),
                type="tertiary",
                icon=":material/delete:",
            ):
                with messages.errors_shown():
                    endpoints.remove(study, endpoint.name)
                    st.rerun()


def _in_words(examples: pd.DataFrame) -> pd.DataFrame:
    """Return the arithmetic with headings in words."""
    return examples.rename(columns={name: str(HEADINGS.get(str(name), name)) for name in examples})


def _check_and_save(study: Study, draft: Endpoint) -> None:
    try:
        check = endpoints.check(study, draft)
    except RadiomicsError as error:
        messages.show_error(error)
        return
    with st.container(border=True):
        st.markdown(
            "**"
            + plural(check.values.n, "{n} case", "{n} cases")
            + ", "
            + plural(check.values.n_events, "{n} event", "{n} events")
            + "**"
        )
        st.caption(_("How five patients are read:"))
        examples = _in_words(check.examples)
        st.dataframe(examples, hide_index=True, key="endpoint_examples")
        downloads.table(examples, "endpoint_examples", key="endpoint_examples")
        messages.show_findings(check.findings, key="endpoint_draft", expanded=True)
        _say_what_it_closes(study)
        if st.button(
            _("Save the endpoint"),
            key="endpoint_save",
            help=_("Keeps this definition in the study; an endpoint of the same name is replaced."),
            type="primary",
        ):
            with messages.errors_shown():
                endpoints.add(study, draft)
                st.toast(_("Endpoint {name} saved", name=draft.name))
                st.rerun()


def _say_what_it_closes(study: Study) -> None:
    """Before the first endpoint: cases cannot be set aside as external afterwards."""
    if study.ledger.outcomes_used():
        return
    st.warning(
        _(
            "Saving an endpoint closes the section *External set*: afterwards no case can be set aside in this study. None is set aside so far, so every result will say *internal validation only*. If a centre or a later time should be kept for an external test, go back there first."
        ),
        icon=":material/lock_open:",
    )
