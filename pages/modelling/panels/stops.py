"""Findings that stop: before an analysis they disable its button, in a result they stand where its headline would."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.common import messages
from pages.common.words import _, plural
from radiomics_core.cohort.endpoints import Endpoint
from radiomics_core.findings import Finding
from radiomics_core.study import Study
from radiomics_core.study.digests import upstream_digest
from radiomics_core.study.steps import analysis, quality


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
    found = [finding for finding in findings if finding.severity == "stop"]
    if not stale:
        known = {finding.code for finding in found}
        found += [finding for finding in now(study, endpoint) if finding.code not in known]
    if found:
        st.error(_("There is no headline: what was found makes this result false."), icon=":material/block:")
        messages.show_findings(found, key=f"{key}_forbidden", expanded=True)
    return bool(found)


@st.cache_data(max_entries=16, show_spinner=False)
def _stops(folder: str, endpoint: str, digest: str, _study: Study) -> list[Finding]:
    return analysis.stops(_study, endpoint)
