"""The ordered table of job kinds; a kind's module is imported only when a job of it runs."""

from __future__ import annotations

from importlib import import_module

from radiomics_core.i18n import lazy_
from radiomics_core.registry import Choice, Registry
from radiomics_core.study.jobs.kind import JobKind


class _Later:
    """Builds a job kind from its module when asked."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name

    def __call__(self) -> JobKind:
        made: JobKind = getattr(import_module(f"{__name__}.{self.module}"), self.name)()
        return made


BY_ENDPOINT = "by_endpoint"
"""Tag of kinds of which one job for each endpoint may run."""

JOB_KINDS: Registry[JobKind] = Registry(
    "job kind",
    Choice(name="demo", label=lazy_("Preparing the demo"), build=_Later("demo", "DemoJob")),
    Choice(name="quality", label=lazy_("Quality check"), build=_Later("quality", "QualityJob")),
    Choice(name="extraction", label=lazy_("Feature extraction"), build=_Later("extraction", "ExtractionJob")),
    Choice(name="engine_check", label=lazy_("Engine check"), build=_Later("engine_check", "EngineCheckJob")),
    Choice(name="analysis", label=lazy_("Analysis"), build=_Later("analysis", "AnalysisJob"), tags={BY_ENDPOINT}),
    Choice(name="explanation", label=lazy_("Explanations"), build=_Later("explanation", "ExplanationJob")),
    Choice(
        name="self_test",
        label=lazy_("Self-test of the job machinery"),
        build=_Later("self_test", "SelfTestJob"),
        tags={"diagnostic"},
    ),
)
