"""DICOM: one slice a file, recognised by content; which files are one series is told by their tags.

Grouping and sorting is discovery and stands in :mod:`radiomics_core.images.dicom_series`.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from radiomics_core.i18n import lazy_
from radiomics_core.imaging.formats.image_reader import ImageReader
from radiomics_core.imaging.formats.itk import ITK_ERRORS, unreadable
from radiomics_core.imaging.placement import Placement
from radiomics_core.imaging.volume import Volume
from radiomics_core.registry import Choice

DICOM_ENDINGS = (".dcm", ".ima", ".dicom")
NEVER_DICOM = frozenset({
    ".bak", ".old", ".orig", ".tmp", ".swp", ".txt", ".csv", ".tsv", ".json", ".xml", ".html", ".pdf", ".doc", ".docx",
    ".xls", ".xlsx", ".zip", ".gz", ".raw", ".zraw", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".py", ".sqlite",
})  # fmt: skip
"""Endings of copies and of other things: not opened, so that a copy of a slice never becomes a second slice."""
FIRST_REPRESENTATIONS = (b"UL", b"OB", b"UI", b"CS", b"SH", b"LO", b"DA", b"TM", b"PN", b"ST", b"DT")
LAST_FIRST_ELEMENT = 0x60


class Dicom(ImageReader):
    """The slices of a DICOM series, in the given order."""

    is_series = True

    def sniff(self, path: Path) -> bool:
        """See :class:`ImageReader`; a file that ends in ``.dcm`` is taken at its word, and a backup is none."""
        ending = path.suffix.lower()
        if ending in NEVER_DICOM or ending.endswith("~"):
            return False
        return ending in DICOM_ENDINGS or starts_like_dicom(path)

    def image(self, paths: Sequence[Path]) -> Any:
        """See :class:`ImageReader`."""
        import SimpleITK as sitk

        reader = sitk.ImageSeriesReader()
        reader.SetImageIO("GDCMImageIO")
        reader.SetFileNames([str(path) for path in paths])
        try:
            image = reader.Execute()
        except ITK_ERRORS as error:
            raise unreadable(paths[0], error) from error
        return _as_thick_as_it_says(image, paths[0]) if len(paths) == 1 else image

    def placement(self, paths: Sequence[Path], volume: Volume) -> Placement:
        """See :class:`ImageReader`; how thick its only slice is, is one field that may be left out."""
        is_unknown = len(paths) == 1 and volume.size_xyz[2] == 1 and slice_thickness_mm(paths[0]) is None
        return Placement("dicom", missing=("thickness",) if is_unknown else ())


def _as_thick_as_it_says(image: Any, path: Path) -> Any:
    """Give a single slice its thickness: ITK knows distances between slices only, and takes 1 mm."""
    thickness = slice_thickness_mm(path) if image.GetDimension() == 3 and image.GetSize()[2] == 1 else None
    if thickness is not None:
        image.SetSpacing((*image.GetSpacing()[:2], thickness))
    return image


def slice_thickness_mm(path: Path) -> float | None:
    """Return how thick a DICOM file says that its slice is; None when it says nothing usable."""
    import pydicom

    header = pydicom.dcmread(path, stop_before_pixels=True, force=True, specific_tags=["SliceThickness"])
    try:
        thickness = float(header.get("SliceThickness") or 0)
    except (TypeError, ValueError):  # no number, or several
        return None
    return thickness if 0 < thickness < np.inf else None


def starts_like_dicom(path: Path) -> bool:
    """Tell whether a file begins with a preamble and ``DICM``, or (written without them) with a first data element."""
    try:
        with path.open("rb") as stream:
            head = stream.read(132)
    except OSError:
        return False
    return head[128:] == b"DICM" or _is_first_element(head[:8])


def _is_first_element(head: bytes) -> bool:
    """Tell whether 8 bytes are a plausible first element: group 2 or 8, then a known representation or short length."""
    if len(head) < 8:
        return False
    group, element, length = struct.unpack("<HHI", head)
    if head[4:6] in FIRST_REPRESENTATIONS:
        return bool(group in (2, 8) and element <= LAST_FIRST_ELEMENT)
    return bool(group == 8 and element <= LAST_FIRST_ELEMENT and length <= 128 and length % 2 == 0)


CHOICE: Choice[ImageReader] = Choice(
    name="dicom",
    label=lazy_("DICOM"),
    build=Dicom,
    help=lazy_("A folder of slices, whatever their endings."),
)
