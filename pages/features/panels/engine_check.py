"""Does the fast engine give pyradiomics' values on a case of this study?"""

from __future__ import annotations

import math

import streamlit as st

from pages.common import cards, downloads, jobs, messages, state
from pages.common.words import Markdown, _, joined, md, plural
from pages.features.panels.extraction_choices import ExtractionChoice
from radiomics_core.extraction import ENGINES, ExtractionSettings
from radiomics_core.extraction.departures import DEPARTURES
from radiomics_core.extraction.verification import LARGEST_DIFFERENCE, Verification
from radiomics_core.study import Study
from radiomics_core.study.actions import engine_check
from radiomics_core.study.jobs.job import Jobs


def show(study: Study, choice: ExtractionChoice, settings: ExtractionSettings) -> None:
    """Choose a region, extract it with both engines, compare every value."""
    with st.expander(_("Check against pyradiomics"), icon=":material/fact_check:"):
        st.caption(
            _(
                "Extracts one region with the fast engine and with pyradiomics, with the settings above, and compares every value. pyradiomics may take minutes on a large region; you can go on meanwhile."
            )
        )
        available = ENGINES.build("pyradiomics").available()
        if available:
            _start(study, choice, settings)
        else:
            st.info(
                _("There is nothing to compare with: {why}", why=available.why) + f"\n\n{md(available.how)}",
                icon=":material/build:",
            )
        jobs.follow(engine_check.KIND, _("Comparing with pyradiomics"), key="engine_check")
        newest = engine_check.latest(study, choice.image, settings)
        if newest is not None:
            _result(newest)


def _start(study: Study, choice: ExtractionChoice, settings: ExtractionSettings) -> None:
    offered = engine_check.regions(study, choice.image, choice.roi)
    if not offered:
        st.info(_("No case has this image and region."))
        return
    job = Jobs(study).latest(engine_check.KIND)
    busy = job is not None and job.status().state in ("queued", "running")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        state.recall("engine_check_region", offered[0], options=offered)
        case_id, roi = st.selectbox(
            _("Case and region"),
            offered,
            format_func=" / ".join,
            key="engine_check_region",
            persist_state="session",
            width=320,
            help=_("A small region is compared in seconds."),
        )
        if st.button(
            _("Check against pyradiomics"), key="engine_check_start", icon=":material/play_arrow:", disabled=busy
        ):
            with messages.errors_shown():
                engine_check.start(study, case_id, choice.image, roi, settings)
                st.rerun()


def _result(check: engine_check.EngineCheck) -> None:
    made = check.result
    about = f"{check.case_id} / {check.roi}"
    if made.agrees:
        st.success(
            plural(
                made.n_features,
                "{about}: the one feature agrees with pyradiomics. {largest}",
                "{about}: all {n} features agree with pyradiomics. {largest}",
                about=about,
                largest=_largest(made),
            ),
            icon=":material/check_circle:",
        )
    else:
        st.error(
            plural(
                len(made.disagreeing),
                "{about}: {n} feature differs from pyradiomics. {largest} Use the engine pyradiomics for this study, and report the case with the table below.",
                "{about}: {n} features differ from pyradiomics. {largest} Use the engine pyradiomics for this study, and report the case with the table below.",
                about=about,
                largest=_largest(made),
            ),
            icon=":material/error:",
        )
    if not check.is_current:
        st.caption(_(":material/history: Compared with other settings or files than those in force now."))
    cards.table_card(
        _("By feature family"),
        made.by_class(),
        key="engine_check_classes",
        name="engine_check_by_family",
        caption=_rest(made),
        column_config={
            "family": _("Family"),
            "features": _("Features"),
            "worst": st.column_config.NumberColumn(_("Largest difference"), format="%.1e"),
            "worst_feature": _("Feature that has it"),
            "near_zero": _("Zero but for rounding"),
            "disagree": _("Differ"),
        },
    )
    downloads.table(made.frame(), "engine_check", key="engine_check_values", label=_("Every value (CSV)"))


def _largest(made: Verification) -> str:
    if math.isinf(made.worst):
        return _("{feature} has a value in one engine only.", feature=made.worst_feature)
    return _(
        "The largest relative difference is {worst}; up to {limit} counts as equal.",
        worst=f"{made.worst:.1e}",
        limit=f"{LARGEST_DIFFERENCE:.0e}",
    )


def _rest(made: Verification) -> Markdown:
    words = [
        plural(
            made.moved,
            "{n} voxel lies in another grey level than in pyradiomics, over {images} derived images.",
            "{n} voxels lie in another grey level than in pyradiomics, over {images} derived images.",
            images=len(made.images),
        )
    ]
    for row in DEPARTURES:
        n = int((made.departing["departure"] == row.name).sum())
        if n:
            words.append(
                plural(
                    n, "{n} feature differs on purpose: {case}", "{n} features differ on purpose: {case}", case=row.case
                )
            )
    if made.not_compared:
        words.append(_("Not compared, because an engine left them out: {images}.", images=", ".join(made.not_compared)))
    return joined(" ", words)
