"""Features of the neighbourhood of each voxel, for feature maps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.classes import CLASSES
from radiomics_core.extraction.engines.fast.derived import setting_value
from radiomics_core.extraction.engines.fast.formulas import Values
from radiomics_core.extraction.engines.fast.region import LeftOut, Neighbourhoods, Options, Prepared, Region
from radiomics_core.extraction.filters import FILTERS
from radiomics_core.extraction.settings import ExtractionSettings

Report = Callable[[int, int], None]

REPORTED_AT_ONCE = 2000
"""Neighbourhoods between two reports."""


def derived_region(prepared: Prepared, settings: ExtractionSettings, image_type: str, name: str) -> Region | LeftOut:
    """Return one derived image and the voxels that count in a neighbourhood, or why it cannot be derived.

    With ``maskedKernel`` these are the voxels of the region, else every voxel of the box; grey levels are theirs.
    """
    value = setting_value(settings, image_type)
    inside = prepared.region[prepared.box]
    counting = np.ascontiguousarray(inside) if value("maskedKernel") else np.ones(inside.shape, bool)
    left_out = []
    for filtered in FILTERS.build(image_type).derive(prepared, value):
        if isinstance(filtered, LeftOut):
            left_out.append(filtered)
        elif filtered.name == name:
            array = np.ascontiguousarray(filtered.array)
            return Region(array, counting, prepared.image.spacing_mm, Options.resolve(value))
    if left_out:
        return left_out[0]
    raise ValueError(f"image type {image_type} gives no image '{name}'")


def values_at(
    region: Region,
    centres: NDArray[np.int64],
    radius: int,
    features: Mapping[str, Sequence[str]],
    *,
    at_once: int = 0,
    report: Report | None = None,
) -> dict[tuple[str, str], Values]:
    """Return features of the neighbourhoods of some voxels.

    Parameters
    ----------
    region : Region
        From :func:`derived_region`.
    centres : array of int64, shape (n, 3)
        Voxels (z, y, x) in the region's box.
    radius : int
        How far a neighbourhood reaches, in voxels.
    features : dict
        Names of features by class.
    at_once : int
        Neighbourhoods computed at once; 0 leaves it to the classes, whose memory is bounded.
    report : callable, optional
        Told now and then how many of how many voxels are done.

    Returns
    -------
    dict of (class, feature) to array of float64, shape (n,)
        NaN where a feature is undefined.
    """
    values = {(name, feature): np.full(len(centres), np.nan) for name, names in features.items() for feature in names}
    step = at_once or (REPORTED_AT_ONCE if report else max(len(centres), 1))
    for start in range(0, len(centres), step):
        cubes = Neighbourhoods(region, centres[start : start + step], radius)
        for name, names in features.items():
            for positions, batch in CLASSES[name].of_neighbourhoods(cubes):
                for feature, computed in batch.compute(names).items():
                    values[name, feature][start + positions] = computed
        if report is not None:
            report(min(start + step, len(centres)), len(centres))
    return values
