"""Where the study stands: what is done, out of date, running or still to come, and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from radiomics_core.cohort.endpoints import Endpoint, EndpointValues
from radiomics_core.errors import RadiomicsError
from radiomics_core.i18n import LazyText, _, lazy_, plural
from radiomics_core.study.actions import analysis, explanation, extraction, quality
from radiomics_core.study.jobs.job import Jobs
from radiomics_core.study.study import Study

StepState = Literal["empty", "done", "stale", "running"]


@dataclass(frozen=True)
class StepStatus:
    """State of one step; ``next`` is what to do there, ``is_next`` marks the step to go to now."""

    name: str
    label: str
    state: StepState
    why: str = ""
    next: str = ""
    is_next: bool = False


@dataclass(frozen=True)
class Fact:
    """One item of the context strip."""

    label: str
    value: str


@dataclass(frozen=True)
class Context:
    """What stands above every page: facts, and the steps that are out of date."""

    items: tuple[Fact, ...]
    stale: tuple[StepStatus, ...]


LABELS: dict[str, LazyText] = {
    "study": lazy_("Study"),
    "cohort": lazy_("Cohort"),
    "images": lazy_("Images"),
    "extraction": lazy_("Features"),
    "exploration": lazy_("Exploration"),
    "comparison": lazy_("Comparison"),
    "explanations": lazy_("Explanations"),
    "survival": lazy_("Survival"),
}


def steps(study: Study) -> list[StepStatus]:
    """Return the steps in order; the first that is out of date, else the first that is empty, is next."""
    made = [StepStatus(name, str(LABELS[name]), *_STATES[name](study)) for name in LABELS]
    waiting = [s for s in made if s.state == "stale"] or [s for s in made if s.state == "empty"]
    return [replace(step, is_next=bool(waiting) and step is waiting[0]) for step in made]


MOST_ENDPOINTS = 2
"""So that the strip stays on one line."""


def context(study: Study, values_of: Callable[[Endpoint], EndpointValues] | None = None) -> Context:
    """Return the facts of the context strip and what is out of date.

    ``values_of`` gives an endpoint's development values; by default the study computes them.
    """
    cohort = study.cohort
    items = [Fact(_("study"), study.name)]
    if len(cohort):
        items.append(Fact(_("cases"), _count(len(cohort.included()), len(cohort))))
    endpoints, values_of = study.endpoints, values_of or study.endpoint_values
    names = list(endpoints)
    items += [_endpoint_fact(endpoints[name], values_of) for name in names[:MOST_ENDPOINTS]]
    if len(names) > MOST_ENDPOINTS:
        items.append(Fact(_("more endpoints"), str(len(names) - MOST_ENDPOINTS)))
    if study.has_features():
        table = study.feature_table()
        items.append(Fact(_("features"), str(table.values.shape[1])))
        items.append(Fact(_("engine"), f"{table.engine} {table.engine_version}".strip()))
        if table.settings_digest:
            items.append(Fact(_("settings"), table.settings_digest[:6]))
    return Context(tuple(items), tuple(step for step in steps(study) if step.state == "stale"))


def _endpoint_fact(endpoint: Endpoint, values_of: Callable[[Endpoint], EndpointValues]) -> Fact:
    try:
        values = values_of(endpoint)
    except RadiomicsError as error:
        return Fact(endpoint.name, error.message())
    return Fact(endpoint.name, plural(values.n_events, "{n} event in {total}", "{n} events in {total}", total=values.n))


State = tuple[StepState, str, str]


def _study(study: Study) -> State:
    return "done", "", ""


def _cohort(study: Study) -> State:
    if not len(study.cohort):
        return "empty", "", _("Bring in images with masks, or a feature table.")
    if not study.has_clinical():
        return "empty", _("no clinical table yet"), _("Import the clinical table.")
    if not study.endpoints:
        return "empty", _("no endpoint yet"), _("Define an endpoint.")
    return "done", plural(len(study.cohort), "{n} case", "{n} cases"), ""


def _images(study: Study) -> State:
    if not study.cohort.image_names():
        if len(study.cohort):
            return "done", _("not needed: started from a feature table"), ""
        return "empty", "", _("Bring in images with masks.")
    if _is_running(study, quality.KIND):
        return "running", _("the check is running"), ""
    if quality.is_stale(study):
        return "stale", _("images or masks have changed since the check"), _("Check them again.")
    if study.results.latest(quality.KIND) is None:
        return "empty", _("not checked yet"), _("Check images and masks.")
    return "done", _("checked"), ""


def _extraction(study: Study) -> State:
    if _is_running(study, extraction.KIND):
        return "running", _("extraction is running"), ""
    if not study.has_features():
        return "empty", "", _("Extract features.")
    if extraction.is_stale(study):
        return "stale", _("images or cases have changed since the extraction"), _("Extract again.")
    return "done", "", ""


def _exploration(study: Study) -> State:
    if study.ledger.exploration_opened():
        return "done", _("opened"), ""
    return "empty", "", _("Look at the features.")


def _comparison(study: Study) -> State:
    return _analysis(study, "binary", _("Compare pipelines."))


def _survival(study: Study) -> State:
    return _analysis(study, "time_to_event", _("Analyse survival."))


def _explanations(study: Study) -> State:
    if _is_running(study, "explanation"):
        return "running", _("explanations are being computed"), ""
    meta = study.results.latest("explanation")
    if meta is None:
        return "empty", "", _("Explain a model.")
    if explanation.is_stale(study, str(meta.about["endpoint"])):
        return "stale", _("the analysis is newer"), _("Explain again.")
    return "done", "", ""


def _analysis(study: Study, kind: str, todo: str) -> State:
    names = [name for name, endpoint in study.endpoints.items() if endpoint.kind == kind]
    if any(_is_running(study, analysis.KIND, name) for name in names):
        return "running", _("the analysis is running"), ""
    done = [name for name in names if study.results.latest(analysis.KIND, endpoint=name) is not None]
    stale = [name for name in done if analysis.is_stale(study, name)]
    if stale:
        return "stale", _("something changed upstream: {names}", names=", ".join(stale)), _("Run it again.")
    if done:
        return "done", ", ".join(done), ""
    missing = _("needs a time-to-event endpoint") if kind == "time_to_event" else _("needs a yes-or-no endpoint")
    return "empty", "" if names else missing, todo


def _is_running(study: Study, kind: str, endpoint: str | None = None) -> bool:
    job = Jobs(study).latest(kind, endpoint)
    return job is not None and not job.status().is_over


def _count(included: int, total: int) -> str:
    return str(total) if included == total else _("{included} of {total}", included=included, total=total)


_STATES: dict[str, Callable[[Study], State]] = {
    "study": _study,
    "cohort": _cohort,
    "images": _images,
    "extraction": _extraction,
    "exploration": _exploration,
    "comparison": _comparison,
    "explanations": _explanations,
    "survival": _survival,
}
