"""Findings that stop: before an analysis they disable its button, in a result they stand where its headline would."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from pages.common import messages
from pages.common.words import NOTHING, Markdown, _, md, plural
from radiomics_core.cohort.endpoints import Endpoint
from radiomics_core.errors import RadiomicsError
from radiomics_core.findings import Finding, stops_of
from radiomics_core.study import Study
from radiomics_core.study.actions import analysis, quality
from radiomics_core.study.storage.digests import upstream_digest


def before(study: Study, endpoint: Endpoint, key: str) -> bool:
    """Show what stands in the way of an analysis; returns whether something does."""
    found = now(study, endpoint)
    if found:
        st.error(_("This analysis cannot start: its result would be false."), icon=":material/block:")
        messages.show_findings(found, key=f"{key}_stops", expanded=True)
        _leave_out_copies(study, found, key)
    return bool(found)


def now(study: Study, endpoint: Endpoint) -> list[Finding]:
    """Return what forbids an analysis of the study as it is now."""
    checked = study.results.latest("quality")
    digest = f"{upstream_digest(study, endpoint.name)}-{checked.digest if checked else ''}"
    return _stops(str(study.folder), endpoint.name, digest, study)


def refusal(settings_digest: str, study: Study, endpoint: Endpoint, check: Callable[[], object]) -> Markdown:
    """Return why these settings cannot be used on the endpoint's cases, as starting would say it; empty when they can.

    ``check`` is the step's own check before it starts.
    """
    digest = f"{upstream_digest(study, endpoint.name)}-{settings_digest}"
    error = _refusal(str(study.folder), endpoint.name, digest, check)
    return NOTHING if error is None else md(error.message())


def _leave_out_copies(study: Study, found: Sequence[Finding], key: str) -> None:
    """Offer to leave out the second case of each pair that seems to be one patient."""
    again = sorted({case_id for finding in found for case_id in finding.params.get("again", ())})
    if not again:
        return
    label = plural(len(again), "Leave out {first}", "Leave out {n} copies: {first} ...", first=again[0])
    if st.button(
        label,
        key=f"{key}_leave_out_copies",
        icon=":material/person_remove:",
        type="primary",
        help=_("Leaves out the second case of each pair, with the finding as reason; it can be taken back."),
    ):
        with messages.errors_shown():
            copies = next(finding for finding in found if finding.params.get("again"))
            quality.exclude(study, again, f"{copies.title()} ({copies.code})")
            st.rerun()


def instead_of_headline(
    study: Study, endpoint: Endpoint, findings: Sequence[Finding], key: str, *, stale: bool
) -> bool:
    """Show the findings of a result that forbid its headline, if any; returns whether there is one.

    A result of the study as it is now (not ``stale``) is forbidden, too, by what was found since: images may be checked after it.
    """
    found = stops_of(findings)
    if not stale:
        known = {finding.code for finding in found}
        found += [finding for finding in now(study, endpoint) if finding.code not in known]
    if found:
        st.error(_("There is no headline: what was found makes this result false."), icon=":material/block:")
        messages.show_findings(found, key=f"{key}_forbidden", expanded=True)
    return bool(found)


@st.cache_resource(max_entries=32, show_spinner=False)
def _refusal(folder: str, endpoint: str, digest: str, _check: Callable[[], object]) -> RadiomicsError | None:
    try:
        _check()
    except RadiomicsError as error:
        return error
    return None


@st.cache_data(max_entries=16, show_spinner=False)
def _stops(folder: str, endpoint: str, digest: str, _study: Study) -> list[Finding]:
    return analysis.stops(_study, endpoint)
