"""Progress of a background job: a bar, the time left, cancel and resume. It goes on when the page is closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from pages.common import state
from pages.common.fragments import fragment
from pages.common.words import Markdown, _, md, plural
from radiomics_core.i18n import lazy_
from radiomics_core.study.jobs.job import Jobs

if TYPE_CHECKING:
    from radiomics_core.study.jobs.job import Job


STAGES = {
    "images": lazy_("drawing images and masks"),
    "engine": lazy_("preparing the fast engine for this computer, only once"),
}


def follow(
    kind: str, label: Markdown, *, key: str, on_done: Callable[[], None] | None = None, endpoint: str | None = None
) -> bool:
    """Show the newest job of a kind (of an endpoint) while it runs (or stands interrupted); return whether it is running."""
    study = state.current_study()
    job = None if study is None else Jobs(study).latest(kind, endpoint)
    if job is None:
        return False
    if job.status().state in ("queued", "running"):
        _running(job.id, label, key)
        return True
    _ended(job, label, key)
    if on_done is not None and job.status().state == "done":
        on_done()
    return False


@fragment(run_every=1.0)
def _running(job_id: str, label: Markdown, key: str) -> None:
    study = state.current_study()
    job = None if study is None else Jobs(study).get(job_id)
    if job is None or job.status().state not in ("queued", "running"):
        st.rerun()
        return
    now = job.status()
    with st.container(border=True, key=f"{key}_job"):
        share = now.done / now.total if now.total else 0.0
        st.progress(min(share, 1.0), text=f"{label}: {_words(now.done, now.total, now.eta_s)}")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(_stage(now.current))
            if st.button(
                _("Cancel"),
                key=f"{key}_cancel",
                help=_("Stops the work. What is finished is kept and can be resumed."),
                disabled=job.read_only,
            ):
                job.cancel()
                st.rerun()


def _stage(current: str) -> Markdown:
    """Return what is being worked on; the units of a job name themselves (a case), its stages have words here."""
    if not current:
        return _("starting")
    return md(STAGES.get(current, current))


def _words(done: int, total: int, eta_s: float | None) -> Markdown:
    counted = _("{done} of {total}", done=done, total=total) if total else _("starting")
    return counted if eta_s is None else Markdown(f"{counted}, {time_words(eta_s)}")


def time_words(seconds: float) -> Markdown:
    """Return a time left in words."""
    if seconds < 90:
        return plural(max(1, round(seconds)), "{n} second left", "{n} seconds left")
    return plural(round(seconds / 60), "{n} minute left", "{n} minutes left")


def _ended(job: Job, label: Markdown, key: str) -> None:
    now = job.status()
    if now.state in ("interrupted", "cancelled"):
        words = _("{label} was interrupted after {done} of {total}.", label=label, done=now.done, total=now.total)
        if now.state == "cancelled":
            words = _("{label} was cancelled after {done} of {total}.", label=label, done=now.done, total=now.total)
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f":material/pause_circle: {words} " + _("Finished parts are kept."))
            if st.button(
                _("Resume"),
                key=f"{key}_resume",
                type="primary",
                help=_("Goes on with the parts that are missing."),
                disabled=job.read_only,
            ):
                job.resume()
                st.rerun()
    elif now.state == "failed":
        st.error(_("{label} could not finish: {why}", label=label, why=now.message), icon=":material/error:")
