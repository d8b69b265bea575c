"""What a cohort is: cases with images and masks, who is excluded and why, and what each clinical column is for."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["development", "external"]
Source = Literal["referenced", "stored"]
ColumnType = Literal["number", "ordered", "category", "date", "text"]
ColumnRole = Literal[
    "id", "patient", "predictor", "treatment", "outcome", "centre", "group", "volume", "imaging_date", "ignore"
]
Recorded = Literal["", "at_imaging", "by_date"]

COLUMN_ROLES: tuple[ColumnRole, ...] = (
    "ignore", "predictor", "outcome", "id", "patient", "centre", "group", "treatment", "volume",
    "imaging_date",
)  # fmt: skip
"""``ignore`` comes first because it is the default: a column is not a predictor until somebody says so."""

MODALITIES = ("CT", "MR", "PT", "US", "MG", "NM", "OPT", "")


@dataclass(frozen=True)
class FileRef:
    """A file outside (referenced) or inside (stored) the study folder, with what proves it unchanged."""

    path: str
    source: Source = "referenced"
    size: int = 0
    mtime: float = 0.0
    sha256: str = ""


@dataclass(frozen=True)
class ImageRef:
    """One intensity volume of a case. ``files`` holds one file, or the slices of a DICOM series in order."""

    name: str
    files: tuple[FileRef, ...]
    modality: str = ""
    acquired: str = ""

    @property
    def path(self) -> str:
        """The file, or the first slice of a series."""
        return self.files[0].path


@dataclass(frozen=True)
class MaskRef:
    """One region of a case on the grid of one image. ``label`` None means every non-zero voxel."""

    roi: str
    image: str
    file: FileRef
    label: int | None = None


@dataclass(frozen=True)
class Case:
    """One unit of analysis; cases of one ``patient_id`` always stay in the same fold."""

    case_id: str
    patient_id: str
    images: tuple[ImageRef, ...] = ()
    masks: tuple[MaskRef, ...] = ()
    timepoint: str = ""
    acquisition: str = ""
    reader: str = ""
    role: Role = "development"
    centre: str = ""

    def image(self, name: str) -> ImageRef | None:
        """Return the image of that name, None when the case has none."""
        return next((image for image in self.images if image.name == name), None)

    def mask(self, image: str, roi: str) -> MaskRef | None:
        """Return the mask of a region on an image, None when the case has none."""
        return next((m for m in self.masks if m.image == image and m.roi == roi), None)


@dataclass(frozen=True)
class Exclusion:
    """A case left out of analysis, with the reason; ``image``/``roi`` empty means the whole case."""

    case_id: str
    reason: str
    image: str = ""
    roi: str = ""
    code: str = ""


@dataclass(frozen=True)
class ColumnSpec:
    """What a clinical column is: its type, its role (default: not a predictor) and when it was known.

    Attributes
    ----------
    recorded : {"", "at_imaging", "by_date"}
        Of a predictor: nobody has said, known when the image was made, or on the date in ``date_column``.
    """

    name: str
    type: ColumnType = "text"
    role: ColumnRole = "ignore"
    unit: str = ""
    order: tuple[str, ...] = ()
    recorded: Recorded = ""
    date_column: str = ""


@dataclass(frozen=True)
class Cohort:
    """Cases analysed together, in ``case_id`` order, and the cases left out."""

    cases: tuple[Case, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()

    def __len__(self) -> int:
        return len(self.cases)

    def case(self, case_id: str) -> Case:
        """Return the case of that id; raises ``KeyError``."""
        for case in self.cases:
            if case.case_id == case_id:
                return case
        raise KeyError(case_id)

    def excluded_ids(self) -> set[str]:
        """Return the ids of cases excluded as a whole."""
        return {e.case_id for e in self.exclusions if not e.image and not e.roi}

    def included(self, role: Role | None = None) -> tuple[Case, ...]:
        """Return the cases that are analysed, of one role or of both."""
        out = self.excluded_ids()
        return tuple(c for c in self.cases if c.case_id not in out and (role is None or c.role == role))

    def image_names(self) -> list[str]:
        """Return the names of images that occur, in order of first appearance."""
        return list(dict.fromkeys(image.name for case in self.cases for image in case.images))

    def rois(self, image: str | None = None) -> list[str]:
        """Return the names of regions that occur (on one image or on any), in order of first appearance."""
        masks = (m for case in self.cases for m in case.masks if image is None or m.image == image)
        return list(dict.fromkeys(m.roi for m in masks))

    def replace(self, **changes: Any) -> Cohort:
        """Return a copy with some fields changed."""
        return dataclasses.replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-serialisable form."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Cohort:
        """Make a cohort from its stored form."""
        return cls(
            cases=tuple(_case(c) for c in stored["cases"]),
            exclusions=tuple(Exclusion(**e) for e in stored["exclusions"]),
        )


def _case(stored: dict[str, Any]) -> Case:
    images = tuple(ImageRef(**{**i, "files": tuple(FileRef(**f) for f in i["files"])}) for i in stored["images"])
    masks = tuple(MaskRef(**{**m, "file": FileRef(**m["file"])}) for m in stored["masks"])
    return Case(**{**stored, "images": images, "masks": masks})


@dataclass(frozen=True)
class ClinicalTableFormat:
    """How a clinical table file is read; guessed by the sniffer, shown and corrected by the user.

    Attributes
    ----------
    separator, decimal, encoding : str
        Of a text file; a workbook has none.
    header_row : int
        Row of the column names, counted from 0 (rows above it are skipped); -1 when the file has no names.
    sheet : str
        Sheet of a workbook.
    missing_codes : tuple of str
        Cells that mean "missing" in every column (compared without case and surrounding blanks).
    header_rows : int
        2 when the names are spread over two rows.
    column_missing_codes : tuple of (column, code)
        Codes that mean "missing" in one column only, such as 999 where every other age is below 100.
    """

    separator: str = ","
    decimal: str = "."
    encoding: str = "utf-8"
    header_row: int = 0
    sheet: str = ""
    missing_codes: tuple[str, ...] = field(default_factory=tuple)
    header_rows: int = 1
    column_missing_codes: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> ClinicalTableFormat:
        """Make a format from ``dataclasses.asdict`` of one, also after a round trip through JSON."""
        pairs = tuple((str(column), str(code)) for column, code in stored.get("column_missing_codes", ()))
        codes = tuple(stored.get("missing_codes", ()))
        return cls(**{**stored, "missing_codes": codes, "column_missing_codes": pairs})
