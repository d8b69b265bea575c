"""The quality table: one row per case, image and region, and findings for what would spoil the analysis."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from radiomics_core.cohort.model import Case, Cohort, FileRef, ImageRef, MaskRef
from radiomics_core.errors import ImageError
from radiomics_core.files.digests import file_digest
from radiomics_core.findings import SEVERITIES, Finding, found
from radiomics_core.images import kinds
from radiomics_core.images.placement_checks import About, placement_findings, placements
from radiomics_core.images.regions import FilesOnDisk, VolumeSource, labelled_region
from radiomics_core.imaging import geometry
from radiomics_core.imaging.quality import QualityRow, check_pair
from radiomics_core.imaging.reading import labels_in
from radiomics_core.imaging.volume import Volume

MIN_VOXELS = 8
QUALITY_COLUMNS = (
    "case_id", "patient_id", "image", "roi", "voxels", "volume_ml", "components", "touches_border", "grid_match",
    "n_nan", "constant", "roi_mean", "roi_sd", "roi_min", "roi_max", "largest_slice", "spacing_mm", "transform",
    "duplicate_of", "findings", "severity",
)  # fmt: skip
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class PairQuality:
    """One pair's numbers (None when it could not be read) and findings; picklable, so a job can make it."""

    case_id: str
    patient_id: str
    image: str
    roi: str
    row: QualityRow | None
    findings: tuple[Finding, ...]

    def to_row(self) -> dict[str, Any]:
        """Return the row of the quality table, without what needs other cases."""
        named = {"case_id": self.case_id, "patient_id": self.patient_id, "image": self.image, "roi": self.roi}
        if self.row is None:
            return named
        same = ("voxels", "volume_ml", "components", "touches_border", "n_nan", "constant",
                "roi_mean", "roi_sd", "roi_min", "roi_max", "transform")  # fmt: skip
        numbers = {name: getattr(self.row, name) for name in same}
        return named | numbers | {
            "grid_match": self.row.grid.matches, "largest_slice": self.row.largest_slice[0],
            "spacing_mm": geometry.numbers(self.row.spacing_mm),
        }  # fmt: skip


def quality_table(
    cohort: Cohort,
    cache: VolumeSource | None = None,
    progress: Progress | None = None,
    *,
    min_voxels: int = MIN_VOXELS,
    n_jobs: int = 1,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Check every pair of a cohort, excluded cases too.

    Parameters
    ----------
    cache : VolumeSource, optional
        ``CachedFiles``; without it files are read.
    progress : callable, optional
        Called as ``progress(done, total, what)``.
    n_jobs : int
        Number of threads; decompression and ITK release the interpreter.

    Returns
    -------
    (DataFrame, list of Finding)
        Columns ``QUALITY_COLUMNS``, one row per case, image and region.
    """
    checked: list[PairQuality] = []
    with ThreadPoolExecutor(max_workers=max(1, n_jobs)) as pool:
        batches = pool.map(lambda case: check_case(case, cache, min_voxels=min_voxels), cohort.cases)
        for done, (case, batch) in enumerate(zip(cohort.cases, batches, strict=True), start=1):
            checked.extend(batch)
            if progress:
                progress(done, len(cohort.cases), case.case_id)
    return assemble_quality(checked, cohort)


def check_case(case: Case, cache: VolumeSource | None = None, *, min_voxels: int = MIN_VOXELS) -> list[PairQuality]:
    """Check all pairs of one case, reading each file once; what cannot be read becomes a finding."""
    reader = _Once(cache)
    checked = [check_one(case, mask, reader, min_voxels=min_voxels) for mask in case.masks]
    masked = {mask.image for mask in case.masks}
    return checked + [_without_mask(case, image) for image in case.images if image.name not in masked]


def _without_mask(case: Case, image: ImageRef) -> PairQuality:
    missing = found(kinds.MISSING_MASK, case_id=case.case_id, image=image.name)
    return PairQuality(case.case_id, case.patient_id, image.name, "", None, (missing,))


def check_one(
    case: Case, mask: MaskRef, reader: VolumeSource | None = None, *, min_voxels: int = MIN_VOXELS
) -> PairQuality:
    """Check one region on one image of a case."""
    reader = reader or _Once(None)
    image = case.image(mask.image)
    about = About(case_id=case.case_id, image=mask.image, roi=mask.roi)
    findings = file_findings([*(image.files if image else ()), mask.file], about)
    row = None
    if image is None:
        findings.append(found(kinds.MISSING_IMAGE, **about, path=Path(mask.file.path).name))
    elif not any(f.code == kinds.FILE_MISSING.code for f in findings):
        row, more = _measure(image, mask, reader, about, min_voxels)
        findings += more
    return PairQuality(case.case_id, case.patient_id, mask.image, mask.roi, row, tuple(findings))


class _Once:
    """Reads each file of a case once."""

    def __init__(self, source: VolumeSource | None) -> None:
        self._source = source or FilesOnDisk()
        self._known: dict[tuple[str, ...], Volume] = {}

    def get(self, files: Sequence[FileRef], channel: int | None = None) -> Volume:
        key = (*(f.path for f in files), str(channel))
        if key not in self._known:
            self._known[key] = self._source.get(files, channel)
        return self._known[key]


def _measure(
    image: ImageRef, mask: MaskRef, reader: VolumeSource, about: About, min_voxels: int
) -> tuple[QualityRow | None, list[Finding]]:
    try:
        volume, label_map = reader.get(image.files), reader.get([mask.file])
    except ImageError as error:
        return None, [found(kinds.UNREADABLE, **about, problem=str(error))]
    try:
        region = labelled_region(label_map, mask.label)
    except ImageError:
        labels = ", ".join(str(v) for v in labels_in(label_map))
        return None, [found(kinds.MISSING_LABEL, **about, label=mask.label, labels=labels)]
    row = check_pair(volume, region)
    found_ways = placements(image.files, mask.file, volume, label_map)
    row = dataclasses.replace(row, transform=found_ways["image"].transform)
    return row, [*judge(row, volume, region, about, min_voxels), *placement_findings(found_ways, row, volume, about)]


def judge(row: QualityRow, image: Volume, mask: Volume, about: About, min_voxels: int = MIN_VOXELS) -> list[Finding]:
    """Turn the numbers of one pair into findings, the ones that stop first."""
    if row.voxels == 0:
        return [found(kinds.EMPTY_MASK, **about)]
    findings = []
    if not row.grid.matches:
        findings.append(found(kinds.GRID_MISMATCH, **about, reasons=", ".join(row.grid.reasons),
                              image_grid=describe_grid(image), mask_grid=describe_grid(mask)))  # fmt: skip
    if row.n_nan:
        findings.append(found(kinds.NAN_IN_ROI, **about, n=row.n_nan, voxels=row.voxels))
    if row.voxels < min_voxels:
        findings.append(found(kinds.TINY_ROI, **about, voxels=row.voxels, limit=min_voxels))
    if row.constant and row.voxels > 1:
        findings.append(found(kinds.CONSTANT_ROI, **about, value=row.roi_min))
    if row.touches_border:
        findings.append(found(kinds.TOUCHES_BORDER, **about))
    if row.n_nan_outside and row.grid.matches:
        findings.append(found(kinds.NAN_OUTSIDE, **about, n=row.n_nan_outside))
    if row.components > 1:
        findings.append(
            found(kinds.SEVERAL_COMPONENTS, **about, components=row.components, largest=row.largest_component)
        )
    return findings


def describe_grid(volume: Volume) -> str:
    """Return size and spacing in words, for example ``128 x 128 x 40 at 0.98 x 0.98 x 3.27 mm``."""
    size = " x ".join(str(n) for n in volume.size_xyz)
    return f"{size} at {' x '.join(f'{s:.3g}' for s in volume.spacing_mm)} mm"


def file_findings(files: Iterable[FileRef], about: About) -> list[Finding]:
    """Report files that have gone, or whose content differs from what was imported.

    A new size or a new time with another SHA-256 is a change; a new time alone is not.
    """
    findings = []
    for file in files:
        path = Path(file.path)
        if not path.is_file():
            findings.append(found(kinds.FILE_MISSING, **about, path=path.name))
        elif _has_changed(file, path):
            findings.append(found(kinds.FILE_CHANGED, **about, path=path.name))
    return findings


def _has_changed(file: FileRef, path: Path) -> bool:
    stat = path.stat()
    if not file.size and not file.mtime and not file.sha256:
        return False
    if file.size and stat.st_size != file.size:
        return True
    if abs(stat.st_mtime - file.mtime) < 1e-3:
        return False
    return not file.sha256 or file_digest(path) != file.sha256


def assemble_quality(checked: Sequence[PairQuality], cohort: Cohort) -> tuple[pd.DataFrame, list[Finding]]:
    """Make the table from checked pairs; this is where cases are compared with each other."""
    twins = _duplicates(checked)
    findings = [f for pair in checked for f in pair.findings]
    findings += [
        found(kinds.DUPLICATE_IMAGE, case_id=pair.case_id, image=pair.image, other=twins[pair.case_id, pair.image])
        for pair in _first_of_image(checked)
        if (pair.case_id, pair.image) in twins
    ]
    findings += _patients(cohort.cases)
    rows = [_table_row(pair, twins, findings) for pair in checked]
    return pd.DataFrame(rows, columns=list(QUALITY_COLUMNS)), findings


def _first_of_image(checked: Sequence[PairQuality]) -> list[PairQuality]:
    return list({(p.case_id, p.image): p for p in reversed(checked)}.values())[::-1]


def _duplicates(checked: Sequence[PairQuality]) -> dict[tuple[str, str], str]:
    """Map (case, image) to the first other case whose image has the same voxels."""
    owners: dict[tuple[str, str], list[str]] = {}
    for pair in checked:
        if pair.row:
            cases = owners.setdefault((pair.image, pair.row.image_digest), [])
            if pair.case_id not in cases:
                cases.append(pair.case_id)
    return {
        (case, image): next(c for c in cases if c != case)
        for (image, _digest), cases in owners.items()
        if len(cases) > 1
        for case in cases
    }


def _patients(cases: Iterable[Case]) -> list[Finding]:
    first: dict[str, str] = {}
    findings = []
    for case in cases:
        other = first.setdefault(case.patient_id, case.case_id)
        if other != case.case_id:
            findings.append(found(kinds.DUPLICATE_PATIENT, case_id=case.case_id, other=other, patient=case.patient_id))
    return findings


def _table_row(pair: PairQuality, twins: dict[tuple[str, str], str], findings: list[Finding]) -> dict[str, Any]:
    about = [f for f in findings if f.case_id == pair.case_id and f.image in ("", pair.image)
             and f.roi in ("", pair.roi)]  # fmt: skip
    worst = max((f.severity for f in about), key=SEVERITIES.index, default="")
    codes = " ".join(sorted({f.code for f in about}))
    return pair.to_row() | {
        "duplicate_of": twins.get((pair.case_id, pair.image), ""), "findings": codes, "severity": worst,
    }  # fmt: skip
