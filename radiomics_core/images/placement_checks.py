"""Findings about where a file says that its volume lies, and how large its voxels are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

from radiomics_core.cohort.model import FileRef
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import LazyText, lazy_
from radiomics_core.images import kinds
from radiomics_core.imaging.geometry import is_implausible, numbers
from radiomics_core.imaging.placement import MISSING_WORDS, TRANSFORM_WORDS, UNIT_WORDS, Placement
from radiomics_core.imaging.quality import QualityRow
from radiomics_core.imaging.reading import placement_of
from radiomics_core.imaging.volume import Volume

WHAT: dict[str, LazyText] = {"image": lazy_("{image}"), "mask": lazy_("the mask of {roi} on {image}")}


class About(TypedDict):
    """What a finding is about."""

    case_id: str
    image: str
    roi: str


def placements(files: Sequence[FileRef], mask: FileRef, image: Volume, label_map: Volume) -> dict[str, Placement]:
    """Return how the image (one file, or the slices of a series) and its mask were placed."""
    return {
        "image": placement_of([file.path for file in files], image),
        "mask": placement_of([mask.path], label_map),
    }


def placement_findings(placed: dict[str, Placement], row: QualityRow, image: Volume, about: About) -> list[Finding]:
    """Return what is odd about sizes and positions; of the mask only what its image does not share."""
    findings = []
    sizes: dict[str, Any] = {"spacing": numbers(image.spacing_mm), "volume": f"{row.volume_ml:.3g}"}
    if is_implausible(image.spacing_mm, image.size_xyz, image.origin_mm):
        extent = numbers([n * s for n, s in zip(image.size_xyz, image.spacing_mm, strict=True)])
        findings.append(found(kinds.IMPLAUSIBLE_GRID, **about, **sizes, extent=extent))
    for what, placement in placed.items():
        shared = placed["image"] if what == "mask" else None
        words: dict[str, Any] = {"what": WHAT[what].format(image=about["image"], roi=about["roi"])}
        if placement.apart_mm and not (shared and shared.apart_mm):
            apart, used = f"{placement.apart_mm:.3g}", TRANSFORM_WORDS[placement.transform]
            findings.append(found(kinds.TRANSFORMS_DIFFER, **about, **words, apart=apart, used=used))
        missing = set(placement.missing) if not (shared and shared.missing == placement.missing) else set()
        if missing - {"thickness"}:
            unsaid = "; ".join(str(MISSING_WORDS[name]) for name in placement.missing if name != "thickness")
            findings.append(found(kinds.PLACEMENT_MISSING, **about, **words, missing=unsaid))
        if "thickness" in missing:
            findings.append(found(kinds.THICKNESS_UNKNOWN, **about, **words, volume=sizes["volume"]))
        if placement.unit and not (shared and shared.unit == placement.unit):
            findings.append(found(kinds.OTHER_UNIT, **about, **words, **sizes, unit=UNIT_WORDS[placement.unit]))
    return findings
