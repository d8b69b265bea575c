"""Names of columns: ``{image}__{roi}__{pyradiomics name}`` with slugs; one-image one-ROI tables use the plain name.

Only the two ends use this: extraction writes names, import reads them. Everything between asks ``feature_columns``.
"""

from __future__ import annotations

import re
import unicodedata

FAMILIES = ("shape", "shape2D", "firstorder", "glcm", "glrlm", "glszm", "gldm", "ngtdm")
VOLUME_FEATURES = ("MeshVolume", "VoxelVolume")

_PYRADIOMICS_NAME = re.compile(
    rf"^(?:(?P<prefix>.+?)_{{1,2}})??(?P<filter>original|wavelet2?-[A-Z]+|log-sigma-[0-9-]+(?:mm|vox)?(?:-[23]D)?|"
    rf"square|squareroot|logarithm|exponential|gradient|lbp-[23]D(?:-[a-z0-9]+)?)_"
    rf"(?P<family>{'|'.join(FAMILIES)})_(?P<feature>[A-Za-z0-9]+)$"
)


def slug(text: str) -> str:
    """Return the text with every run of characters outside ``[A-Za-z0-9]`` as one hyphen; never empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-") or "x"


def column_name(image: str, roi: str, feature_name: str, *, single: bool = False) -> str:
    """Return a column's name; ``single`` for a table of one image and one region."""
    return feature_name if single else f"{slug(image)}__{slug(roi)}__{feature_name}"


def split_feature_name(name: str) -> tuple[str, str, str, str] | None:
    """Return (prefix, filter, family, feature) of a pyradiomics-style name, None for any other name.

    ``prefix`` is what stands before (``"CT"``, ``"CT__GTV"`` or ``""``).
    """
    match = _PYRADIOMICS_NAME.match(name.strip())
    if match is None:
        return None
    return match["prefix"] or "", match["filter"], match["family"], match["feature"]
