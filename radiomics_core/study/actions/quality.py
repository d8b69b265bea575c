"""Check images and masks; leave cases out, take them back, resample masks on another grid."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radiomics_core.cohort.model import Case, Exclusion, MaskRef
from radiomics_core.errors import NotApplicableError, StudyError
from radiomics_core.i18n import lazy_
from radiomics_core.images.kinds import DUPLICATE_IMAGE
from radiomics_core.images.quality import QUALITY_COLUMNS
from radiomics_core.images.regrid import preview_resampled as make_preview
from radiomics_core.images.regrid import store_resampled
from radiomics_core.imaging.render import contact_tile
from radiomics_core.imaging.windows import window_of
from radiomics_core.study.jobs.job import Job, Jobs
from radiomics_core.study.storage.one_commit import one_commit
from radiomics_core.study.study import Study

KIND = "quality"


@dataclass(frozen=True, eq=False)
class ResampledPreview:
    """A resampled mask on its image, for looking at before it is accepted."""

    picture: NDArray[np.uint8]
    before_ml: float
    after_ml: float


def start(study: Study, n_jobs: int | None = None) -> Job:
    """Check every image and mask in the background."""
    if not study.cohort.image_names():
        raise NotApplicableError(lazy_("the study has no images to check"))
    return Jobs(study).start(KIND, {"files": study.cohort_digests.files}, n_jobs)


def table(study: Study) -> pd.DataFrame | None:
    """Return the newest quality table, None before the first check; what an older version did not note is missing."""
    meta = study.results.latest(KIND)
    if meta is None:
        return None
    return study.results.load_frame(KIND, meta.digest, "quality").reindex(columns=list(QUALITY_COLUMNS))


def is_stale(study: Study) -> bool:
    """Return whether files have changed since the check."""
    meta = study.results.latest(KIND)
    return meta is not None and meta.inputs != study.cohort_digests.files


@one_commit
def exclude(study: Study, case_ids: Sequence[str], reason: str, *, image: str = "", roi: str = "") -> None:
    """Leave cases (or one image or region of them) out, with a reason.

    Raises
    ------
    StudyError
        No reason is given, or a case is unknown.
    """
    if not reason.strip():
        raise StudyError(lazy_("a case is left out only with a reason"), remedy=lazy_("Type why."))
    known = {case.case_id for case in study.cohort.cases}
    unknown = [case_id for case_id in case_ids if case_id not in known]
    if unknown:
        raise StudyError(lazy_("the study has no case {ids}"), ids=", ".join(unknown))
    _add(study, [Exclusion(case_id, reason.strip(), image, roi) for case_id in case_ids])


@one_commit
def include(study: Study, case_id: str, image: str = "", roi: str = "") -> None:
    """Take a case (or one image or region of it) back."""
    cohort = study.cohort
    kept = tuple(e for e in cohort.exclusions if (e.case_id, e.image, e.roi) != (case_id, image, roi))
    if kept == cohort.exclusions:
        return
    study.save_cohort(cohort.replace(exclusions=kept))
    study.ledger.record("included", case_id=case_id, image=image, roi=roi)
    study.ledger.change_settings("exclusions")


@one_commit
def exclude_unusable(study: Study) -> list[str]:
    """Leave out every case with a finding that stops, with the finding as reason; return their ids."""
    stopped: dict[str, Exclusion] = {}
    for finding in study.findings(KIND):
        if finding.severity == "stop" and finding.case_id:
            reason = f"{finding.title()} ({finding.code})"
            stopped.setdefault(finding.case_id, Exclusion(finding.case_id, reason, code=finding.code))
    new = [e for case_id, e in stopped.items() if case_id not in study.cohort.excluded_ids()]
    _add(study, new)
    return [exclusion.case_id for exclusion in new]


def copies(study: Study) -> dict[str, str]:
    """Return the later case of each pair with the same image, and the earlier one; of cases that are not left out."""
    checked = table(study)
    if checked is None:
        return {}
    cases = {case.case_id: (place, case.patient_id) for place, case in enumerate(study.cohort.included())}
    pairs = zip(checked["case_id"].astype(str), checked["duplicate_of"].fillna("").astype(str), strict=True)
    return {
        later: earlier
        for later, earlier in pairs
        if earlier in cases and later in cases and cases[later][0] > cases[earlier][0]
    }


def exclude_copies(study: Study) -> list[str]:
    """Leave out the later case of each pair with the same image, with the finding as reason; return their ids."""
    later = sorted(copies(study))
    reason = f"{DUPLICATE_IMAGE.title} ({DUPLICATE_IMAGE.code})"
    _add(study, [Exclusion(case_id, reason, code=DUPLICATE_IMAGE.code) for case_id in later])
    return later


def masks_on_other_grid(study: Study) -> list[tuple[str, str, str]]:
    """Return (case, image, region) of masks that are not on their image's grid, from the newest check."""
    checked = table(study)
    if checked is None:
        return []
    off = checked[checked["grid_match"].eq(False)]
    excluded = study.cohort.excluded_ids()
    rows = zip(off["case_id"], off["image"], off["roi"], strict=True)
    return [(str(c), str(i), str(r)) for c, i, r in rows if c not in excluded and not _is_resampled(study, c, i, r)]


def preview_resampled(study: Study, case_id: str, image: str, roi: str) -> ResampledPreview:
    """Return how a mask looks once resampled onto its image, without storing it."""
    case, mask = _find(study, case_id, image, roi)
    made = make_preview(case, mask, image)
    modality = getattr(case.image(image), "modality", "")
    picture = contact_tile(made.image, made.after, 320, window=window_of(made.image, modality))
    return ResampledPreview(picture, made.before_ml, made.after_ml)


def resample(study: Study, case_id: str, image: str, roi: str) -> None:
    """Resample a mask onto its image's grid, store it in the study and use it from now on."""
    study.check_writable()
    case, mask = _find(study, case_id, image, roi)
    changed, note = store_resampled(case, mask, image, study.folder / "images" / "resampled")
    others = tuple(changed if one.case_id == case_id else one for one in study.cohort.cases)
    study.save_cohort(study.cohort.replace(cases=others))
    study.save_findings("resampled", [*study.findings("resampled"), note])
    study.ledger.record("mask resampled", case_id=case_id, image=image, roi=roi)


def _add(study: Study, exclusions: Sequence[Exclusion]) -> None:
    cohort = study.cohort
    known = {(e.case_id, e.image, e.roi) for e in cohort.exclusions}
    new = [e for e in exclusions if (e.case_id, e.image, e.roi) not in known]
    if not new:
        return
    study.save_cohort(cohort.replace(exclusions=(*cohort.exclusions, *new)))
    study.ledger.record("excluded", cases=[dataclasses.asdict(e) for e in new])
    study.ledger.change_settings("exclusions")


def _find(study: Study, case_id: str, image: str, roi: str) -> tuple[Case, MaskRef]:
    case = next((one for one in study.cohort.cases if one.case_id == case_id), None)
    mask = case.mask(image, roi) if case is not None else None
    if case is None or mask is None:
        raise StudyError(lazy_("the study has no mask {what}"), what=f"{case_id} / {image} / {roi}")
    return case, mask


def _is_resampled(study: Study, case_id: str, image: str, roi: str) -> bool:
    mask = _find(study, case_id, image, roi)[1]
    return "resampled" in mask.file.path and mask.file.source == "stored"
