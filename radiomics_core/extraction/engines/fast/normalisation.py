"""Intensities centred at the mean of the whole image, in standard deviations; applied where they are needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from radiomics_core.errors import ExtractionError
from radiomics_core.extraction.settings import ExtractionSettings
from radiomics_core.i18n import lazy_
from radiomics_core.imaging.volume import Volume


@dataclass(frozen=True)
class Normalisation:
    """How an image is normalised.

    Attributes
    ----------
    mean, deviation : float
        Of the whole image, summed by ITK.
    outliers : float or None
        Deviations from the mean at which intensities are cut.
    scale : float
        Factor afterwards.
    """

    mean: float
    deviation: float
    outliers: float | None
    scale: float

    def __call__(self, part: NDArray[Any]) -> NDArray[np.float64]:
        """Return a part of the image normalised; see pyradiomics 3.0.1, ``imageoperations.normalizeImage``."""
        values: NDArray[np.float64] = np.add(part, -self.mean, dtype=np.float64)
        values *= 1.0 / self.deviation
        if self.outliers is not None:
            values[values > self.outliers] = self.outliers
            values[values < -self.outliers] = -self.outliers
        if self.scale != 1:
            values *= self.scale
        return values


def normalisation(image: Volume, settings: ExtractionSettings) -> Normalisation | None:
    """Return how the settings have this image normalised, None when they do not."""
    if not settings.value("normalize"):
        return None
    import SimpleITK as sitk

    statistics = sitk.StatisticsImageFilter()
    statistics.Execute(image.to_sitk())
    if not statistics.GetSigma() > 0:
        raise ExtractionError(
            lazy_("the image has the same intensity everywhere ({value:g}), so that it cannot be normalised"),
            remedy=lazy_("Look at the image, or extract without normalising"),
            value=statistics.GetMean(),
        )
    return Normalisation(
        statistics.GetMean(), statistics.GetSigma(), settings.value("removeOutliers"), settings.value("normalizeScale")
    )
