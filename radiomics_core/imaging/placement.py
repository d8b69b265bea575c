"""How a file says where its volume lies: which transform was used, and what ITK decided without a word."""

from __future__ import annotations

import re
from dataclasses import dataclass

from radiomics_core.i18n import LazyText, lazy_

TRANSFORM_WORDS: dict[str, LazyText] = {
    "sform": lazy_("sform"),
    "qform": lazy_("qform"),
    "both": lazy_("sform and qform (equal)"),
    "none": lazy_("none in the header"),
    "header": lazy_("header"),
    "dicom": lazy_("DICOM positions"),
}
MISSING_WORDS: dict[str, LazyText] = {
    "spacing": lazy_("how large a voxel is (1 mm was taken)"),
    "position": lazy_("where the volume lies (0, 0, 0 was taken)"),
    "thickness": lazy_("how thick its slice is (1 mm was taken)"),
    "direction": lazy_("which way is left, front and head (an unturned patient was taken)"),
}
UNIT_WORDS: dict[str, LazyText] = {
    "metre": lazy_("metres, converted to millimetres"),
    "micrometre": lazy_("micrometres, converted to millimetres"),
    "other": lazy_("a unit that is not millimetres, read as millimetres"),
}
_NOTE = "placed:"
NUMBER = re.compile(r"[+-]?(?:nan|inf(?:inity)?|\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)", re.IGNORECASE)


@dataclass(frozen=True)
class Placement:
    """How one file was placed in the patient.

    Attributes
    ----------
    transform : str
        Key of ``TRANSFORM_WORDS``: what the position and direction were read from.
    apart_mm : float
        How far the header's own transforms place a corner from where it was read; 0 when they agree.
    unit : str
        Key of ``UNIT_WORDS``; ``""`` for millimetres.
    missing : tuple of str
        Keys of ``MISSING_WORDS``: what the header does not say.
    """

    transform: str
    apart_mm: float = 0.0
    unit: str = ""
    missing: tuple[str, ...] = ()

    def note(self) -> str:
        """Return this as text for the header of a file that is written anew; it names nothing but codes."""
        return f"{_NOTE}{self.transform};{self.apart_mm:.4g};{self.unit};{','.join(self.missing)}"


def noted(descrip: bytes) -> Placement | None:
    """Return what :meth:`Placement.note` wrote; None for any other text."""
    fields = descrip[len(_NOTE) :].decode("latin-1").strip("\0 ").split(";")
    transform, apart, unit, missing = [*fields, "", "", "", ""][:4]
    names = tuple(name for name in missing.split(",") if name)
    is_ours = descrip.startswith(_NOTE.encode()) and transform in TRANSFORM_WORDS and NUMBER.fullmatch(apart)
    if not is_ours or unit not in ("", *UNIT_WORDS) or not set(names) <= set(MISSING_WORDS):
        return None
    return Placement(transform, float(apart), unit, names)
