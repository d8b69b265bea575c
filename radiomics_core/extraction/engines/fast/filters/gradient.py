"""How steeply intensity changes at each voxel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from radiomics_core.extraction.engines.fast.filters.surroundings import widened
from radiomics_core.extraction.engines.fast.region import Filtered, Prepared, SettingValue

if TYPE_CHECKING:
    from numpy.typing import NDArray


def gradient(prepared: Prepared, value: SettingValue) -> Iterator[Filtered]:
    """Yield the magnitude of central differences; see pyradiomics 3.0.1, ``imageoperations.getGradientImage``.

    The filter sees one voxel around the box, and at the border of the image repeats the last voxel, as ITK does.
    """
    around, inside = widened(prepared.box, prepared.image.array.shape, 1)
    yield Filtered("gradient", _magnitude(prepared, prepared.image.array[around], value)[inside])


def _magnitude(prepared: Prepared, array: NDArray[np.generic], value: SettingValue) -> NDArray[np.generic]:
    import SimpleITK as sitk

    image = sitk.GetImageFromArray(np.ascontiguousarray(array))
    image.SetSpacing(prepared.image.spacing_mm)
    gradient_filter = sitk.GradientMagnitudeImageFilter()
    gradient_filter.SetUseImageSpacing(bool(value("gradientUseSpacing")))
    gradient_filter.SetNumberOfThreads(1)
    magnitude: NDArray[np.generic] = sitk.GetArrayFromImage(gradient_filter.Execute(image))
    return magnitude
