"""Extract the features of every region."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from radiomics_core.cohort.model import Case
from radiomics_core.errors import TableError
from radiomics_core.extraction import ENGINES, kinds
from radiomics_core.extraction.results import CaseResult
from radiomics_core.extraction.runner import assemble, extract_case, merge_tables, summary, units_of_work
from radiomics_core.extraction.settings import ExtractionSettings
from radiomics_core.features.table import FeatureTable
from radiomics_core.files.atomic import read_json, write_bytes, write_json
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import lazy_
from radiomics_core.settings import digest_of
from radiomics_core.study.jobs.kind import JobKind, Parts, Plan, Unit
from radiomics_core.study.storage.digests import pair_digest
from radiomics_core.study.storage.feature_files import load_feature_table, write_feature_table
from radiomics_core.study.storage.results import ResultKey
from radiomics_core.study.study import Study

METHOD_VERSION = 1


class ExtractionJob(JobKind):
    """One unit per region on an image of a case.

    Payload: ``images``, ``rois`` (lists or None for all), ``settings``, ``engine``. ``settings`` holds parameters per
    image name, or under ``""`` for every other image.
    """

    name = "extraction"

    def plan(self, study: Study, payload: dict[str, Any]) -> Plan:
        """Every region that is asked for and not left out; none when the result is on disk already."""
        work = units_of_work(study.cohort, payload["images"], payload["rois"])
        if not work:
            raise TableError(
                lazy_("no case has such an image and region"), remedy=lazy_("Check the names of images and regions.")
            )
        key = self._key(work, payload)
        settings = {name: ExtractionSettings.from_parameters(data) for name, data in payload["settings"].items()}
        units = [
            Unit(
                f"{number:05d}",
                f"{case.case_id} / {image} / {roi}",
                (case, image, roi),
                {"case_id": case.case_id, "image": image, "roi": roi},
            )
            for number, (case, image, roi) in enumerate(work)
        ]
        done = study.results.has(key.kind, key.digest)
        if not done:
            ENGINES.build(payload["engine"]).prepare(lambda step, total: self.report(step, total, "engine"))
        return Plan(() if done else tuple(units), (settings, payload["engine"], str(study.folder), key), key.digest)

    def run(self, shared: Any, work: tuple[Case, str, str]) -> CaseResult:
        """Extract one region; what fails becomes a finding."""
        settings, engine, folder, _key = shared
        case, image, roi = work
        return extract_case(case, image, roi, settings_of(settings, image), engine, folder=folder)

    def dump_part(self, path: Path, value: CaseResult) -> None:
        """Write the features of one region."""
        write_bytes(path, value.to_json().encode(), durable=False)

    def load_part(self, path: Path) -> CaseResult:
        """Read the features of one region."""
        return CaseResult.from_json(path.read_text("utf-8"))

    def finish(self, study: Study, payload: dict[str, Any], plan: Plan, parts: Parts) -> dict[str, Any]:
        """Make the table, put it beside those of other images, and make it the study's."""
        settings, engine, _folder, key = plan.shared
        if plan.units:
            failed = [failure.finding(parts.folder.parent.name) for failure in parts.failures()]
            results = [value for _unit, value in parts.values()]
            findings = [finding for result in results for finding in result.findings] + failed
            study.save_findings("extraction", findings)  # also when no table can be made of the results
            table = _assembled(results, study, settings, engine)
            complete = not failed
            if complete:
                study.results.save(key, lambda folder: _write(folder, table, findings), {"engine": engine})
        else:
            folder = study.results.path(key.kind, key.digest)
            table, findings = load_feature_table(folder), _load_findings(folder)
        with study.catalogue.transaction():
            left = use_table(study, table)
            study.save_findings("extraction", [*findings, *left, *summary(study.feature_table()).findings()])
        return {"digest": key.digest, "features": study.feature_digest}

    def _key(self, work: list[tuple[Case, str, str]], payload: dict[str, Any]) -> ResultKey:
        files = [[case.case_id, image, roi, _digest(case, image, roi)] for case, image, roi in work]
        version = ENGINES.build(payload["engine"]).version
        given = payload["settings"].items()
        same = {image: ExtractionSettings.from_parameters(own).canonical() for image, own in given}
        settings = {"settings": same, "engine": payload["engine"], "engine_version": version}
        return ResultKey("extraction", digest_of(files), settings, METHOD_VERSION, ENGINES[payload["engine"]].libraries)


def settings_of(settings: dict[str, ExtractionSettings], image: str) -> ExtractionSettings:
    """Return the settings of an image: its own, else those for every other image."""
    return settings[image] if image in settings else settings[""]


def use_table(study: Study, table: FeatureTable) -> tuple[Finding, ...]:
    """Make a table the study's, beside the columns of other images and regions made by the same engine and version.

    Returns
    -------
    tuple of Finding
        RX310 when columns of another engine or version leave the table.
    """
    left: tuple[Finding, ...] = ()
    pairs = set(zip(table.columns["image"], table.columns["roi"], strict=True))
    kept: dict[str, str] = {}
    if study.has_features():
        before = study.feature_table()
        if (before.engine, before.engine_version) == (table.engine, table.engine_version):
            table = merge_tables([before, table])
            known: dict[str, str] = study.catalogue.document("extracted") or {}
            kept = {key: digest for key, digest in known.items() if tuple(key.rsplit("|", 2)[1:]) not in pairs}
        else:
            study.ledger.record("features replaced", engine=before.engine, version=before.engine_version)
            left = _left_out(before, table, pairs)
    study.save_feature_table(table)
    extracted = {
        f"{case.case_id}|{mask.image}|{mask.roi}": pair_digest(case, mask)
        for case in study.cohort.included()
        for mask in case.masks
        if (mask.image, mask.roi) in pairs
    }
    study.catalogue.put_document("extracted", kept | extracted)
    return left


def _left_out(before: FeatureTable, now: FeatureTable, pairs: set[tuple[str, str]]) -> tuple[Finding, ...]:
    earlier = dict.fromkeys(zip(before.columns["image"], before.columns["roi"], strict=True))
    gone = [f"{image} / {roi}" for image, roi in earlier if (image, roi) not in pairs]
    if not gone:
        return ()
    names = [f"{table.engine} {table.engine_version}".strip() for table in (before, now)]
    return (found(kinds.ENGINE_CHANGED, regions=", ".join(gone), before=names[0], now=names[1]),)


def _assembled(
    results: list[CaseResult], study: Study, settings: dict[str, ExtractionSettings], engine: str
) -> FeatureTable:
    version = ENGINES.build(engine).version
    by_settings: dict[str, list[CaseResult]] = {}
    for result in results:
        by_settings.setdefault(result.image if result.image in settings else "", []).append(result)
    tables = [assemble(some, study.cohort, settings[name], engine, version) for name, some in by_settings.items()]
    return tables[0] if len(tables) == 1 else merge_tables(tables)


def _digest(case: Case, image: str, roi: str) -> str:
    mask = case.mask(image, roi)
    return "" if mask is None else pair_digest(case, mask)


def _write(folder: Path, table: FeatureTable, findings: list[Finding]) -> None:
    write_feature_table(folder, table)
    write_json(folder / "findings.json", [finding.to_dict() for finding in findings])


def _load_findings(folder: Path) -> list[Finding]:
    return [Finding.from_dict(stored) for stored in read_json(folder / "findings.json")]
