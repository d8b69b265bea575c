"""Check the images and masks of every case."""

from __future__ import annotations

from typing import Any

from radiomics_core.cohort.model import Case
from radiomics_core.files.atomic import write_frame
from radiomics_core.findings import Finding
from radiomics_core.images.quality import PairQuality, assemble_quality, check_case
from radiomics_core.imaging.quality import QualityRow
from radiomics_core.imaging.volume import GridMatch
from radiomics_core.study.jobs.kind import JobKind, Parts, Plan, Unit
from radiomics_core.study.storage.results import ResultKey
from radiomics_core.study.study import Study

METHOD_VERSION = 2


class QualityJob(JobKind):
    """One unit per case; cases are compared with each other at the end."""

    name = "quality"

    def plan(self, study: Study, payload: dict[str, Any]) -> Plan:
        """Every case with images, those without a mask and excluded ones too."""
        units = [
            Unit(f"case-{number:05d}", case.case_id, case, {"case_id": case.case_id})
            for number, case in enumerate(study.cohort.cases)
            if case.images
        ]
        return Plan(tuple(units), None, study.cohort_digests.files)

    def run(self, shared: None, work: Case) -> list[dict[str, Any]]:
        """Check all pairs of one case."""
        return [quality_to_dict(pair) for pair in check_case(work)]

    def finish(self, study: Study, payload: dict[str, Any], plan: Plan, parts: Parts) -> dict[str, Any]:
        """Save the table; the findings are the study's."""
        checked = [_pair(stored) for _unit, values in parts.values() for stored in values]
        table, findings = assemble_quality(checked, study.cohort)
        failures = parts.failures()
        without = {"without": [failure.unit.key for failure in failures]} if failures else {}
        key = ResultKey("quality", plan.digest, without, METHOD_VERSION)
        study.results.save(key, lambda folder: write_frame(folder / "quality.parquet", table))
        failed = [failure.finding(parts.folder.parent.name) for failure in failures]
        study.save_findings("quality", [*findings, *failed])
        return {"digest": key.digest}


def _pair(stored: dict[str, Any]) -> PairQuality:
    row = None if stored["row"] is None else row_from_dict(stored["row"])
    findings = tuple(Finding.from_dict(finding) for finding in stored["findings"])
    return PairQuality(stored["case_id"], stored["patient_id"], stored["image"], stored["roi"], row, findings)


def quality_to_dict(pair: PairQuality) -> dict[str, Any]:
    """Return a pair's numbers and findings as JSON-like data."""
    row = None if pair.row is None else {**vars(pair.row), "grid": vars(pair.row.grid)}
    about = {"case_id": pair.case_id, "patient_id": pair.patient_id, "image": pair.image, "roi": pair.roi}
    return {**about, "row": row, "findings": [finding.to_dict() for finding in pair.findings]}


def row_from_dict(stored: dict[str, Any]) -> QualityRow:
    """Make the numbers of a pair from JSON-like data."""
    values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in stored.items()}
    grid: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in stored["grid"].items()}
    values["grid"] = GridMatch(**grid)
    return QualityRow(**values)
