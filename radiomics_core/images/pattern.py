"""Pairing patterns: editable text with ``{case}``, ``{image}`` and ``{roi}`` fields that says which file is what.

``{case}/{image}.nii.gz + {case}/{image}_mask.nii.gz`` reads: the part before ``+`` names images, the part after it
masks. ``{image:CT|PET}`` allows only these values, ``*`` stands for anything within one folder level. Without an
ending a pattern fits files of any format (and DICOM series by their folder).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from radiomics_core.errors import SettingsError
from radiomics_core.i18n import lazy_
from radiomics_core.imaging.reading import volume_extension

FIELDS = ("case", "image", "roi")
_PIECE = re.compile(r"\{(?P<field>[a-z]+)(?::(?P<allowed>[^{}]*))?\}|(?P<any>\*)")


@dataclass(frozen=True)
class PairingPattern:
    """How the names of image and mask files are built; ``mask`` empty means that there are no masks."""

    image: str
    mask: str = ""

    def __post_init__(self) -> None:
        _check(self.image, needed="case")
        if self.mask:
            _check(self.mask, needed="case")

    @property
    def text(self) -> str:
        """The pattern as one editable line."""
        return f"{self.image} + {self.mask}" if self.mask else self.image

    @classmethod
    def from_text(cls, text: str) -> PairingPattern:
        """Make a pattern from its line; raises SettingsError saying what is wrong."""
        image, _plus, mask = text.partition(" + ")
        return cls(image.strip(), mask.strip())

    @cached_property
    def image_expression(self) -> re.Pattern[str]:
        """Regular expression of image paths."""
        return compile_pattern(self.image)

    @cached_property
    def mask_expression(self) -> re.Pattern[str] | None:
        """Regular expression of mask paths, None without masks."""
        return compile_pattern(self.mask) if self.mask else None

    def fits_image(self, relative: str) -> dict[str, str] | None:
        """Return the fields of an image path, None when it does not fit."""
        return _fields(self.image, self.image_expression, relative)

    def fits_mask(self, relative: str) -> dict[str, str] | None:
        """Return the fields of a mask path, None when it does not fit."""
        return _fields(self.mask, self.mask_expression, relative) if self.mask_expression else None


def _fields(pattern: str, expression: re.Pattern[str] | None, relative: str) -> dict[str, str] | None:
    if expression is None:
        return None
    bare = "" if volume_extension(pattern) else volume_extension(relative)
    match = expression.fullmatch(relative[: len(relative) - len(bare)])
    return match.groupdict() if match else None


def _check(pattern: str, needed: str) -> None:
    fields = [m["field"] for m in _PIECE.finditer(pattern) if m["field"]]
    unknown = [f for f in fields if f not in FIELDS]
    if unknown:
        raise SettingsError(
            lazy_("'{{{field}}}' is not a field of a pairing pattern"),
            remedy=lazy_("Use {{case}}, {{image}} and {{roi}}"), field=unknown[0],
        )  # fmt: skip
    if needed not in fields:
        raise SettingsError(
            lazy_("the pattern '{pattern}' does not say where the case id stands"),
            remedy=lazy_("Put {{case}} at the place of the case id, for example {{case}}/{{image}}.nii.gz"),
            pattern=pattern,
        )  # fmt: skip


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return the regular expression of one pattern; a field that occurs again must have the same value."""
    seen: set[str] = set()
    parts, at = [], 0
    for piece in _PIECE.finditer(pattern):
        parts.append(re.escape(pattern[at : piece.start()]))
        parts.append(_expression(piece, seen))
        at = piece.end()
    parts.append(re.escape(pattern[at:]))
    return re.compile("".join(parts))


def _expression(piece: re.Match[str], seen: set[str]) -> str:
    if piece["any"]:
        return "[^/]*"
    field = piece["field"]
    if field in seen:
        return f"(?P={field})"
    seen.add(field)
    if piece["allowed"]:
        longest_first = sorted(piece["allowed"].split("|"), key=len, reverse=True)
        return f"(?P<{field}>{'|'.join(re.escape(a) for a in longest_first)})"
    return f"(?P<{field}>[^/]+{'' if field == 'case' else '?'})"
