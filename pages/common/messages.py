"""Words to the user: errors with their way out, findings by severity, empty states that teach."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from pages.common import downloads, state
from pages.common.table import PAGES
from pages.common.words import Markdown, _, joined, md, plural
from radiomics_core.errors import RadiomicsError
from radiomics_core.files.atomic import disk_full, is_disk_full
from radiomics_core.findings import SEVERITIES, Finding, findings_frame
from radiomics_core.i18n import lazy_

SEVERITY_ICONS = {
    "note": Markdown(":material/info:"),
    "caution": Markdown(":material/warning:"),
    "stop": Markdown(":material/block:"),
}
SEVERITY_WORDS = {"note": lazy_("note"), "caution": lazy_("caution"), "stop": lazy_("stop")}
ICON = Markdown(":material/inbox:")
_BOXES = {"note": st.info, "caution": st.warning, "stop": st.error}
CAUGHT = (RadiomicsError, OSError)
MOST_NAMED = 6
"""So many findings of one kind are told; the others stand in the table."""


def show_error(error: RadiomicsError | OSError) -> None:
    """Show what happened and the way out.

    Of errors of the file system only a full disk is worded here, wherever it was met; any other is raised again.
    """
    if isinstance(error, OSError):
        if not is_disk_full(error):
            raise error
        error = disk_full(Path(error.filename or "."))
    st.error(md(error.message()), icon=":material/error:")


@contextmanager
def errors_shown() -> Iterator[None]:
    """Show an error of the core instead of stopping the page with a traceback."""
    try:
        yield
    except CAUGHT as error:
        show_error(error)


def when_sent(key: str, sent: bool, act: Callable[[], None], *, about: object = None) -> None:
    """Do what a form asks for once it is sent; a refusal stays on screen until the form is sent again.

    An error shown only in the run of the button would be wiped by the next rerun, whatever caused it. A refusal is
    ``about`` what the form starts from, and goes when that changes.
    """
    refused_about, refusal = state.get(key) or (None, None)
    if sent or refused_about != about:
        state.drop(key)
        refusal = None
    if sent:
        try:
            act()
        except CAUGHT as error:
            refusal = error
            state.put(key, (about, error))
    if refusal is not None:
        show_error(refusal)


def empty_state(title: Markdown, body: Markdown, *, page: str, icon: Markdown = ICON) -> None:
    """Say what will be here, what is missing, and offer the page of the table that gets it."""
    with st.container(border=True):
        st.markdown(f"### {icon} {title}")
        st.markdown(body)
        label = _("Go to {page}", page=PAGES[page].title)
        if st.button(label, key="empty_state_go", type="primary", icon=":material/arrow_forward:"):
            st.switch_page(PAGES[page].file)


def show_findings(
    findings: Sequence[Finding],
    *,
    key: str,
    expanded: bool = False,
    act: Callable[[Finding], None] | None = None,
    left_out: Collection[str] = (),
) -> None:
    """List findings, the gravest first, grouped by code; with the way out and a download.

    Findings of cases that are ``left_out`` are settled: counted in one line, and part of the download.
    """
    every, findings = findings, _said_once(findings)
    open_ones = [f for f in findings if not _settled(f, left_out)]
    if len(open_ones) < len(findings):
        n_settled = len(findings) - len(open_ones)
        st.caption(
            plural(n_settled, "{n} finding of cases that are left out", "{n} findings of cases that are left out")
        )
    elif not findings:
        st.caption(_("No findings."))
    if not open_ones:
        return
    findings = open_ones
    present = [s for s in reversed(SEVERITIES) if any(f.severity == s for f in findings)]
    numbers = {s: sum(f.severity == s for f in findings) for s in present}
    counts = joined(
        ", ", [Markdown(f"{md(SEVERITY_ICONS[s])} {md(numbers[s])} {md(SEVERITY_WORDS[s])}") for s in present]
    )
    with st.expander(
        plural(len(findings), "{n} finding: {counts}", "{n} findings: {counts}", counts=counts), expanded=expanded
    ):
        for severity in reversed(SEVERITIES):
            of_severity = [f for f in findings if f.severity == severity]
            for code in dict.fromkeys(f.code for f in of_severity):
                _show_code([f for f in of_severity if f.code == code], act)
        downloads.table(findings_frame(list(every)), "findings", key=f"{key}_findings")


def _said_once(findings: Sequence[Finding]) -> list[Finding]:
    """Of a finding about a pair of cases, keep the one that was found first."""
    kept: dict[object, Finding] = {}
    for finding in findings:
        pair = frozenset((finding.case_id, str(finding.params.get("other", ""))))
        kept.setdefault((finding.code, pair, finding.image) if "other" in finding.params else id(finding), finding)
    return list(kept.values())


def _settled(finding: Finding, left_out: Collection[str]) -> bool:
    return finding.case_id in left_out or str(finding.params.get("other", "")) in left_out


def _show_code(findings: list[Finding], act: Callable[[Finding], None] | None) -> None:
    first = findings[0]
    ways_out = dict.fromkeys(f.remedy() for f in findings[:MOST_NAMED])
    shown = [_with_way_out([f for f in findings[:MOST_NAMED] if f.remedy() == way], way) for way in ways_out]
    if len(findings) > MOST_NAMED:
        shown.append(_("and {n} more: see the table", n=len(findings) - MOST_NAMED))
    _BOXES[first.severity](
        "\n\n".join([f"**{md(first.title())}** ({md(first.code)})", *shown]), icon=SEVERITY_ICONS[first.severity]
    )
    if act is not None:
        act(first)


def _with_way_out(findings: list[Finding], way_out: str) -> Markdown:
    """Return the findings that share a way out, and it; another cause of the same code has its own."""
    return Markdown("\n".join(f"- {md(f.message())}" for f in findings) + f"\n\n{md(way_out)}")
