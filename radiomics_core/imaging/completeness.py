"""What ITK hides about NIfTI files: it fills a truncated end with zeros, and turns NaN into 0. So we look ourselves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from radiomics_core.errors import ImageError
from radiomics_core.i18n import lazy_
from radiomics_core.imaging.nifti_header import HEADER_2, READ_ERRORS, is_nifti, open_nifti, parse_nifti_header

CHUNK = 4 << 20
FLOAT_TYPES = {16: "f4", 64: "f8"}
MAX_VOLUME_BYTES = 16 << 30
"""Voxels of one volume; a whole-body CT has 1 GB."""


@dataclass(frozen=True)
class _Layout:
    """Where the voxels lie in a NIfTI file."""

    offset: int
    n_bytes: int
    float_type: str


@dataclass(frozen=True, eq=False)
class NotFinite:
    """Voxels of a file that are not finite: flat positions (x fastest) and their values."""

    positions: NDArray[np.intp]
    values: NDArray[np.floating[Any]]


def inspect_nifti(path: Path) -> NotFinite | None:
    """Check that a NIfTI file is whole, and return its voxels that are not finite (None when there are none).

    The whole compressed stream is decompressed once, so that its checksum is verified; only a few megabytes of it are
    held at a time. Other formats are left to ITK, which reports their truncation and keeps NaN.

    Raises
    ------
    ImageError
        When a ``.nii`` or ``.nii.gz`` file ends early, its compressed data are damaged, or its header says that the
        voxels lie where they cannot, or take more than 16 GB.
    """
    if not is_nifti(path):
        return None
    try:
        with open_nifti(path) as stream:
            layout = _layout(stream.read(HEADER_2), path)
            stream.seek(layout.offset)
            got, not_finite = _look_through(stream, layout)
    except READ_ERRORS as error:
        raise _truncated(path, str(error)) from error
    if got < layout.n_bytes:
        raise _truncated(path, f"{got} of {layout.n_bytes} bytes")
    return not_finite


def _layout(raw: bytes, path: Path) -> _Layout:
    header = parse_nifti_header(raw)
    n_bytes = header.n_voxels * max(0, header.bitpix) // 8
    if not math.isfinite(header.vox_offset) or not 0 <= header.vox_offset <= MAX_VOLUME_BYTES:
        raise _truncated(path, f"vox_offset {header.vox_offset:.3g}")
    if n_bytes > MAX_VOLUME_BYTES:
        raise _truncated(path, f"{n_bytes / (1 << 30):.0f} GB")
    float_type = header.order + FLOAT_TYPES[header.datatype] if header.datatype in FLOAT_TYPES else ""
    return _Layout(int(header.vox_offset), n_bytes, float_type)


def _look_through(stream: BinaryIO, layout: _Layout) -> tuple[int, NotFinite | None]:
    """Return how many bytes follow, and which voxels are not finite."""
    total, width = 0, int(layout.float_type[-1:] or 1)
    positions, values = [], []
    while chunk := _whole(stream, CHUNK):
        if layout.float_type and total < layout.n_bytes:
            kept = min(len(chunk), layout.n_bytes - total) // width
            voxels = np.frombuffer(chunk, layout.float_type, kept)
            bad = np.flatnonzero(~np.isfinite(voxels))
            positions.append(bad + total // width)
            values.append(voxels[bad])
        total += len(chunk)
    if not sum(map(len, positions)):
        return total, None
    return total, NotFinite(np.concatenate(positions), np.concatenate(values))


def _whole(stream: BinaryIO, n: int) -> bytes:
    """Read ``n`` bytes unless the file ends: a compressed stream gives fewer at a time, and could split a voxel."""
    pieces, missing = [], n
    while missing and (piece := stream.read(missing)):
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)


def _truncated(path: Path, found: str) -> ImageError:
    return ImageError(
        lazy_("'{name}' is truncated or damaged: {found}, expected a complete NIfTI file"),
        remedy=lazy_("Copy or export the file again"),
        name=path.name,
        found=found,
    )
