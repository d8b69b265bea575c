"""The fast engine behind the engine contract."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from radiomics_core.extraction.engine import Availability, FeatureVector
from radiomics_core.extraction.engines.fast import warm_up
from radiomics_core.extraction.engines.fast.boxes import bounding_box
from radiomics_core.extraction.engines.fast.classes import CLASSES, SHAPE_CLASSES
from radiomics_core.extraction.engines.fast.derived import derived_regions
from radiomics_core.extraction.engines.fast.preparation import prepare
from radiomics_core.extraction.engines.fast.region import LeftOut, Options, Prepared, Region
from radiomics_core.extraction.engines.findings import filter_left_out, noticed, real_number
from radiomics_core.extraction.engines.inputs import check_inputs
from radiomics_core.extraction.engines.itk_defaults import own_itk_defaults
from radiomics_core.extraction.failures import worded_failures
from radiomics_core.extraction.settings import ExtractionSettings
from radiomics_core.findings import Finding
from radiomics_core.i18n import lazy_

if TYPE_CHECKING:
    from radiomics_core.extraction.engines.fast.formulas import FeatureClass
    from radiomics_core.imaging.volume import Volume

METHOD_VERSION = "1"
"""Raised when a value changes; part of result digests."""

NOT_WIDE_ENOUGH = lazy_("the region is one voxel wide along the axis that pyradiomics looks at")


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
        warm_up.make_ready(report)

    def extract(self, image: Volume, mask: Volume, settings: ExtractionSettings) -> FeatureVector:
        """Compute the features of a region; see :class:`Engine`."""
        moved = check_inputs(image, mask, settings)
        with worded_failures(), own_itk_defaults():
            return _vector(prepare(image, mask, settings), settings, moved)


Wanted = Mapping[str, tuple[type["FeatureClass"], tuple[str, ...]]]
"""Classes by name, each with the names of its features."""


@dataclass
class _Gathered:
    """What is gathered over the derived images of a region."""

    values: dict[str, float] = field(default_factory=dict)
    left_out: list[Finding] = field(default_factory=list)
    grey_levels: dict[str, int] = field(default_factory=dict)

    def add(self, image: str, region: Region, wanted: Wanted) -> None:
        """Compute the features of some classes on one derived image."""
        for name, (feature_class, names) in wanted.items():
            prefix = f"{image}_{name}_"
            computed = feature_class.of_region(region).compute(names)
            self.values.update({prefix + f: real_number(value.item()) for f, value in computed.items()})
        if "levels" in vars(region):  # made because a class asked for them
            self.grey_levels[image] = region.levels.highest


def _vector(prepared: Prepared, settings: ExtractionSettings, moved: bool) -> FeatureVector:
    gathered, features = _Gathered(), settings.features()
    _add_shape(gathered, prepared, settings)
    wanted = {name: (CLASSES[name], names) for name, names in features.items() if name in CLASSES}
    for derived in derived_regions(prepared, settings):
        if isinstance(derived, LeftOut):
            gathered.left_out.append(filter_left_out(derived.filter, derived.cause))
        else:
            gathered.add(*derived, wanted)
    voxels = int(np.count_nonzero(prepared.region))
    findings = noticed(gathered.values, voxels, moved=moved, left_out=gathered.left_out)
    return FeatureVector(gathered.values, findings, _diagnostics(prepared, settings, gathered, voxels))


def _add_shape(gathered: _Gathered, prepared: Prepared, settings: ExtractionSettings) -> None:
    """Add the shape classes that pyradiomics computes for a region, 3-D first.

    It leaves 2-D shape out of a region one voxel wide along the axis it compares with ``force2Ddimension``, which it
    counts from x although the setting counts from z (``RadiomicsFeatureExtractor.computeShape``).
    """
    features, box = settings.features(), bounding_box(prepared.region)
    wanted = {name: (made_by, features[name]) for name, made_by in SHAPE_CLASSES.items() if name in features}
    array, mask = (np.ascontiguousarray(part[box]) for part in (prepared.image.array, prepared.shape_region))
    if mask.shape[::-1][settings.value("force2Ddimension")] <= 1 and wanted.pop("shape2D", None):
        gathered.left_out.append(filter_left_out("shape2D", NOT_WIDE_ENOUGH))
    region = Region(array, mask, prepared.image.spacing_mm, Options.resolve(settings.value))
    gathered.add("original", region, wanted)


def _diagnostics(prepared: Prepared, settings: ExtractionSettings, gathered: _Gathered, voxels: int) -> dict[str, Any]:
    if not settings.value("additionalInfo"):
        return {"voxels": voxels}
    image = prepared.image
    return {
        "voxels": voxels,
        "spacing_mm": list(image.spacing_mm),
        "size": list(image.size_xyz),
        "box": [[part.start, part.stop] for part in reversed(prepared.box)],
        "grey_levels": gathered.grey_levels,
    }
