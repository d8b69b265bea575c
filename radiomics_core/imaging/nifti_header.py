"""What a NIfTI header says, before ITK mends it: ITK turns a voxel size of 0 or NaN into 1 mm without a word."""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

HEADER_1, HEADER_2 = 348, 540
_SPATIAL_UNIT = 7
# name: (offset, format) in NIfTI-1 (nifti1.h) and NIfTI-2 (nifti2.h)
_FIELDS_1 = {
    "dim": (40, "8h"), "datatype": (70, "h"), "bitpix": (72, "h"), "pixdim": (76, "8f"), "vox_offset": (108, "f"),
    "xyzt_units": (123, "B"), "qform_code": (252, "h"), "sform_code": (254, "h"), "quatern": (256, "6f"),
    "srow": (280, "12f"), "descrip": (148, "80s"),
}  # fmt: skip
_FIELDS_2 = {
    "datatype": (12, "h"), "bitpix": (14, "h"), "dim": (16, "8q"), "pixdim": (104, "8d"), "vox_offset": (168, "q"),
    "qform_code": (344, "i"), "sform_code": (348, "i"), "quatern": (352, "6d"), "srow": (400, "12d"),
    "xyzt_units": (500, "i"), "descrip": (240, "80s"),
}  # fmt: skip


@dataclass(frozen=True)
class NiftiHeader:
    """The fields of a NIfTI-1 or NIfTI-2 header that say what the voxels are and where they lie.

    Attributes
    ----------
    order : {"<", ">"}
    dim, pixdim : 8 numbers each, as stored
    unit : int
        Spatial part of ``xyzt_units``: 0 unknown, 1 metre, 2 millimetre, 3 micrometre.
    quatern : 6 floats
        b, c, d and the offsets x, y, z of the qform.
    srow : 12 floats
        Rows x, y, z of the sform.
    """

    order: str
    dim: tuple[int, ...]
    datatype: int
    bitpix: int
    pixdim: tuple[float, ...]
    vox_offset: float
    unit: int
    qform_code: int
    sform_code: int
    quatern: tuple[float, ...]
    srow: tuple[float, ...]
    descrip: bytes = b""

    @property
    def n_axes(self) -> int:
        """Number of axes in use, 0 to 7."""
        return max(0, min(int(self.dim[0]), 7))

    @property
    def n_voxels(self) -> int:
        """Product of the sizes; an axis of size 0 counts as 1."""
        return math.prod(max(int(size), 1) for size in self.dim[1 : 1 + self.n_axes])

    def forms(self) -> dict[str, NDArray[np.float64]]:
        """Return the transforms whose code says that they hold, 4 x 4, voxel index to RAS, in the file's unit."""
        made: dict[str, NDArray[np.float64]] = {}
        if self.sform_code > 0:
            made["sform"] = np.vstack([np.reshape(self.srow, (3, 4)), [0, 0, 0, 1]]).astype(float)
        if self.qform_code > 0:
            made["qform"] = self._qform()
        return made

    def _qform(self) -> NDArray[np.float64]:
        """Return the rotation of the quaternion times the voxel sizes (nifti1.h, method 2)."""
        b, c, d = self.quatern[:3]
        a = math.sqrt(max(0.0, 1.0 - (b * b + c * c + d * d)))
        rotation = np.array([
            [a * a + b * b - c * c - d * d, 2 * b * c - 2 * a * d, 2 * b * d + 2 * a * c],
            [2 * b * c + 2 * a * d, a * a + c * c - b * b - d * d, 2 * c * d - 2 * a * b],
            [2 * b * d - 2 * a * c, 2 * c * d + 2 * a * b, a * a + d * d - b * b - c * c],
        ])  # fmt: skip
        handed = -1.0 if self.pixdim[0] < 0 else 1.0
        matrix = np.eye(4)
        matrix[:3, :3] = rotation * (np.array(self.pixdim[1:4]) * [1, 1, handed])
        matrix[:3, 3] = self.quatern[3:]
        return matrix


def is_nifti(path: Path) -> bool:
    """Say whether a file is named like a NIfTI file."""
    return path.name.lower().endswith((".nii", ".nii.gz"))


def open_nifti(path: Path) -> BinaryIO:
    """Open a NIfTI file for reading, unpacked."""
    stream = gzip.open(path, "rb") if path.name.lower().endswith(".gz") else path.open("rb")  # noqa: SIM115
    return cast("BinaryIO", stream)


def read_nifti_header(path: Path) -> NiftiHeader:
    """Return the header of a NIfTI file.

    Raises
    ------
    EOFError, OSError, zlib.error
        The file ends early, cannot be read, or its compressed data are damaged.
    """
    with open_nifti(path) as stream:
        return parse_nifti_header(stream.read(HEADER_2))


def parse_nifti_header(raw: bytes) -> NiftiHeader:
    """Return the header in the first bytes of a file; raises EOFError when they are too few."""
    if len(raw) < HEADER_1:
        raise EOFError(f"{len(raw)} bytes of header")
    order = "<" if struct.unpack("<i", raw[:4])[0] in (HEADER_1, HEADER_2) else ">"
    is_second = struct.unpack(order + "i", raw[:4])[0] == HEADER_2
    if is_second and len(raw) < HEADER_2:
        raise EOFError(f"{len(raw)} bytes of header")
    fields: dict[str, Any] = {}
    for name, (offset, form) in (_FIELDS_2 if is_second else _FIELDS_1).items():
        values = struct.unpack_from(order + form, raw, offset)
        fields[name] = values[0] if len(values) == 1 else values
    return NiftiHeader(order, unit=int(fields.pop("xyzt_units")) & _SPATIAL_UNIT, **fields)


READ_ERRORS = (EOFError, OSError, zlib.error)
"""What reading a damaged file raises."""
