"""DICOM series: which files belong together, in what order, and what is odd about them. Pixels are not read here."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from radiomics_core.findings import Finding, found
from radiomics_core.i18n import english, lazy_
from radiomics_core.images.kinds import COMES_LATER, IRREGULAR_SPACING, UNREADABLE_MEMBER, UNUSABLE_SERIES
from radiomics_core.imaging.formats.dicom import starts_like_dicom
from radiomics_core.imaging.geometry import grid_problem
from radiomics_core.imaging.reading import Header
from radiomics_core.naming import slug

TAGS = [
    "SOPClassUID", "SeriesInstanceUID", "SeriesNumber", "SeriesDescription", "Modality", "AcquisitionDate",
    "StudyDate", "ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "SliceThickness", "Rows",
    "Columns", "NumberOfFrames", "SamplesPerPixel", "InstanceNumber", "PatientName", "PatientID",
]  # fmt: skip
RTSTRUCT_CLASS, SEG_CLASS = "1.2.840.10008.5.1.4.1.1.481.3", "1.2.840.10008.5.1.4.1.1.66.4"
NUMBERS = {
    "SeriesNumber": (1, False), "Rows": (1, False), "Columns": (1, False), "NumberOfFrames": (1, False),
    "SamplesPerPixel": (1, False), "ImagePositionPatient": (3, False), "ImageOrientationPatient": (6, False),
    "PixelSpacing": (2, True), "SliceThickness": (1, False),
}  # fmt: skip
"""How many numbers a tag holds, and whether they are sizes."""
IRREGULAR_FRACTION = 0.02
"""Gaps that differ by more than 2 % of their median are irregular; scanners round positions to 0.01 mm."""


@dataclass(frozen=True)
class Series:
    """The files of one DICOM series, sorted along the slice normal."""

    files: tuple[str, ...]
    kind: Literal["dicom", "rtstruct", "seg", "unreadable"]
    name: str = ""
    modality: str = ""
    acquired: str = ""
    header: Header | None = None
    gaps_mm: tuple[float, ...] = ()
    problem: str = ""
    persons: frozenset[str] = frozenset()

    def is_irregular(self) -> bool:
        """Slices are missing, doubled or unevenly spaced."""
        if not self.gaps_mm:
            return False
        step = float(np.median(self.gaps_mm))
        return step <= 0 or float(np.max(np.abs(np.subtract(self.gaps_mm, step)))) > IRREGULAR_FRACTION * step

    def n_missing(self) -> int:
        """Number of slices that seem to be absent between the present ones."""
        step = float(np.median(self.gaps_mm)) if self.gaps_mm else 0.0
        return 0 if step <= 0 else int(sum(max(0, round(g / step) - 1) for g in self.gaps_mm))

    def findings(self, path: str) -> list[Finding]:
        """Return what a user should know about this series."""
        if self.kind in ("rtstruct", "seg"):
            return [found(COMES_LATER, path=path, object_type=self.kind.upper())]
        if self.kind == "unreadable":
            if not self.header and not self.name:
                return [found(UNREADABLE_MEMBER, problem=self.problem)]
            return [found(UNUSABLE_SERIES, path=path, problem=self.problem)]
        if not self.is_irregular():
            return []
        least, most = round(min(self.gaps_mm), 3), round(max(self.gaps_mm), 3)
        return [found(IRREGULAR_SPACING, path=path, least=least, most=most, missing=self.n_missing())]


def group_series(paths: list[Path]) -> list[Series]:
    """Group files by series and sort each along its slice normal; unreadable files become their own entry."""
    groups: dict[str, list[tuple[Path, Any]]] = {}
    result: list[Series] = []
    for path in sorted(paths):
        try:
            dataset = _read_tags(path)
        except Exception as error:  # noqa: BLE001 - pydicom raises anything; one bad file never stops the others
            why = str(error) or type(error).__name__
            problem = english(lazy_("'{name}' cannot be read as DICOM: {error}"), name=path.name, error=why)
            result.append(Series((str(path),), "unreadable", problem=problem))
            continue
        groups.setdefault(str(dataset.get("SeriesInstanceUID", "")), []).append((path, dataset))
    ordered = sorted(groups.values(), key=lambda group: int(group[0][1].get("SeriesNumber") or 0))
    return [*(_with_persons(_one_series(group), group) for group in ordered), *result]


def _with_persons(series: Series, group: list[tuple[Path, Any]]) -> Series:
    names = {(str(d.get("PatientName") or ""), str(d.get("PatientID") or "")) for _, d in group}
    return dataclasses.replace(series, persons=frozenset().union(*(person_words(*name) for name in names)))


def person_words(name: object, patient_id: object) -> frozenset[str]:
    """Return the parts of a patient's name (lower case, three letters or more; Chinese as one word).

    A part that is also in the patient id is none: de-identified series often carry the id as a name.
    """
    text = str(name or "").lower()
    chinese = {"".join(re.findall(r"[\u4e00-\u9fff]", group)) for group in text.split("=")}
    parts = set(re.findall(r"[^\W\d_]{3,}", text)) | {word for word in chinese if len(word) > 1}
    return frozenset(parts - set(re.findall(r"[^\W\d_]{3,}", str(patient_id or "").lower())))


def _read_tags(path: Path) -> Any:
    import pydicom
    from pydicom.errors import InvalidDicomError

    try:
        dataset = pydicom.dcmread(
            path, stop_before_pixels=True, specific_tags=list(TAGS), force=starts_like_dicom(path)
        )
    except InvalidDicomError as error:
        raise ValueError(lazy_("no DICOM header").template) from error
    if "SOPClassUID" not in dataset and "Rows" not in dataset:
        raise ValueError(lazy_("no image in it").template)
    _check_values(dataset)
    return dataset


def _check_values(dataset: Any) -> None:
    """Look at every value now, since pydicom converts (and fails) when one is asked for; raise ValueError."""
    for tag in TAGS:
        value = dataset.get(tag)
        if tag not in NUMBERS or value is None or str(value) in ("", "[]"):
            continue
        count, is_size = NUMBERS[tag]
        numbers = np.atleast_1d(np.asarray(value, float))
        if numbers.shape != (count,) or not np.isfinite(numbers).all():
            raise ValueError(english(lazy_("{tag} is not {count} finite numbers"), tag=tag, count=count))
        if is_size and numbers.min() <= 0:
            raise ValueError(english(lazy_("{tag} is not positive"), tag=tag))


def _one_series(group: list[tuple[Path, Any]]) -> Series:
    files, first = tuple(str(path) for path, _ in group), group[0][1]
    acquired = str(first.get("AcquisitionDate") or first.get("StudyDate") or "")
    modality = str(first.get("Modality") or "")
    name = slug(f"{first.get('SeriesNumber') or ''} {first.get('SeriesDescription') or modality or 'series'}")
    uid = str(first.get("SOPClassUID") or "")
    if uid == RTSTRUCT_CLASS:
        return Series(files, "rtstruct", name, modality, acquired)
    if uid == SEG_CLASS:
        return Series(files, "seg", name, modality, acquired)
    problem = _problem([dataset for _, dataset in group])
    if problem:
        return Series(files, "unreadable", name, modality, acquired, problem=problem)
    return _sorted_series(group, name, modality, acquired)


def _problem(datasets: list[Any]) -> str:
    """Return why these slices are not one volume, ``""`` when they are."""
    sizes = sorted({(int(d.get("Rows") or 0), int(d.get("Columns") or 0)) for d in datasets})
    shown = ", ".join(f"{rows} x {columns}" for rows, columns in sizes)
    several = lazy_("its slices have different sizes ({sizes}), one is expected")
    checks = (
        (_any_above_one(datasets, "NumberOfFrames"), lazy_("it is multi-frame, single-frame slices are expected")),
        (len(sizes) > 1, several),
        (sizes[0] == (0, 0), lazy_("it holds no pixels")),
        (_any_above_one(datasets, "SamplesPerPixel"), lazy_("it is a colour image, a greyscale one is expected")),
        (not _are_placed(datasets), lazy_("its slices do not say where they lie in the patient")),
        (not _are_parallel(datasets), lazy_("its slices have different orientations (a localiser?)")),
        (not _have_one_pixel_size(datasets), lazy_("its slices do not give one pixel size")),
        (not _are_square(datasets), lazy_("its rows and columns are not at right angles")),
    )
    return next((english(words, sizes=shown) for fails, words in checks if fails), "")


def _any_above_one(datasets: list[Any], tag: str) -> bool:
    return any(int(d.get(tag) or 1) > 1 for d in datasets)


def _are_placed(datasets: list[Any]) -> bool:
    return all(d.get("ImagePositionPatient") and d.get("ImageOrientationPatient") for d in datasets)


def _are_parallel(datasets: list[Any]) -> bool:
    turns = [np.array(d.ImageOrientationPatient, float) for d in datasets if d.get("ImageOrientationPatient")]
    return all(float(np.max(np.abs(turn - turns[0]))) <= 1e-3 for turn in turns)


def _have_one_pixel_size(datasets: list[Any]) -> bool:
    sizes = [np.array(d.PixelSpacing, float) if d.get("PixelSpacing") else None for d in datasets]
    return all(s is not None and sizes[0] is not None and np.allclose(s, sizes[0], atol=1e-3) for s in sizes)


def _are_square(datasets: list[Any]) -> bool:
    turn = datasets[0].get("ImageOrientationPatient")
    if not turn:
        return True
    row, column = np.array(turn, float).reshape(2, 3)
    direction = np.stack([row, column, np.cross(row, column)], axis=1).ravel()
    return grid_problem((1, 1, 1), (0, 0, 0), direction.tolist()) is None


def _sorted_series(group: list[tuple[Path, Any]], name: str, modality: str, acquired: str) -> Series:
    first = group[0][1]
    row, column = np.array(first.ImageOrientationPatient, float).reshape(2, 3)
    normal = np.cross(row, column)
    at = [float(np.dot(normal, np.array(d.ImagePositionPatient, float))) for _, d in group]
    order = np.argsort(at, kind="stable")
    files = tuple(str(group[i][0]) for i in order)
    gaps = tuple(float(g) for g in np.diff(np.sort(at)))
    lowest = group[order[0]][1]
    between = float(np.mean(gaps)) if gaps else float(first.get("SliceThickness") or 1.0)
    dy, dx = (float(v) for v in first.PixelSpacing)
    x, y, z = (float(v) for v in lowest.ImagePositionPatient)
    direction = tuple(float(v) for v in np.stack([row, column, normal], axis=1).ravel())
    size = (int(first.Columns), int(first.Rows), len(files))
    header = Header(size, (dx, dy, between), (x, y, z), direction, 1, modality != "PT", {})
    return Series(files, "dicom", name, modality, acquired, header, gaps)
