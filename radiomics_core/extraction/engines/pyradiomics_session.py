"""Using pyradiomics without its side effects: logging, warnings, ITK tolerance and threads are put back afterwards."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from radiomics_core.extraction.engines.itk_defaults import own_itk_defaults
from radiomics_core.extraction.fields import interpolator_name
from radiomics_core.extraction.filters import FILTERS
from radiomics_core.extraction.settings import ExtractionSettings


@dataclass
class Messages:
    """What pyradiomics and the libraries under it said, worst first when shown."""

    logged: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)


class _Collector(logging.Handler):
    def __init__(self, into: list[str]) -> None:
        super().__init__(level=logging.WARNING)
        self.into = into

    def emit(self, record: logging.LogRecord) -> None:
        self.into.append(record.getMessage())


@contextmanager
def pyradiomics_session() -> Iterator[Messages]:
    """Run pyradiomics inside; yields what it says, and leaves the process as it was."""
    from threadpoolctl import threadpool_limits

    messages = Messages()
    with (
        _own_logging(messages.logged),
        own_itk_defaults(),
        _own_tolerance(),
        threadpool_limits(limits=1),
        warnings.catch_warnings(record=True) as caught,
    ):
        warnings.simplefilter("always")
        yield messages
        messages.warned = list(dict.fromkeys(f"{w.category.__name__}: {w.message}" for w in caught))


@contextmanager
def _own_logging(into: list[str]) -> Iterator[None]:
    import radiomics

    logger = radiomics.logger
    before = (list(logger.handlers), logger.propagate, logger.level)
    logger.handlers, logger.propagate = [_Collector(into)], False
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.handlers, logger.propagate = before[0], before[1]
        logger.setLevel(before[2])


@contextmanager
def _own_tolerance() -> Iterator[None]:
    from radiomics import featureextractor

    try:
        yield
    finally:
        featureextractor.geometryTolerance = None


def make_extractor(settings: ExtractionSettings) -> Any:
    """Return a pyradiomics extractor with these settings; the region's label is 1.

    The parameter file was checked by :class:`ExtractionSettings`, so pyradiomics' own check (which changes another
    library's logging) is not run again.
    """
    from radiomics.featureextractor import RadiomicsFeatureExtractor

    extractor = RadiomicsFeatureExtractor()
    extractor.settings.update(settings.voxel_setting or {})
    extractor.settings.update(settings.setting or {})
    extractor.settings.update(label=1, label_channel=0, additionalInfo=True)
    if extractor.settings["interpolator"] is not None:  # the number of B-splines is another one in today's SimpleITK
        extractor.settings["interpolator"] = interpolator_name(extractor.settings["interpolator"])
    extractor.settings["binWidth"] = settings.value("binWidth")
    extractor.settings = _as_decimals(extractor.settings)
    known = {name: own for name, own in settings.image_types().items() if FILTERS.build(name).in_pyradiomics}
    extractor.enabledImagetypes = {name: _as_decimals(own) for name, own in known.items()}
    extractor.enabledFeatures = {name: list(features) for name, features in settings.features().items()}
    return extractor


def _as_decimals(used: dict[str, Any]) -> dict[str, Any]:
    """Return settings in which bin width and intensity limits are decimal numbers.

    With whole ones pyradiomics computes edges and limits in the type of the image, in which its sums overflow: an 8-bit
    image with intensities above 205 and a bin width of 25 gets one level for most of its voxels.
    """
    width, limits = used.get("binWidth"), used.get("resegmentRange")
    decimals: dict[str, Any] = {} if width is None else {"binWidth": float(width)}
    if limits is not None:
        decimals["resegmentRange"] = [float(limit) for limit in limits]
    return {**used, **decimals}
