"""What ITK hides about NIfTI files: it fills a truncated end with zeros, and turns NaN into 0. So we look ourselves."""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from radiomics_core.errors import ImageError
from radiomics_core.i18n import lazy_

CHUNK = 4 << 20
NIFTI_1_HEADER, NIFTI_2_HEADER = 348, 540
FLOAT_TYPES = {16: "f4", 64: "f8"}


@dataclass(frozen=True)
class _Layout:
    """Where the voxels lie in a NIfTI file."""

    offset: int
    n_voxels: int
    n_bytes: int
    float_type: str


@dataclass(frozen=True, eq=False)
class NotFinite:
    """Voxels of a file that are not finite: flat positions (x fastest) and their values."""

    positions: NDArray[np.intp]
    values: NDArray[np.floating[Any]]


def inspect_nifti(path: Path) -> NotFinite | None:
    """Check that a NIfTI file is whole, and return its voxels that are not finite (None when there are none).

    The whole compressed stream is decompressed once, so that its checksum is verified. Other formats are left to ITK,
    which reports their truncation and keeps NaN.

    Raises
    ------
    ImageError
        When a ``.nii`` or ``.nii.gz`` file ends early or its compressed data are damaged.
    """
    name = path.name.lower()
    if not name.endswith((".nii", ".nii.gz")):
        return None
    try:
        with gzip.open(path, "rb") if name.endswith(".gz") else path.open("rb") as stream:
            layout = _layout(stream.read(NIFTI_2_HEADER))
            stream.seek(layout.offset)
            got, not_finite = _floats(stream, layout) if layout.float_type else (_count(stream), None)
    except (EOFError, OSError, zlib.error) as error:
        raise _truncated(path, str(error)) from error
    if got < layout.n_bytes:
        raise _truncated(path, f"{got} of {layout.n_bytes} bytes")
    return not_finite


def _layout(header: bytes) -> _Layout:
    if len(header) < NIFTI_1_HEADER:
        raise EOFError(f"{len(header)} bytes of header")
    order = "<" if struct.unpack("<i", header[:4])[0] in (NIFTI_1_HEADER, NIFTI_2_HEADER) else ">"
    if struct.unpack(order + "i", header[:4])[0] == NIFTI_2_HEADER:
        code, bits = struct.unpack(order + "hh", header[12:16])
        dim, offset = struct.unpack(order + "8q", header[16:80]), struct.unpack(order + "q", header[168:176])[0]
    else:
        code, bits = struct.unpack(order + "hh", header[70:74])
        dim, offset = struct.unpack(order + "8h", header[40:56]), struct.unpack(order + "f", header[108:112])[0]
    n_voxels: int = math.prod(max(size, 1) for size in dim[1 : 1 + max(0, min(dim[0], 7))])
    float_type = order + FLOAT_TYPES[code] if code in FLOAT_TYPES else ""
    return _Layout(int(offset), n_voxels, n_voxels * int(bits) // 8, float_type)


def _count(stream: BufferedIOBase) -> int:
    total = 0
    while chunk := stream.read(CHUNK):
        total += len(chunk)
    return total


def _floats(stream: BufferedIOBase, layout: _Layout) -> tuple[int, NotFinite | None]:
    content = stream.read()
    if len(content) < layout.n_bytes:
        return len(content), None
    voxels = np.frombuffer(content, layout.float_type, layout.n_voxels)
    positions = np.flatnonzero(~np.isfinite(voxels))
    return len(content), NotFinite(positions, voxels[positions]) if positions.size else None


def _truncated(path: Path, found: str) -> ImageError:
    return ImageError(
        lazy_("'{name}' is truncated or damaged: {found}, expected a complete NIfTI file"),
        remedy=lazy_("Copy or export the file again"),
        name=path.name,
        found=found,
    )
