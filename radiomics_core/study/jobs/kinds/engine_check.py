"""Compare the fast engine with pyradiomics on one region, image type by image type, in processes of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from radiomics_core.cohort.model import Case
from radiomics_core.errors import JobError, StudyError
from radiomics_core.extraction import ENGINES
from radiomics_core.extraction.runner import read_pair
from radiomics_core.extraction.settings import ExtractionSettings
from radiomics_core.extraction.verification import Verification, join, parts, verify
from radiomics_core.files.atomic import folder_in_one_step, write_frame
from radiomics_core.i18n import lazy_
from radiomics_core.images.regions import FilesOnDisk
from radiomics_core.study.jobs.kind import JobKind, Parts, Plan, Unit
from radiomics_core.study.storage.digests import pair_digest
from radiomics_core.study.storage.results import ResultKey
from radiomics_core.study.study import Study

METHOD_VERSION = 1
FRAMES = ("features", "images")


class EngineCheckJob(JobKind):
    """One unit per image type. Payload: ``case_id``, ``image``, ``roi``, ``settings``."""

    name = "engine_check"
    part_suffix = ".part"

    def plan(self, study: Study, payload: dict[str, Any]) -> Plan:
        """Every image type of the settings; none when the result is on disk already."""
        case = next((one for one in study.cohort.cases if one.case_id == payload["case_id"]), None)
        mask = case.mask(payload["image"], payload["roi"]) if case is not None else None
        if case is None or mask is None:
            what = " / ".join(payload[name] for name in ("case_id", "image", "roi"))
            raise StudyError(lazy_("the study has no mask {what}"), what=what)
        key = result_key(payload, pair_digest(case, mask))
        divided = parts(ExtractionSettings.from_parameters(payload["settings"]))
        units = [Unit(f"{n:02d}-{name}", name, one, _about(payload)) for n, (name, one) in enumerate(divided.items())]
        if study.results.has(key.kind, key.digest):
            units = []
        else:
            ENGINES.build("fast").prepare(lambda step, total: self.report(step, total, "engine"))
        return Plan(tuple(units), (case, payload["image"], payload["roi"], str(study.folder), key), key.digest)

    def run(self, shared: tuple[Case, str, str, str, ResultKey], work: ExtractionSettings) -> Verification:
        """Extract with both engines and compare."""
        case, image, roi, folder, _key = shared
        return verify(*read_pair(case, image, roi, work, FilesOnDisk(folder)), work)

    def dump_part(self, path: Path, value: Verification) -> None:
        """Write the frames of one image type."""
        with folder_in_one_step(path, durable=False) as folder:
            save(folder, value)

    def load_part(self, path: Path) -> Verification:
        """Read the frames of one image type."""
        return load(path)

    def finish(self, study: Study, payload: dict[str, Any], plan: Plan, parts: Parts) -> dict[str, Any]:
        """Join the image types and save; one that could not be compared leaves no verdict."""
        key: ResultKey = plan.shared[-1]
        failures = parts.failures()
        if failures:
            raise JobError(
                lazy_("{what} could not be compared: {why}"), what=failures[0].unit.label, why=failures[0].reason
            )
        if plan.units:
            made = join([value for _unit, value in parts.values()])
            study.results.save(key, lambda folder: save(folder, made), _about(payload))
        return {"digest": key.digest}


def result_key(payload: dict[str, Any], inputs: str) -> ResultKey:
    """Return the key of a comparison: files, settings, both engines."""
    engines = {name: ENGINES.build(name).version for name in ("pyradiomics", "fast")}
    libraries = tuple(dict.fromkeys(ENGINES["pyradiomics"].libraries + ENGINES["fast"].libraries))
    settings = {"settings": payload["settings"], "engines": engines, **_about(payload)}
    return ResultKey("engine_check", inputs, settings, METHOD_VERSION, libraries)


def save(folder: Path, made: Verification) -> None:
    """Write both frames of a comparison."""
    for name in FRAMES:
        write_frame(folder / f"{name}.parquet", getattr(made, name))


def load(folder: Path) -> Verification:
    """Read both frames of a comparison."""
    return Verification(**{name: pd.read_parquet(folder / f"{name}.parquet") for name in FRAMES})


def _about(payload: dict[str, Any]) -> dict[str, str]:
    return {name: payload[name] for name in ("case_id", "image", "roi")}
