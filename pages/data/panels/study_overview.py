"""The stepper, the study's findings so far, and what can be done with the study as a whole."""

from __future__ import annotations

import streamlit as st

from pages.common import frame, jobs, messages, state
from pages.common.words import Markdown, _, md, plain
from radiomics_core.i18n import lazy_
from radiomics_core.study import Study, library
from radiomics_core.study.actions import status

PER_ROW = 4
STATE_ICONS = {
    "done": (Markdown(":material/check_circle:"), "green", lazy_("done")),
    "stale": (Markdown(":material/history:"), "orange", lazy_("out of date")),
    "running": (Markdown(":material/sync:"), "blue", lazy_("running")),
    "empty": (Markdown(":material/radio_button_unchecked:"), "gray", lazy_("not yet")),
}


def stepper(study: Study) -> None:
    """Draw the journey: each step's state, why, and the way there; the next one stands out."""
    steps = [s for s in status.steps(study) if s.name != "study"]
    for start in range(0, len(steps), PER_ROW):
        columns = st.columns(PER_ROW)
        for column, step in zip(columns, steps[start : start + PER_ROW], strict=False):
            with column.container(border=True, key=f"step_{step.name}", height="stretch"):
                _step(step, steps.index(step) + 1)


def _step(step: status.StepStatus, number: int) -> None:
    icon, color, word = STATE_ICONS[step.state]
    st.markdown(f":{md(color)}[{md(icon)}] **{number:d}. {md(step.label)}**")
    st.caption(f"{md(word)}: {md(step.why)}" if step.why else md(word))
    frame.go_button(
        step.name,
        _("Next: {step}", step=step.label) if step.is_next else _("Open"),
        key=f"step_go_{step.name}",
        primary=step.is_next,
        help=md(step.next) or _("Opens the page {step}.", step=step.label),
    )


def demo_in_the_making(study: Study) -> bool:
    """Show the demo being made; return whether it still is."""
    if study.has_features():
        return False
    return jobs.follow("demo", _("Preparing the demo"), key="demo")


def study_findings(study: Study) -> None:
    """List what the checks found so far."""
    st.subheader(_("Findings so far"))
    messages.show_findings(study.findings(), key="study", left_out=study.cohort.excluded_ids())


def manage(study: Study) -> None:
    """Rename, duplicate, close, delete to the bin."""
    with st.expander(_("Rename, duplicate, close or delete this study"), icon=":material/settings:"):
        st.caption(_("Kept in {folder}", folder=str(study.folder)))
        with st.form("rename_study", border=False):
            name = st.text_input(
                _("New name"),
                value=study.name,
                key=f"rename_to_{study.folder.name}",
                help=_("The name on screen; the folder keeps its own."),
            )
            sent = st.form_submit_button(_("Rename"), key="rename_submit", help=_("Changes the name on screen."))

            def rename() -> None:
                study.rename(name)
                st.rerun()

            messages.when_sent("rename_refused", sent, rename)
        with st.container(horizontal=True):
            _duplicate(study)
            if st.button(_("Close"), key="close_study", help=_("Leaves the study; everything in it is saved.")):
                state.close_study()
                st.rerun()
            if st.button(
                _("Delete"),
                key="delete_study",
                icon=":material/delete:",
                help=_("Moves the folder to the bin of the studies folder, after asking."),
            ):
                _ask_delete(study)


def _duplicate(study: Study) -> None:
    if st.button(
        _("Duplicate"), key="duplicate_study", help=_("A copy to try something else in; this one stays as it is.")
    ):
        with messages.errors_shown():
            state.open_study(library.duplicate(study.folder, plain("{name} (copy)", name=study.name)))
            st.rerun()

    if st.button(
        _("Duplicate to divide anew"),
        key="duplicate_to_divide",
        help=_(
            "A copy without endpoints and results, so that cases can be set aside as external there. What was looked at, and how often, stays on record in the copy."
        ),
    ):
        with messages.errors_shown():
            copy = library.duplicate_to_divide(study.folder, plain("{name} (divided anew)", name=study.name))
            state.open_study(copy)
            st.rerun()


@st.dialog(_("Delete this study?"))
def _ask_delete(study: Study) -> None:
    state.use_session_language()
    st.markdown(
        _(
            "**{name}** moves to the bin folder, from where it can be taken back. Images named by path are not touched.",
            name=study.name,
        )
    )
    with st.container(horizontal=True):
        if st.button(_("Move to the bin"), key="delete_confirm", help=_("Nothing is erased."), type="primary"):
            with messages.errors_shown():
                folder = study.folder
                state.close_study()
                library.delete(folder)
                st.rerun()
        if st.button(_("Keep it"), key="delete_cancel", help=_("Closes this question.")):
            st.rerun()
