"""Nested cross-validation of an endpoint of any task: units of the analysis, parts as folders of frames."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from radiomics_core.analysis.assemble import assemble
from radiomics_core.analysis.data import AnalysisData, build_analysis_data
from radiomics_core.analysis.method_settings import libraries_used
from radiomics_core.analysis.nested import METHOD_VERSION, UnitResult, run_unit, units_of_work
from radiomics_core.analysis.nested import Unit as AnalysisUnit
from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.analysis.tasks import task_of
from radiomics_core.cohort.outcome_digest import outcome_digest
from radiomics_core.errors import JobError
from radiomics_core.files.atomic import folder_in_one_step
from radiomics_core.i18n import _, lazy_
from radiomics_core.settings import digest_of
from radiomics_core.study.jobs.kind import Failure, JobKind, Parts, Plan, Unit
from radiomics_core.study.jobs.kinds.analysis_checks import check_analysis
from radiomics_core.study.ledger import AnalysisKey
from radiomics_core.study.storage.digests import upstream_digest
from radiomics_core.study.storage.results import ResultKey
from radiomics_core.study.study import Study

EARLIER_KINDS = ("comparison", "survival")
"""What analyses of the two tasks were called up to version 0.1.0."""


class AnalysisJob(JobKind):
    """Payload: ``endpoint`` (name), ``settings`` (plain form) and ``inputs`` (digest of what goes in)."""

    name = "analysis"
    part_suffix = ".part"

    def __init__(self) -> None:
        self._key: ResultKey | None = None
        self._seen: dict[str, Any] = {}

    def run(self, shared: tuple[AnalysisData, AnalysisSettings], work: AnalysisUnit) -> UnitResult:
        """Run one unit."""
        return run_unit(*shared, work)

    def plan(self, study: Study, payload: dict[str, Any]) -> Plan:
        """Every unit; none when the result is on disk already."""
        settings = AnalysisSettings.from_dict(payload["settings"])
        # the study may change while the job runs: what is made then belongs to the study as it is now
        key = self._key = result_key(study, payload["endpoint"], settings)
        self._seen = study.ledger.seen() | {"analysis_number": _number(study, payload, settings.digest())}
        data = analysis_data(study, payload["endpoint"])
        if study.results.has(key.kind, key.digest):
            return Plan((), (data, settings), key.digest)
        units = [
            Unit(f"{number:05d}-{digest_of(unit)}", _label(unit), unit)
            for number, unit in enumerate(units_of_work(data, settings))
        ]
        return Plan(tuple(units), (data, settings), key.digest)

    def dump_part(self, path: Path, value: UnitResult) -> None:
        """Write the frames of one unit."""
        with folder_in_one_step(path, durable=False) as folder:
            value.save(folder)

    def load_part(self, path: Path) -> UnitResult:
        """Read the frames of one unit."""
        return UnitResult.load(path)

    def finish(self, study: Study, payload: dict[str, Any], plan: Plan, parts: Parts) -> dict[str, Any]:
        """Save the evaluation with its findings; of one that is there already, the findings are the study's again."""
        source = f"{self.name}:{payload['endpoint']}"
        if not plan.units:
            kept = study.results.findings(self.name, plan.digest)
            if kept is not None:
                study.save_findings(source, kept)
            return {"digest": plan.digest}
        data, settings = plan.shared
        failures = parts.failures()
        _refuse_gaps(failures)
        evaluation = assemble(data, settings, [value for _unit, value in parts.values()])
        checked = check_analysis(study, data, evaluation)
        evaluation = dataclasses.replace(
            evaluation,
            meta=evaluation.meta | self._seen,
            extras=evaluation.extras | {"checks": checked.frame()},
            findings=(*evaluation.findings, *checked.findings),
        )
        failed = [failure.finding(parts.folder.parent.name) for failure in failures]
        key = self._key or result_key(study, payload["endpoint"], settings)
        said = study.findings("clinical")
        findings = [*(finding for finding in evaluation.findings if finding not in said), *failed]
        study.results.save(
            key, evaluation.save, {"endpoint": payload["endpoint"], "failed": len(failed)}, findings=findings
        )
        study.save_findings(source, findings)
        for earlier in EARLIER_KINDS:
            study.save_findings(f"{earlier}:{payload['endpoint']}", [])
        return {"digest": key.digest}


def _number(study: Study, payload: dict[str, Any], settings: str) -> int:
    """Return the number that the ledger gave the analysis when it was asked for, whatever changed since."""
    name = payload["endpoint"]
    key = AnalysisKey(AnalysisJob.name, settings, payload.get("inputs") or upstream_digest(study, name))
    values = outcome_digest(study.endpoint_values(name))
    return study.ledger.number_started(key) or study.ledger.analysis_number(study.endpoint(name), key, values)


def _refuse_gaps(failures: list[Failure]) -> None:
    """Raise when a part of the real analysis is missing; a shuffle that failed is left out whole, and counted."""
    real = [failure for failure in failures if failure.unit.work.kind != "shuffle"]
    if real:
        raise JobError(
            lazy_("{n} parts failed, the first ({label}) with: {reason}"),
            remedy=lazy_("Start it again: finished parts are kept and the failed ones are tried once more."),
            n=len(real),
            label=real[0].unit.label,
            reason=real[0].reason or real[0].code,
        )


def analysis_data(study: Study, endpoint_name: str) -> AnalysisData:
    """Join features, predictors, a clinical volume and the endpoint of the included development cases."""
    table = study.feature_table() if study.has_features() else None
    sealed = study.outcome_columns
    wanted = [s.name for s in study.column_specs if s.role in ("predictor", "volume") and s.name not in sealed]
    clinical = study.clinical(wanted) if study.has_clinical() else None
    values = study.endpoint_values(endpoint_name)
    return build_analysis_data(table, clinical, study.column_specs, study.cohort, values)


def result_key(study: Study, endpoint_name: str, settings: AnalysisSettings) -> ResultKey:
    """Return the key of a result of an endpoint with some settings, as the study is now."""
    return key_of_plain(study, endpoint_name, settings.to_dict())


def key_of_plain(study: Study, endpoint_name: str, settings: dict[str, Any]) -> ResultKey:
    """Return the key of a result from the plain form of its settings, as they are stored beside it."""
    task = task_of(study.endpoint(endpoint_name).kind)
    libraries = libraries_used(task, AnalysisSettings.from_dict(settings))
    return ResultKey(AnalysisJob.name, upstream_digest(study, endpoint_name), settings, method_version(), libraries)


def method_version() -> str:
    """Return the version of the method that makes results now."""
    return METHOD_VERSION


def _label(unit: AnalysisUnit) -> str:
    """Return what a unit does, for the line of progress and the log."""
    if unit.centre:
        return _("centre {centre} left out", centre=unit.centre)
    if unit.shuffle < 0:
        return _("repeat {n}", n=unit.repeat + 1)
    return _("shuffled outcome {k}, repeat {n}", k=unit.shuffle + 1, n=unit.repeat + 1)
