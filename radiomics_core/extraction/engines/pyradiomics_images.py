"""The images pyradiomics computes features from: intensities inside the region, after every step before binning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.inputs import check_inputs
from radiomics_core.extraction.engines.pyradiomics_engine import PyradiomicsEngine, sitk_pair
from radiomics_core.extraction.engines.pyradiomics_session import make_extractor, pyradiomics_session
from radiomics_core.extraction.failures import explain_failure
from radiomics_core.extraction.filters import FILTERS
from radiomics_core.extraction.settings import ExtractionSettings

if TYPE_CHECKING:
    from radiomics_core.imaging.volume import Volume

FilteredIntensities = tuple[str, NDArray[Any], dict[str, Any]]


def filtered_intensities(
    image: Volume, mask: Volume, settings: ExtractionSettings, *, original_only: bool = False
) -> list[FilteredIntensities]:
    """Return (filter name, intensities inside the region, settings in force) for every image type.

    Intensities keep the type pyradiomics works in, because rounding decides on which side of a bin edge a value falls.
    The steps and their order are those of pyradiomics 3.0.1 ``RadiomicsFeatureExtractor.execute``: normalise,
    resample, crop, limit intensities, filter.

    Raises
    ------
    ExtractionError
        For the reasons extraction would give.
    """
    PyradiomicsEngine().require()
    corrected = check_inputs(image, mask, settings)
    with pyradiomics_session():
        try:
            return list(_intensities(image, mask, settings, corrected, original_only))
        except Exception as error:  # whatever pyradiomics raises becomes a worded error of this case
            raise explain_failure(error) from error


def _intensities(
    image: Volume, mask: Volume, settings: ExtractionSettings, corrected: bool, original_only: bool
) -> Iterator[FilteredIntensities]:
    from radiomics import imageoperations

    extractor = make_extractor(settings)
    used = dict(extractor.settings)
    prepared, region = _prepare(extractor, *sitk_pair(image, mask, corrected))
    types = {"Original": settings.image_types().get("Original", {})} if original_only else settings.image_types()
    for image_type, own in types.items():
        if not FILTERS.build(image_type).in_pyradiomics:
            continue
        make_images = getattr(imageoperations, f"get{image_type}Image")
        for filtered, name, in_force in make_images(prepared, region, **{**used, **own}):
            yield name, _inside(filtered, region), in_force


def _prepare(extractor: Any, image: Any, mask: Any) -> tuple[Any, Any]:
    from radiomics import imageoperations

    used = dict(extractor.settings)
    image, mask = extractor.loadImage(image, mask, None, **used)
    _, moved = imageoperations.checkMask(image, mask, **used)
    mask = mask if moved is None else moved
    if used.get("resegmentRange") is not None:
        mask = imageoperations.resegmentMask(image, mask, **used)
        imageoperations.checkMask(image, mask, **used)
    return image, mask


def _inside(image: Any, mask: Any) -> NDArray[Any]:
    import SimpleITK as sitk

    region = sitk.GetArrayViewFromImage(mask) == 1
    return np.asarray(sitk.GetArrayViewFromImage(image)[region])
