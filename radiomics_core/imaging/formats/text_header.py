"""What NRRD and MetaImage share: a header of text lines."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from radiomics_core.imaging.placement import NUMBER

_MOST_TEXT = 1 << 20


def wrong_in_text(path: Path) -> tuple[str, str] | None:
    """Return a field with a size, position or direction that is no number or not positive; None when all can be."""
    fields = text_fields(path)
    for key in ("elementspacing", "elementsize", "spacings", "transformmatrix", "rotation", "orientation",
                "offset", "position", "origin", "space origin", "space directions"):  # fmt: skip
        found = [float(n) for n in NUMBER.findall(fields.get(key, ""))]
        sizes = key in ("elementspacing", "elementsize", "spacings")
        bad = [n for n in found if not np.isfinite(n) or (sizes and n <= 0)]
        if bad and not (key == "spacings" and all(np.isnan(bad))):  # NaN there means: an axis that is no space
            return key, fields[key][:80]
    return None


def text_fields(path: Path) -> dict[str, str]:
    """Return the ``key: value`` or ``key = value`` lines of a text header, keys in lower case."""
    with path.open("rb") as stream:
        raw = stream.read(_MOST_TEXT)
    sign = b":" if raw.startswith(b"NRRD") else b"="
    end = re.search(rb"\r?\n\r?\n" if sign == b":" else rb"ElementDataFile", raw)
    lines = (raw[: end.start()] if end else raw).splitlines()
    parts = (line.partition(sign) for line in lines if sign in line and not line.startswith(b"#"))
    return {key.decode("latin-1").strip().lower(): value.decode("latin-1").strip() for key, _, value in parts}
