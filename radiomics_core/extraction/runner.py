"""One unit of extraction (case, image, region): pure, picklable, and never raising through a pool of workers."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from radiomics_core.cohort.model import Case, Cohort
from radiomics_core.errors import ExtractionError, RadiomicsError
from radiomics_core.extraction import DEFAULT_ENGINE, ENGINES, kinds
from radiomics_core.extraction.assembly import assemble, merge_tables, summary
from radiomics_core.extraction.engine import FeatureVector
from radiomics_core.extraction.failures import explain_failure
from radiomics_core.extraction.results import CaseResult
from radiomics_core.extraction.settings import ExtractionSettings
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import english, lazy_
from radiomics_core.images.regions import FilesOnDisk, Region, VolumeSource, load_region

if TYPE_CHECKING:
    from radiomics_core.imaging.volume import Volume

__all__ = ["CaseResult", "assemble", "extract_case", "merge_tables", "summary", "units_of_work"]


def units_of_work(
    cohort: Cohort, images: list[str] | None = None, rois: list[str] | None = None
) -> list[tuple[Case, str, str]]:
    """Return every (case, image name, region) of the included cases, of some images and regions or of all."""
    excluded = {(e.case_id, e.image, e.roi) for e in cohort.exclusions}
    return [
        (case, mask.image, mask.roi)
        for case in cohort.included()
        for mask in case.masks
        if (images is None or mask.image in images)
        and (rois is None or mask.roi in rois)
        and not excluded & {(case.case_id, mask.image, mask.roi), (case.case_id, mask.image, ""),
                            (case.case_id, "", mask.roi)}
    ]  # fmt: skip


def extract_case(
    case: Case,
    image_name: str,
    roi: str,
    settings: ExtractionSettings,
    engine_name: str = DEFAULT_ENGINE,
    *,
    folder: Path | str = "",
) -> CaseResult:
    """Extract one region of one case.

    Parameters
    ----------
    case : Case
    image_name, roi : str
        Which image and which region on it.
    settings : ExtractionSettings
    engine_name : str
        A name in ``ENGINES``.
    folder : path
        Study folder, in which files with a relative path lie.

    Returns
    -------
    CaseResult
        A case that cannot be extracted comes back with a finding RX301 and no values.
    """
    started = time.perf_counter()
    result = CaseResult(case.case_id, image_name, roi)
    try:
        image, mask = read_pair(case, image_name, roi, settings, FilesOnDisk(folder))
        vector = _extract(image, mask, settings, engine_name)
    except Exception as error:  # noqa: BLE001 - one bad case never stops a cohort: it becomes a finding
        return _timed(result.about_case((failure_finding(error),)), started)
    filled = CaseResult(case.case_id, image_name, roi, vector.values, vector.diagnostics)
    return _timed(filled.about_case(vector.findings), started)


def failure_finding(error: Exception, case_id: str = "", image: str = "", roi: str = "") -> Finding:
    """Return finding RX301 for whatever stopped a case, with cause and remedy in English."""
    known = error if isinstance(error, RadiomicsError) else explain_failure(error)
    cause, remedy = (english(text, **known.params).rstrip(".") for text in (known.problem, known.remedy))
    remedy = f"{remedy}." if remedy else ""
    return found(kinds.EXTRACTION_FAILED, case_id=case_id, image=image, roi=roi, cause=cause, remedy=remedy)


def _timed(result: CaseResult, started: float) -> CaseResult:
    return CaseResult(**{**vars(result), "seconds": time.perf_counter() - started})


def read_pair(case: Case, image_name: str, roi: str, settings: ExtractionSettings, source: VolumeSource) -> Region:
    """Read the image and the mask of one region; raises :class:`RadiomicsError` saying what cannot be read.

    Parameters
    ----------
    case : Case
    image_name, roi : str
    settings : ExtractionSettings
        Of a parameter file: the label of regions whose mask names none, and the channel of masks in one file.
    source : VolumeSource
    """
    given = settings.setting or {}
    return load_region(case, image_name, roi, source, label=given.get("label"), channel=given.get("label_channel"))


def _extract(image: Volume, mask: Volume, settings: ExtractionSettings, engine_name: str) -> FeatureVector:
    vector = ENGINES.build(engine_name).extract(image, mask, settings)
    if not vector.values:
        raise ExtractionError(
            lazy_("no feature was computed with these settings"),
            remedy=lazy_("Choose feature classes and image types that fit the image"),
        )
    return vector
