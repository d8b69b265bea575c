"""How a file says where its volume lies: which transform was used, and what ITK decided without a word.

ITK reads a NIfTI file's sform or its qform (its choice depends on their codes), takes an identity when neither
holds, and 1 mm or the origin where NRRD and MetaImage files say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from radiomics_core.errors import ImageError
from radiomics_core.i18n import LazyText, lazy_
from radiomics_core.imaging.geometry import numbers
from radiomics_core.imaging.nifti_header import READ_ERRORS, NiftiHeader, is_nifti, read_nifti_header
from radiomics_core.imaging.volume import Volume

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
_NIFTI_UNITS = {1: ("metre", 1000.0), 3: ("micrometre", 0.001)}
_NOTE = "placed:"
_TOLERANCE_VOXELS = 0.1
"""Transforms that differ by less than a tenth of the smallest voxel edge are rounded, not different."""
_MOST_TEXT = 1 << 20
_ANATOMICAL = re.compile(r"(left|right)-(posterior|anterior)-(superior|inferior)(-time)?|[lr][pa][si]t?", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?(?:nan|inf(?:inity)?|\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)", re.IGNORECASE)


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


def _noted(descrip: bytes) -> Placement | None:
    """Return what :meth:`Placement.note` wrote; None for any other text."""
    fields = descrip[len(_NOTE) :].decode("latin-1").strip("\0 ").split(";")
    transform, apart, unit, missing = [*fields, "", "", "", ""][:4]
    names = tuple(name for name in missing.split(",") if name)
    is_ours = descrip.startswith(_NOTE.encode()) and transform in TRANSFORM_WORDS and _NUMBER.fullmatch(apart)
    if not is_ours or unit not in ("", *UNIT_WORDS) or not set(names) <= set(MISSING_WORDS):
        return None
    return Placement(transform, float(apart), unit, names)


def check_header(path: Path) -> None:
    """Refuse voxel sizes, positions and directions in a header that are no numbers or not positive.

    ITK replaces some of them (1 mm for a size of 0, 0 for a position of NaN), so the header is read beside it.

    Raises
    ------
    ImageError
        With the field and what stands in it.
    """
    try:
        wrong = _wrong_in_nifti(path) if is_nifti(path) else _wrong_in_text(path)
    except READ_ERRORS:
        return  # the file is damaged: reading its voxels says so
    if wrong:
        raise ImageError(
            lazy_("'{name}' cannot be used: its header says {field} = {value}"),
            remedy=lazy_("Export it again from its source, or resample it onto a regular grid; no size is made up"),
            name=path.name,
            field=wrong[0],
            value=wrong[1],
        )


def placement_of(files: Sequence[Path | str], volume: Volume) -> Placement:
    """Return how a volume was placed that was read from a file, or from the slices of a DICOM series."""
    path = Path(files[0])
    if len(files) > 1:
        return Placement("dicom")
    if is_nifti(path):
        header = read_nifti_header(path)
        placed = _nifti(header, volume)
        return (_noted(header.descrip) or placed) if placed.transform == "both" else placed
    reader = _TEXT_FORMATS.get(path.suffix.lower())
    return reader(_text_fields(path)) if reader else _dicom(path, volume)


# ---- DICOM -----------------------------------------------------------------------------------------------------


def slice_thickness_mm(path: Path) -> float | None:
    """Return how thick a DICOM file says that its slice is; None when it says nothing usable."""
    import pydicom

    header = pydicom.dcmread(path, stop_before_pixels=True, force=True, specific_tags=["SliceThickness"])
    try:
        thickness = float(header.get("SliceThickness") or 0)
    except (TypeError, ValueError):  # no number, or several
        return None
    return thickness if 0 < thickness < np.inf else None


def _dicom(path: Path, volume: Volume) -> Placement:
    """Return how one file was placed: how thick its only slice is, one field says that may be left out."""
    is_unknown = volume.size_xyz[2] == 1 and slice_thickness_mm(path) is None
    return Placement("dicom", missing=("thickness",) if is_unknown else ())


# ---- NIfTI -----------------------------------------------------------------------------------------------------


def _wrong_in_nifti(path: Path) -> tuple[str, str] | None:
    header = read_nifti_header(path)
    for axis in range(1, 1 + min(3, header.n_axes)):
        if not np.isfinite(header.pixdim[axis]) or header.pixdim[axis] <= 0:
            return f"pixdim[{axis}]", f"{header.pixdim[axis]:.3g}"
    for name, form in header.forms().items():
        if not np.isfinite(form).all():
            return name, "; ".join(numbers(row, " ") for row in form[:3])
    return None


def _nifti(header: NiftiHeader, volume: Volume) -> Placement:
    unit, factor = _NIFTI_UNITS.get(header.unit, ("other" if header.unit > 3 else "", 1.0))
    scale = np.diag([factor, factor, factor, 1.0])
    apart = {name: _apart_mm(scale @ form, volume) for name, form in header.forms().items()}
    flat: tuple[str, ...] = ("thickness",) if header.n_axes < 3 else ()
    if not apart:
        return Placement("none", unit=unit, missing=("position", "direction", *flat))
    limit = _TOLERANCE_VOXELS * min(volume.spacing_mm)
    agree = max(apart.values()) <= limit
    used = "both" if agree and len(apart) == 2 else min(apart, key=lambda name: apart[name])
    return Placement(used, 0.0 if agree else max(apart.values()), unit, flat)


def _apart_mm(form: NDArray[np.float64], volume: Volume) -> float:
    """Return how far a transform (voxel index to RAS, mm) places a corner from where the volume has it."""
    far = []
    for index in np.ndindex(2, 2, 2):
        x, y, z = (float(i * (n - 1)) for i, n in zip(index, volume.size_xyz, strict=True))
        there = (form @ [x, y, z, 1.0])[:3] * [-1, -1, 1]
        far.append(float(np.linalg.norm(there - volume.position_mm((x, y, z)))))
    return max(far)


# ---- NRRD and MetaImage: text headers --------------------------------------------------------------------------


def _wrong_in_text(path: Path) -> tuple[str, str] | None:
    fields = _text_fields(path) if path.suffix.lower() in _TEXT_FORMATS else {}
    for key in ("elementspacing", "elementsize", "spacings", "transformmatrix", "rotation", "orientation",
                "offset", "position", "origin", "space origin", "space directions"):  # fmt: skip
        found = [float(n) for n in _NUMBER.findall(fields.get(key, ""))]
        sizes = key in ("elementspacing", "elementsize", "spacings")
        bad = [n for n in found if not np.isfinite(n) or (sizes and n <= 0)]
        if bad and not (key == "spacings" and all(np.isnan(bad))):  # NaN there means: an axis that is no space
            return key, fields[key][:80]
    return None


def _text_fields(path: Path) -> dict[str, str]:
    """Return the ``key: value`` or ``key = value`` lines of a text header, keys in lower case."""
    with path.open("rb") as stream:
        raw = stream.read(_MOST_TEXT)
    sign = b":" if raw.startswith(b"NRRD") else b"="
    end = re.search(rb"\r?\n\r?\n" if sign == b":" else rb"ElementDataFile", raw)
    lines = (raw[: end.start()] if end else raw).splitlines()
    parts = (line.partition(sign) for line in lines if sign in line and not line.startswith(b"#"))
    return {key.decode("latin-1").strip().lower(): value.decode("latin-1").strip() for key, _, value in parts}


def _nrrd(fields: dict[str, str]) -> Placement:
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


def _meta_image(fields: dict[str, str]) -> Placement:
    wanted = {"spacing": ("elementspacing", "elementsize"), "position": ("offset", "position", "origin"),
              "direction": ("transformmatrix", "rotation", "orientation")}  # fmt: skip
    missing = tuple(name for name, keys in wanted.items() if not any(key in fields for key in keys))
    missing += ("thickness",) if fields.get("ndims") == "2" else ()
    units = fields.get("distanceunits", "mm").lower() not in ("mm", "?", "")
    return Placement("none" if "direction" in missing else "header", 0.0, "other" if units else "", missing)


_TEXT_FORMATS: dict[str, Callable[[dict[str, str]], Placement]] = {
    ".nrrd": _nrrd, ".nhdr": _nrrd, ".mha": _meta_image, ".mhd": _meta_image,
}  # fmt: skip
