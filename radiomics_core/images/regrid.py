"""The offer for a mask on another grid: a preview of it resampled onto the image, and the stored copy if accepted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from radiomics_core.cohort.model import Case, MaskRef
from radiomics_core.errors import CaseError
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import lazy_
from radiomics_core.images import kinds
from radiomics_core.images.pairing import file_ref
from radiomics_core.images.regions import load_pair
from radiomics_core.imaging.resampling import resample_mask_to
from radiomics_core.imaging.volume import Volume
from radiomics_core.imaging.writing import write_nifti
from radiomics_core.settings import digest_of


@dataclass(frozen=True, eq=False)
class ResampledMask:
    """A mask before and after resampling; ``image`` and ``after`` can be drawn on each other."""

    image: Volume
    after: Volume
    before_ml: float
    after_ml: float

    @property
    def change(self) -> float:
        """Relative change of volume."""
        return self.after_ml / self.before_ml - 1 if self.before_ml else 0.0


def preview_resampled(case: Case, mask: MaskRef, image_name: str) -> ResampledMask:
    """Resample a region onto an image of the case without storing anything.

    Raises
    ------
    CaseError
        When the case has no such image, or nothing of the mask lies inside it.
    ImageError
        When a file cannot be read.
    """
    image = case.image(image_name)
    if image is None:
        raise CaseError(case.case_id, lazy_("has no image '{image}'"), image=image_name,
                        remedy=lazy_("Available: {names}"), names=", ".join(i.name for i in case.images))  # fmt: skip
    volume, before = load_pair(image, mask)
    after = resample_mask_to(before, volume)
    if before.array.any() and not after.array.any():
        raise CaseError(case.case_id, lazy_("no part of the mask of '{roi}' lies inside image '{image}'"), roi=mask.roi,
                        image=image_name, remedy=lazy_("Check that both belong to the same examination"))  # fmt: skip
    sizes = [float(m.array.sum()) * m.voxel_ml for m in (before, after)]
    return ResampledMask(volume, after, sizes[0], sizes[1])


def store_resampled(case: Case, mask: MaskRef, image_name: str, folder: Path | str) -> tuple[Case, Finding]:
    """Write the resampled mask into a folder of the study; return the case that uses it, and the finding that says so.

    A mask of the same region on that image is replaced; the original file is not touched.
    """
    preview = preview_resampled(case, mask, image_name)
    name = f"{digest_of(case.case_id, image_name, mask.roi)[:16]}.nii.gz"
    stored = file_ref(write_nifti(preview.after, Path(folder) / name), "stored")
    accepted = MaskRef(mask.roi, image_name, stored)
    others = tuple(m for m in case.masks if (m.image, m.roi) != (image_name, mask.roi))
    note = found(kinds.MASK_RESAMPLED, case_id=case.case_id, image=image_name, roi=mask.roi,
                 before=round(preview.before_ml, 3), after=round(preview.after_ml, 3))  # fmt: skip
    return replace(case, masks=(*others, accepted)), note
