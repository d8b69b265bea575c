"""Extract a few regions of a study with other settings, on the spot; nothing is written but the image cache."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from radiomics_core.cohort.model import Case, MaskRef
from radiomics_core.extraction.runner import read_pair, units_of_work
from radiomics_core.extraction.what_if import extract_region
from radiomics_core.images.regions import CachedFiles, Region
from radiomics_core.study.storage.digests import pair_digest
from radiomics_core.study.study import Study

if TYPE_CHECKING:
    from radiomics_core.extraction.settings import ExtractionSettings
    from radiomics_core.extraction.what_if import Extracted

MOST_REGIONS = 10
"""More would not answer while one waits."""


@dataclass(frozen=True)
class StudyRegion:
    """One region on one image of a case; ``name`` is what it is called on screen."""

    case: Case
    mask: MaskRef
    name: str

    @property
    def digest(self) -> str:
        """Digest of the files it is made of."""
        return pair_digest(self.case, self.mask)


def regions(study: Study, image: str, roi: str) -> list[StudyRegion]:
    """Return the regions of included cases on an image; an empty ``roi`` is every region."""
    work = units_of_work(study.cohort, [image], [roi] if roi else None)
    several = len({region for _case, _image, region in work}) > 1
    masks = [(case, case.mask(image, region)) for case, _image, region in work]
    return [
        StudyRegion(case, mask, f"{case.case_id} / {mask.roi}" if several else case.case_id)
        for case, mask in masks
        if mask is not None
    ]


def spread_over(names: list[str], n: int = MOST_REGIONS) -> list[str]:
    """Return a few of many, evenly spaced in their order, the first and the last among them."""
    if len(names) <= n:
        return names
    return [names[round(position * (len(names) - 1) / (n - 1))] for position in range(n)]


def extract(study: Study, region: StudyRegion, settings: ExtractionSettings) -> Extracted:
    """Extract one region; what stops it comes back as a finding about it."""
    extracted = extract_region(lambda: _read(study.folder, region, settings), settings)
    about = tuple(
        dataclasses.replace(finding, case_id=region.case.case_id, image=region.mask.image, roi=region.mask.roi)
        for finding in extracted.findings
    )
    return dataclasses.replace(extracted, findings=about)


def _read(folder: Path, region: StudyRegion, settings: ExtractionSettings) -> Region:
    """Read image and mask from the decompressed copies in the study's cache."""
    source = CachedFiles(folder / "cache", folder)
    return read_pair(region.case, region.mask.image, region.mask.roi, settings, source)
