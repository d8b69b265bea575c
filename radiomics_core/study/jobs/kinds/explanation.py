"""Explain one row of an analysis by SHAP values of held-out cases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from radiomics_core.analysis.row_key import RowKey
from radiomics_core.errors import JobError
from radiomics_core.explain import shap_values
from radiomics_core.explain.shap_values import ExplanationSettings, ExplanationUnit, FoldExplanation
from radiomics_core.explain.subject import Subject, subject_of
from radiomics_core.files.atomic import folder_in_one_step
from radiomics_core.i18n import lazy_
from radiomics_core.study.actions import analysis
from radiomics_core.study.jobs.kind import JobKind, Parts, Plan, Unit
from radiomics_core.study.jobs.kinds.analysis import analysis_data
from radiomics_core.study.storage.results import ResultKey
from radiomics_core.study.study import Study

LIBRARIES = ("numpy", "scikit-learn", "shap")


class ExplanationJob(JobKind):
    """One unit per outer fold.

    Payload: ``endpoint``, ``inputs``, ``row`` (its key), ``source`` (digest of the analysis), ``settings``.
    """

    name = "explanation"
    part_suffix = ".part"

    def plan(self, study: Study, payload: dict[str, Any]) -> Plan:
        """Every stored fold of the first repeats."""
        settings = ExplanationSettings.from_dict(payload["settings"])
        subject = _subject(study, payload)
        digest = result_key(payload).digest
        if study.results.has(self.name, digest):
            return Plan((), (subject, settings), digest)
        units = [
            Unit(unit.name, f"{unit.repeat + 1} / {unit.fold + 1}", unit)
            for unit in shap_values.units_of_work(subject, settings)
        ]
        return Plan(tuple(units), (subject, settings), digest)

    def run(self, shared: tuple[Subject, ExplanationSettings], work: ExplanationUnit) -> FoldExplanation:
        """Refit one fold and explain the cases it left out."""
        return shap_values.run_unit(*shared, work)

    def dump_part(self, path: Path, value: FoldExplanation) -> None:
        """Write the frames of one fold."""
        with folder_in_one_step(path, durable=False) as folder:
            value.save(folder)

    def load_part(self, path: Path) -> FoldExplanation:
        """Read the frames of one fold."""
        return FoldExplanation.load(path)

    def finish(self, study: Study, payload: dict[str, Any], plan: Plan, parts: Parts) -> dict[str, Any]:
        """Save the explanation; it refuses when a refitted fold did not give the stored predictions."""
        key, source = result_key(payload), f"explanation:{payload['endpoint']}"
        if not plan.units:
            kept = study.results.findings(key.kind, key.digest)
            if kept is not None:
                study.save_findings(source, kept)
            return {"digest": key.digest}
        failures = parts.failures()
        if failures:
            raise JobError(lazy_("{n} folds could not be explained: {why}"), n=len(failures), why=failures[0].reason)
        subject, settings = plan.shared
        made = shap_values.assemble(subject, settings, [value for _unit, value in parts.values()])
        about = {name: payload[name] for name in ("endpoint", "inputs", "source")}
        study.results.save(key, made.save, about, findings=made.findings)
        study.save_findings(source, made.findings)
        return {"digest": key.digest}


def _subject(study: Study, payload: dict[str, Any]) -> Subject:
    """Return the row that is explained, with the data it was made from."""
    evaluation = analysis.load(study, payload["source"])
    return subject_of(analysis_data(study, payload["endpoint"]), evaluation, RowKey.of(payload["row"]))


def result_key(payload: dict[str, Any]) -> ResultKey:
    """Return the key of an explanation: the analysis it takes apart and its settings."""
    settings = {name: payload[name] for name in ("settings", "row", "endpoint")}
    return ResultKey("explanation", payload["source"], settings, shap_values.METHOD_VERSION, LIBRARIES)
