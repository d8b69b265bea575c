"""Names of columns: ``{image}__{roi}__{pyradiomics name}`` with slugs; one-image one-ROI tables use the plain name.

The table's ``columns`` say which image and region a column is of, so a name is never taken apart.
Only the two ends use this: extraction writes names, import reads them. Everything between asks ``feature_columns``.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from radiomics_core.files.digests import text_digest

FAMILIES = ("shape", "shape2D", "firstorder", "glcm", "glrlm", "glszm", "gldm", "ngtdm")
MAX_SLUG = 24
VOLUME_FEATURES = ("MeshVolume", "VoxelVolume")

_PYRADIOMICS_NAME = re.compile(
    rf"^(?:(?P<prefix>.+?)_{{1,2}})??(?P<filter>original|wavelet2?-[A-Z]+|log-sigma-[0-9-]+(?:mm|vox)?(?:-[23]D)?|"
    rf"square|squareroot|logarithm|exponential|gradient|lbp-[23]D(?:-[a-z0-9]+)?)_"
    rf"(?P<family>{'|'.join(FAMILIES)})_(?P<feature>[A-Za-z0-9]+)$"
)
_FULL_NAME = re.compile(
    rf"^(?P<prefix>[^_]+__[^_]+)__(?P<filter>[^_]+)_(?P<family>{'|'.join(FAMILIES)})_(?P<feature>[A-Za-z0-9]+)$"
)
"""A column of ours that names image and region: whatever stands before the family is a filter."""


def slug(text: str) -> str:
    """Return a name for columns and folders: letters and digits, every other run of characters as one hyphen.

    Names whose letters all have an ASCII form get it (``Läsion`` becomes ``Lasion``); in others every letter stays, so
    that two Chinese names have two slugs. Signs alone become ``x-`` and a digest; only the empty text gives ``x``.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    kept = plain if _letters(plain) == _letters(text) else unicodedata.normalize("NFC", text)
    return "-".join(re.findall(r"[^\W_]+", kept)) or ("x" if not text else f"x-{_short_digest(text)}")


def unique_slug(text: str) -> str:
    """Return a slug that no other text has, for files beside each other: a digest stands for what a slug drops."""
    short = slug(text)[:MAX_SLUG]
    return short if short == text else f"{short}-{_short_digest(text)}"


def slugs(texts: Iterable[str]) -> dict[str, str]:
    """Return the slug of each text; those that would share one (``T1 post``, ``T1-post``) get a digest."""
    made = {text: slug(text) for text in dict.fromkeys(texts)}
    shared = {one for one, n in Counter(made.values()).items() if n > 1}
    return {text: unique_slug(text) if one in shared else one for text, one in made.items()}


def column_name(image: str, roi: str, feature_name: str, *, single: bool = False) -> str:
    """Return a column's name from slugs; ``single`` for a table of one image and one region."""
    return feature_name if single else f"{image}__{roi}__{feature_name}"


def _letters(text: str) -> int:
    return sum(unicodedata.category(sign)[0] in "LN" for sign in unicodedata.normalize("NFKD", text))


def _short_digest(text: str) -> str:
    return text_digest(unicodedata.normalize("NFC", text))[:8]


def split_feature_name(name: str) -> tuple[str, str, str, str] | None:
    """Return (prefix, filter, family, feature) of a pyradiomics-style name or a full one, None for any other name.

    ``prefix`` is what stands before (``"CT"``, ``"CT__GTV"`` or ``""``).
    """
    match = _PYRADIOMICS_NAME.match(name.strip()) or _FULL_NAME.match(name.strip())
    if match is None:
        return None
    return match["prefix"] or "", match["filter"], match["family"], match["feature"]


def split_engine_name(name: str) -> tuple[str, str, str] | None:
    """Return (filter, family, feature) of a name as an engine gives it, whatever the filter; None for any other."""
    image, family, feature = ["", "", *name.rsplit("_", 2)][-3:]
    return (image, family, feature) if image and "_" not in image and family in FAMILIES else None
