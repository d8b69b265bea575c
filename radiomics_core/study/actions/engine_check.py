"""Check the fast engine against pyradiomics on one region: which can be, start, and the newest result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from radiomics_core.errors import NotApplicableError, StudyError
from radiomics_core.extraction import ENGINES
from radiomics_core.extraction.runner import units_of_work
from radiomics_core.extraction.settings import ExtractionSettings
from radiomics_core.i18n import lazy_
from radiomics_core.study.jobs.job import Job, Jobs
from radiomics_core.study.jobs.kinds.engine_check import load
from radiomics_core.study.storage.digests import pair_digest
from radiomics_core.study.study import Study

if TYPE_CHECKING:
    from radiomics_core.extraction.verification import Verification

KIND = "engine_check"


@dataclass(frozen=True)
class EngineCheck:
    """The newest comparison of an image: of which region, whether files or settings have changed since, the values."""

    case_id: str
    roi: str
    is_current: bool
    result: Verification


def regions(study: Study, image: str, roi: str = "") -> list[tuple[str, str]]:
    """Return (case, region) of an image that can be compared."""
    work = units_of_work(study.cohort, [image], [roi] if roi else None)
    return [(case.case_id, region) for case, _image, region in work]


def start(
    study: Study, case_id: str, image: str, roi: str, settings: ExtractionSettings, n_jobs: int | None = None
) -> Job:
    """Extract one region with both engines in the background and compare.

    Raises
    ------
    StudyError
        There is no such case with such an image and region.
    NotApplicableError
        pyradiomics is not installed; says how to add it.
    """
    if (case_id, roi) not in regions(study, image):
        raise StudyError(lazy_("the study has no mask {what}"), what=f"{case_id} / {image} / {roi}")
    available = ENGINES.build("pyradiomics").available()
    if not available:
        raise NotApplicableError(
            lazy_("there is nothing to compare with: {why}"), remedy=available.how, why=available.why
        )
    payload = {"case_id": case_id, "image": image, "roi": roi, "settings": settings.to_parameters()}
    return Jobs(study).start(KIND, payload, n_jobs)


def latest(study: Study, image: str, settings: ExtractionSettings) -> EngineCheck | None:
    """Return the newest comparison on an image, None when there is none."""
    meta = study.results.latest(KIND, image=image)
    if meta is None:
        return None
    made_with = ExtractionSettings.from_parameters(meta.settings["settings"]).digest()
    case_id, roi = meta.about["case_id"], meta.about["roi"]
    case = next((one for one in study.cohort.cases if one.case_id == case_id), None)
    mask = case.mask(image, roi) if case is not None else None
    same_files = case is not None and mask is not None and pair_digest(case, mask) == meta.inputs
    made = load(study.results.path(KIND, meta.digest))
    return EngineCheck(case_id, roi, same_files and made_with == settings.digest(), made)
