"""MetaImage: ITK takes 1 mm or the origin where it says nothing."""

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


class MetaImage(ImageReader):
    """MetaImage, in one file or with a header of its own."""

    extensions = (".mha", ".mhd")
    data_field = re.compile(r"ElementDataFile[\s\0]*[=:][ \t\0]*([^\r\n]*)", re.IGNORECASE)

    def wrong_field(self, path: Path) -> tuple[str, str] | None:
        """See :class:`ImageReader`."""
        return wrong_in_text(path)

    def placement(self, paths: Sequence[Path], volume: Volume) -> Placement:
        """See :class:`ImageReader`."""
        fields = text_fields(paths[0])
        wanted = {"spacing": ("elementspacing", "elementsize"), "position": ("offset", "position", "origin"),
                  "direction": ("transformmatrix", "rotation", "orientation")}  # fmt: skip
        missing = tuple(name for name, keys in wanted.items() if not any(key in fields for key in keys))
        missing += ("thickness",) if fields.get("ndims") == "2" else ()
        units = fields.get("distanceunits", "mm").lower() not in ("mm", "?", "")
        return Placement("none" if "direction" in missing else "header", 0.0, "other" if units else "", missing)


CHOICE: Choice[ImageReader] = Choice(
    name="meta_image",
    label=lazy_("MetaImage"),
    build=MetaImage,
    help=lazy_("One file (.mha), or a header (.mhd) with its voxels beside it."),
)
