"""How steeply intensity changes at each voxel."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from radiomics_core.extraction.engines.fast.region import Filtered, Prepared, SettingValue
from radiomics_core.extraction.engines.fast.surroundings import widened
from radiomics_core.extraction.filters.image_filter import PYRADIOMICS, ImageFilter
from radiomics_core.extraction.setting_field import SettingField
from radiomics_core.i18n import lazy_
from radiomics_core.registry import Choice


class Gradient(ImageFilter):
    """Magnitude of the gradient."""

    meaning = lazy_("Computed on how steeply intensity changes.")
    menu = lazy_("Gradient")
    fields = (
        SettingField(
            name="gradientUseSpacing",
            type="bool",
            default=True,
            group="filters",
            help=lazy_("Measure the gradient per mm instead of per voxel."),
        ),
    )

    def names(self, value: SettingValue) -> list[str]:
        """See :class:`ImageFilter`."""
        return ["gradient"]

    def derive(self, prepared: Prepared, value: SettingValue) -> Iterator[Filtered]:
        """Yield the magnitude of central differences; see pyradiomics 3.0.1, ``imageoperations.getGradientImage``.

        The filter sees one voxel around the box, and at the border of the image repeats the last voxel, as ITK does
        (``itk::GradientMagnitudeImageFilter``): double precision inside, 32-bit results.
        """
        from radiomics_core.extraction.engines.fast.differences import gradient_magnitude

        image = prepared.image
        around, inside = widened(prepared.box, image.array.shape, 1)
        spacing = image.spacing_mm[::-1] if value("gradientUseSpacing") else (1.0, 1.0, 1.0)
        halves = np.array([0.5 * (1.0 / step) for step in spacing])
        magnitude = np.empty([part.stop - part.start for part in inside])
        array = np.array(image.array[around], np.float64, order="C")
        gradient_magnitude(array, np.array([part.start for part in inside]), halves, magnitude)
        yield Filtered("gradient", magnitude.astype(np.float32))


CHOICE: Choice[ImageFilter] = Choice(
    name="Gradient",
    label=lazy_("Gradient"),
    build=Gradient,
    help=lazy_("How steeply intensity changes at each voxel."),
    reference=PYRADIOMICS,
)
