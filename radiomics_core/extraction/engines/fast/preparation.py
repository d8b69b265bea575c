"""From image and mask to the image and region that features are computed on (pyradiomics, steps 1 to 5).

The order and the conditions are those of pyradiomics 3.0.1, ``RadiomicsFeatureExtractor.execute`` and ``loadImage``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.boxes import Mask, bounding_box, crop
from radiomics_core.extraction.engines.fast.normalisation import normalisation
from radiomics_core.extraction.engines.fast.region import Prepared
from radiomics_core.extraction.engines.fast.resampling import move_mask, resample
from radiomics_core.extraction.engines.inputs import on_other_grid
from radiomics_core.extraction.engines.itk_defaults import own_itk_defaults
from radiomics_core.extraction.failures import failure
from radiomics_core.extraction.settings import ExtractionSettings
from radiomics_core.imaging.volume import Volume, native

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = NDArray[Any]


def prepare(image: Volume, mask: Volume, settings: ExtractionSettings, *, margin: int = 0) -> Prepared:
    """Normalise, resample, crop and limit intensities.

    Parameters
    ----------
    image, mask : Volume
        Inputs that passed ``check_inputs``.
    settings : ExtractionSettings
    margin : int
        Voxels the box is grown by (kernel radius of feature maps).

    Raises
    ------
    ExtractionError
        When no region is left that features could be computed on.
    """
    with own_itk_defaults():
        image, region = _on_one_grid(image, mask, settings)
    _check_size(region, settings)
    limited = _limit_intensities(image.array, region, settings)
    if limited is not region:
        _check_size(limited, settings)
    shape_region = limited if settings.value("resegmentShape") else region
    return Prepared(image, limited, shape_region, bounding_box(limited, margin))


def _on_one_grid(image: Volume, mask: Volume, settings: ExtractionSettings) -> tuple[Volume, Mask]:
    """Return the normalised, resampled or cropped image and the region on its grid."""
    moved = on_other_grid(image, mask, settings)
    image = image.with_array(native(image.array))
    region = mask if moved else image.with_array(mask.array)
    region = region.with_array(np.ascontiguousarray(region.array, bool))
    normalised = normalisation(image, settings)
    if settings.value("resampledPixelSpacing") is not None and settings.value("interpolator") is not None:
        image, region = resample(image, region, settings, normalised)
        return image, region.array
    region = move_mask(region, image) if moved else region
    if settings.value("preCrop"):
        _check_size(region.array, settings)
        image, region = crop(image, region.array, settings.value("padDistance"))
    return image.with_array(normalised(image.array)) if normalised else image, region.array


def _check_size(region: Mask, settings: ExtractionSettings) -> None:
    """Refuse a region that is too thin or too small; see pyradiomics 3.0.1, ``checkMask``."""
    voxels = int(np.count_nonzero(region))
    if voxels <= 1:
        raise failure("no region left")
    box = bounding_box(region)
    axes = sum(part.stop - part.start > 1 for part in box)
    if axes < settings.value("minimumROIDimensions"):
        raise failure("too thin")
    smallest = settings.value("minimumROISize")
    if smallest is not None and voxels <= smallest:
        raise failure("too small")


def _limit_intensities(image: Array, region: Mask, settings: ExtractionSettings) -> Mask:
    """Keep the voxels with intensities in a range; see pyradiomics 3.0.1, ``resegmentMask``."""
    limits = settings.value("resegmentRange")
    if limits is None:
        return region
    box = bounding_box(region)
    part = region[box]
    intensities = image[box][part]
    thresholds = _thresholds(intensities, sorted(limits), settings.value("resegmentMode"))
    kept = intensities >= thresholds[0]
    if len(thresholds) == 2:
        kept &= intensities <= thresholds[1]
    inside = np.zeros_like(part)
    inside[part] = kept
    limited = np.zeros_like(region)
    limited[box] = inside
    return limited


def _thresholds(intensities: Array, limits: Sequence[float], mode: str) -> list[Any]:
    if mode == "relative":
        highest = intensities.max()
        return [highest * float(limit) for limit in limits]
    if mode == "sigma":
        mean, deviation = np.mean(intensities), np.std(intensities)
        return [mean + deviation * float(limit) for limit in limits]
    return list(limits)
