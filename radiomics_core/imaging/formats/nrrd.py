"""NRRD: ITK takes 1 mm or the origin where it says nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from radiomics_core.i18n import lazy_
from radiomics_core.imaging.formats.image_reader import ImageReader
from radiomics_core.imaging.formats.text_header import text_fields, wrong_in_text
from radiomics_core.imaging.placement import Placement
from radiomics_core.imaging.volume import Volume
from radiomics_core.registry import Choice

_ANATOMICAL = re.compile(r"(left|right)-(posterior|anterior)-(superior|inferior)(-time)?|[lr][pa][si]t?", re.IGNORECASE)


class Nrrd(ImageReader):
    """NRRD, in one file or with a header of its own."""

    extensions = (".seg.nrrd", ".nrrd", ".nhdr")
    mask_extensions = (".seg.nrrd",)
    data_field = re.compile(r"^[ \t]*data[ \t]*file[ \t]*:(?!=)[ \t]*([^\r\n]*)|^\r?\n", re.IGNORECASE | re.MULTILINE)

    def wrong_field(self, path: Path) -> tuple[str, str] | None:
        """See :class:`ImageReader`."""
        return wrong_in_text(path)

    def placement(self, paths: Sequence[Path], volume: Volume) -> Placement:
        """See :class:`ImageReader`."""
        fields = text_fields(paths[0])
        missing = []
        if "space directions" not in fields and "spacings" not in fields:
            missing.append("spacing")
        if "space origin" not in fields:
            missing.append("position")
        if "space directions" not in fields or not _ANATOMICAL.fullmatch(fields.get("space", "")):
            missing.append("direction")
        if fields.get("dimension") == "2":
            missing.append("thickness")
        units = set(re.findall(r'"([^"]*)"', fields.get("space units", ""))) - {"", "mm", "millimeter", "millimetre"}
        return Placement("none" if "direction" in missing else "header", 0.0, "other" if units else "", tuple(missing))


CHOICE: Choice[ImageReader] = Choice(
    name="nrrd",
    label=lazy_("NRRD"),
    build=Nrrd,
    help=lazy_("One file, or a header (.nhdr) with its voxels beside it; segmentations of 3D Slicer end in .seg.nrrd."),
)
