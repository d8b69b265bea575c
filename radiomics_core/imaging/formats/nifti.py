"""NIfTI: ITK reads its sform or its qform (its choice depends on their codes), and an identity when neither holds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from radiomics_core.i18n import lazy_
from radiomics_core.imaging.completeness import NotFinite, inspect_nifti
from radiomics_core.imaging.formats.image_reader import ImageReader
from radiomics_core.imaging.geometry import numbers
from radiomics_core.imaging.nifti_header import NiftiHeader, read_nifti_header
from radiomics_core.imaging.placement import Placement, noted
from radiomics_core.imaging.volume import Volume
from radiomics_core.registry import Choice

_NIFTI_UNITS = {1: ("metre", 1000.0), 3: ("micrometre", 0.001)}
_TOLERANCE_VOXELS = 0.1
"""Transforms that differ by less than a tenth of the smallest voxel edge are rounded, not different."""


class Nifti(ImageReader):
    """NIfTI 1 and 2, packed or not."""

    extensions = (".nii.gz", ".nii")

    def wrong_field(self, path: Path) -> tuple[str, str] | None:
        """See :class:`ImageReader`."""
        header = read_nifti_header(path)
        for axis in range(1, 1 + min(3, header.n_axes)):
            if not np.isfinite(header.pixdim[axis]) or header.pixdim[axis] <= 0:
                return f"pixdim[{axis}]", f"{header.pixdim[axis]:.3g}"
        for name, form in header.forms().items():
            if not np.isfinite(form).all():
                return name, "; ".join(numbers(row, " ") for row in form[:3])
        return None

    def look_through(self, path: Path) -> NotFinite | None:
        """See :class:`ImageReader`; ITK fills a truncated end with zeros, and turns NaN into 0."""
        return inspect_nifti(path)

    def placement(self, paths: Sequence[Path], volume: Volume) -> Placement:
        """See :class:`ImageReader`."""
        header = read_nifti_header(paths[0])
        placed = _placed(header, volume)
        return (noted(header.descrip) or placed) if placed.transform == "both" else placed


def _placed(header: NiftiHeader, volume: Volume) -> Placement:
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


CHOICE: Choice[ImageReader] = Choice(
    name="nifti",
    label=lazy_("NIfTI"),
    build=Nifti,
    help=lazy_("One file, packed (.nii.gz) or not; the usual format of research."),
)
