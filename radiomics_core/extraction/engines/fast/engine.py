"""The fast engine behind the engine contract."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from radiomics_core.extraction.engine import Availability, FeatureVector
from radiomics_core.extraction.engines.fast.classes import CLASSES, SHAPE_CLASSES
from radiomics_core.extraction.engines.fast.filters import FILTERS
from radiomics_core.extraction.engines.fast.preparation import bounding_box, prepare
from radiomics_core.extraction.engines.fast.region import Options, Prepared, Region, SettingValue
from radiomics_core.extraction.engines.inputs import check_inputs
from radiomics_core.extraction.settings import ExtractionSettings

if TYPE_CHECKING:
    from radiomics_core.imaging.volume import Volume

METHOD_VERSION = "1"
"""Raised when a value changes; part of result digests."""


class FastEngine:
    """Features with the names and values of pyradiomics 3.0.1."""

    name = "fast"

    @property
    def version(self) -> str:
        """Version that goes into result digests."""
        return METHOD_VERSION

    def available(self) -> Availability:
        """Return that the engine can run: it needs wheels only."""
        return Availability(True)

    def prepare(self, report: Callable[[int, int], None] | None = None) -> None:
        """Compile the loops, once per computer; see :class:`Engine`."""
        from radiomics_core.extraction.engines.fast import warm_up

        warm_up.make_ready(report)

    def extract(self, image: Volume, mask: Volume, settings: ExtractionSettings) -> FeatureVector:
        """Compute the features of a region; see :class:`Engine`."""
        check_inputs(image, mask, settings)
        prepared = prepare(image, mask, settings)
        values = {**_shape(prepared, settings)}
        for image_type in settings.image_types():
            values.update(_of_image_type(prepared, settings, image_type))
        return FeatureVector(values)


def setting_value(settings: ExtractionSettings, image_type: str) -> SettingValue:
    """Return how a filter or class asks for a setting in force for one image type."""
    return lambda name: settings.value(name, image_type)


def _shape(prepared: Prepared, settings: ExtractionSettings) -> dict[str, float]:
    values: dict[str, float] = {}
    box = bounding_box(prepared.region)
    options = Options.resolve(settings.value)
    region = Region(prepared.image.array[box], prepared.shape_region[box], prepared.image.spacing_mm, options)
    for name, features in settings.features().items():
        if name in SHAPE_CLASSES:
            computed = SHAPE_CLASSES[name].of_region(region).compute(features)
            values.update({f"original_{name}_{feature}": float(value[0]) for feature, value in computed.items()})
    return values


def _of_image_type(prepared: Prepared, settings: ExtractionSettings, image_type: str) -> dict[str, float]:
    values: dict[str, float] = {}
    value = setting_value(settings, image_type)
    options = Options.resolve(value)
    for filtered in FILTERS[image_type](prepared, value):
        region = Region(filtered.array, prepared.region[prepared.box], prepared.image.spacing_mm, options)
        for name, features in settings.features().items():
            if name in CLASSES:
                computed = CLASSES[name].of_region(region).compute(features)
                values.update({f"{filtered.name}_{name}_{feature}": float(v[0]) for feature, v in computed.items()})
    return values
