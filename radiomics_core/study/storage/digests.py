"""Digests of what later steps depend on: when one changes, what was made from it is out of date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from radiomics_core.cohort.model import Case, Cohort, FileRef, MaskRef
from radiomics_core.settings import digest_of

if TYPE_CHECKING:
    from radiomics_core.study.study import Study

PREDICTIVE_ROLES = ("predictor", "patient", "centre", "volume", "group", "treatment")


@dataclass(frozen=True)
class CohortDigests:
    """Digests of a cohort: its files; which cases are analysed with their patient, centre and role."""

    files: str
    members: str


def cohort_digests(cohort: Cohort) -> CohortDigests:
    """Return the digests of a cohort."""
    files = [
        [case.case_id, *([mask.image, mask.roi, pair_digest(case, mask)] for mask in case.masks)]
        for case in cohort.cases
    ]
    members = [[case.case_id, case.patient_id, case.centre, case.role] for case in cohort.included()]
    return CohortDigests(digest_of(files), digest_of(members))


def pair_digest(case: Case, mask: MaskRef) -> str:
    """Return the digest of the files of one region on one image."""
    image = case.image(mask.image)
    used = [*(image.files if image else ()), mask.file]
    return digest_of([mask.label, [_content(file) for file in used]])


def upstream_digest(study: Study, endpoint_name: str) -> str:
    """Return the digest of everything a comparison or survival analysis of an endpoint depends on."""
    sealed = study.outcome_columns
    specs = [
        vars(spec) | {"order": list(spec.order), "sealed": spec.name in sealed}
        for spec in study.column_specs
        if spec.role in PREDICTIVE_ROLES
    ]
    parts: list[Any] = [
        study.feature_digest,
        study.clinical_digest,
        study.cohort_digests.members,
        specs,
        study.endpoint(endpoint_name).to_dict(),
    ]
    return digest_of(parts)


def _content(file: FileRef) -> Any:
    return file.sha256 or [file.path, file.size, file.mtime]
