"""The two screens of one analysis: which endpoints they are for, and the words that differ."""

from __future__ import annotations

from dataclasses import dataclass

from radiomics_core.analysis.settings import AnalysisSettings, full_settings
from radiomics_core.analysis.task import Task
from radiomics_core.analysis.tasks import task_of
from radiomics_core.evaluation import METRICS
from radiomics_core.i18n import LazyText, lazy_


@dataclass(frozen=True)
class Screen:
    """What a page of an analysis says; ``prefix`` begins the keys of its widgets and the names of its files."""

    kind: str
    prefix: str
    button: LazyText
    quick: LazyText
    stale: LazyText
    file: str

    @property
    def task(self) -> Task:
        """The task of the endpoints."""
        return task_of(self.kind)

    @property
    def metric(self) -> str:
        """What the screen calls the metric."""
        return str(METRICS[self.task.metric.name].label)

    def base(self, mode: str) -> AnalysisSettings:
        """Return the settings a mode starts from."""
        return AnalysisSettings() if mode == "quick" else full_settings()


COMPARISON = Screen(
    kind="binary",
    prefix="comparison",
    button=lazy_("Compare"),
    quick=lazy_(
        "Quick look: 4 pipelines, 5 folds, 5 repeats, 19 shuffles; good for seeing whether there is anything. Full: 10 repeats and 199 shuffles; what goes into a paper."
    ),
    stale=lazy_("Cases, features, roles or the method have changed since this comparison. Compare again to renew it."),
    file="comparison",
)
SURVIVAL = Screen(
    kind="time_to_event",
    prefix="survival",
    button=lazy_("Analyse"),
    quick=lazy_("Quick look: 5 repeats, 19 shuffles. Full: 10 repeats, 199 shuffles."),
    stale=lazy_("Cases, features, roles or the method have changed since this analysis. Analyse again to renew it."),
    file="survival_summary",
)
