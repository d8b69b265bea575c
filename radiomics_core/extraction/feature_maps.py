"""Feature maps: a feature computed in the neighbourhood of every voxel of a region, as an image.

Values are those of pyradiomics 3.0.1 with ``voxelBased=True``: grey levels are those of the whole region, and with
``maskedKernel`` only voxels of the region count in a neighbourhood. The settings are ``kernelRadius``,
``maskedKernel``, ``initValue`` and ``voxelBatch`` of the ``voxelSetting`` section, beside those of every extraction.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from radiomics_core.errors import ExtractionError, SettingsError
from radiomics_core.extraction.catalogue import FEATURE_NAMES
from radiomics_core.extraction.derived_names import derived_image_names
from radiomics_core.extraction.engines.fast.region import LeftOut
from radiomics_core.extraction.engines.inputs import check_inputs
from radiomics_core.extraction.engines.itk_defaults import own_itk_defaults
from radiomics_core.extraction.failures import worded_failures
from radiomics_core.extraction.settings import ExtractionSettings
from radiomics_core.extraction.units import feature_unit, intensity_unit
from radiomics_core.i18n import lazy_
from radiomics_core.imaging.volume import Volume
from radiomics_core.naming import split_engine_name

if TYPE_CHECKING:
    from radiomics_core.extraction.engines.fast.region import Region

MAP_FAMILIES = ("firstorder", "glcm", "glrlm", "glszm", "gldm", "ngtdm")
"""Feature classes that can be mapped: all that look at intensities."""

NEAR_A_SLICE = 0.501
"""Voxels; centres this near a slice are needed to show it by nearest neighbour."""

VOXELS_FOR_RANGE = 2000

VOXELS_OFF = 1e-3
"""Grids whose voxels lie this near each other are parts of one grid."""


@dataclass(frozen=True, eq=False)
class FeatureMap:
    """A feature over a region.

    Attributes
    ----------
    volume : Volume
        Values (float64): NaN where the feature is undefined, ``initValue`` where it was not computed.
    computed : array of bool, shape (z, y, x)
        Voxels that were computed.
    feature_name : str
        pyradiomics name, such as ``original_glcm_Contrast``.
    unit : str
        Unit of the values, empty for a pure number.
    initial : float
        Value where nothing was computed.
    """

    volume: Volume
    computed: NDArray[np.bool_]
    feature_name: str
    unit: str
    initial: float

    @property
    def minimum(self) -> float:
        """Lowest computed value, NaN when there is none."""
        return self._of_values(np.min)

    @property
    def maximum(self) -> float:
        """Highest computed value, NaN when there is none."""
        return self._of_values(np.max)

    def _of_values(self, extreme: object) -> float:
        values = self.volume.array[self.computed]
        values = values[np.isfinite(values)]
        return float(extreme(values)) if values.size else math.nan  # type: ignore[operator]


@dataclass(frozen=True)
class SliceOf:
    """A slice of a case's image: the only part of a map that is computed.

    Attributes
    ----------
    axis : int
        Array axis across the slice (0 is z).
    index : int
        Which slice along it.
    """

    axis: int
    index: int

    def of(self, image: Volume) -> Volume:
        """Return the slice as a volume of its own."""
        first = [0.0, 0.0, 0.0]
        first[2 - self.axis] = self.index
        cut = [slice(None)] * 3
        cut[self.axis] = slice(self.index, self.index + 1)
        origin = image.position_mm((first[0], first[1], first[2]))
        return Volume(image.array[tuple(cut)], image.spacing_mm, origin, image.direction)


class MappableCase:
    """A case made ready for feature maps: normalised, resampled and cut once for all of them.

    Parameters
    ----------
    image, mask : Volume
        As for an extraction.
    settings : ExtractionSettings
    modality : str
        DICOM modality, for units.

    Raises
    ------
    ExtractionError
        For the reasons an extraction would give.
    """

    def __init__(self, image: Volume, mask: Volume, settings: ExtractionSettings, modality: str = "") -> None:
        from radiomics_core.extraction.engines.fast.preparation import prepare

        check_inputs(image, mask, settings)
        with worded_failures(), own_itk_defaults():
            self.prepared = prepare(image, mask, settings, margin=int(settings.value("kernelRadius")))
        self.grid, self.settings, self.modality = image, settings, modality

    def derived(self, image_name: str) -> MappableImage:
        """Return one derived image, one of :func:`derived_image_names`, made ready."""
        from radiomics_core.extraction.engines.fast.maps import derived_region

        names = derived_image_names(self.settings)
        if image_name not in names:
            raise _not_among(image_name, names)
        with worded_failures(), own_itk_defaults():
            region = derived_region(self.prepared, self.settings, names[image_name], image_name)
        if isinstance(region, LeftOut):
            raise ExtractionError(
                lazy_("the image '{name}' cannot be computed: {cause}"), name=image_name, cause=region.cause
            )
        return MappableImage(self, image_name, region)

    def on_grid(self, one: FeatureMap) -> FeatureMap:
        """Return a map on the case's grid, or for resampled settings on the whole resampled grid."""
        resampled = not np.allclose(self.prepared.image.spacing_mm, self.grid.spacing_mm)
        return on_grid(one, self.prepared.image if resampled else self.grid)

    def near(self, only: SliceOf) -> NDArray[np.bool_]:
        """Mark the slices of the box that a slice of the case's image is shown from."""
        there = _index_of(self.prepared.image, only.of(self.grid).origin_mm)[only.axis]
        part = self.prepared.box[only.axis]
        shape = [1, 1, 1]
        shape[only.axis] = part.stop - part.start
        near: NDArray[np.bool_] = np.abs(np.arange(part.start, part.stop) - there) <= NEAR_A_SLICE
        return near.reshape(shape)


class MappableImage:
    """One derived image with its grey levels; each map, or each slice of one, is computed on its own."""

    def __init__(self, case: MappableCase, image_name: str, region: Region) -> None:
        self.case, self.image_name, self.region = case, image_name, region

    def maps(
        self,
        features: Mapping[str, Sequence[str]],
        only: SliceOf | None = None,
        report: Callable[[int, int], None] | None = None,
    ) -> Iterator[FeatureMap]:
        """Yield a map of each feature (by class), on the grid and in the box the features are computed on.

        Parameters
        ----------
        only : SliceOf, optional
            Compute no more than a slice is shown from; its values are those of the whole map.
        report : callable, optional
            Told now and then how many of how many voxels are done.
        """
        case, initial = self.case, float(self.case.settings.value("initValue"))
        wanted = self._inside if only is None else self._inside & case.near(only)
        for (family, feature), computed in self._values(np.argwhere(wanted), features, report).items():
            array = np.full(wanted.shape, initial)
            array[wanted] = computed
            unit = feature_unit(family, feature, intensity_unit(case.modality, self.image_name, case.settings))
            volume = _cut_to(case.prepared.image, case.prepared.box, array)
            yield FeatureMap(volume, wanted, f"{self.image_name}_{family}_{feature}", unit, initial)

    def map(
        self,
        family: str,
        feature: str,
        only: SliceOf | None = None,
        report: Callable[[int, int], None] | None = None,
    ) -> FeatureMap:
        """Return the map of one feature, on the grid and in the box it is computed on."""
        return next(self.maps({family: [feature]}, only, report))

    def display_range(self, family: str, feature: str) -> tuple[float, float]:
        """Return the 1st and 99th percentile of a feature over the region, from at most 2,000 voxels spread over it.

        The same for every slice, so that colours can be compared between slices; NaN where nothing is defined.
        """
        centres = np.argwhere(self._inside)
        centres = centres[:: -(-len(centres) // VOXELS_FOR_RANGE)]
        [values] = self._values(centres, {family: [feature]}).values()
        values = values[np.isfinite(values)]
        low, high = np.percentile(values, (1, 99)) if values.size else (math.nan, math.nan)
        return float(low), float(high)

    def count(self, only: SliceOf | None = None) -> int:
        """Return how many voxels a map is computed at."""
        return int(np.count_nonzero(self._inside if only is None else self._inside & self.case.near(only)))

    @property
    def _inside(self) -> NDArray[np.bool_]:
        return self.case.prepared.region[self.case.prepared.box]

    def _values(
        self,
        centres: NDArray[np.int64],
        features: Mapping[str, Sequence[str]],
        report: Callable[[int, int], None] | None = None,
    ) -> dict[tuple[str, str], NDArray[np.float64]]:
        from radiomics_core.extraction.engines.fast.maps import values_at

        _check_features(features)
        radius, at_once = (self.case.settings.value(name) for name in ("kernelRadius", "voxelBatch"))
        with worded_failures():
            return values_at(self.region, centres, radius, features, at_once=at_once or 0, report=report)


def feature_map(
    image: Volume, mask: Volume, settings: ExtractionSettings, feature_name: str, *, modality: str = ""
) -> FeatureMap:
    """Return the map of one feature on the case's grid, or for resampled settings on the resampled grid.

    Parameters
    ----------
    feature_name : str
        pyradiomics name, such as ``original_glcm_Contrast`` or ``wavelet-LLH_firstorder_Mean``.

    Raises
    ------
    ExtractionError
        When the map cannot be computed, for the reasons of an extraction.
    SettingsError
        When the name is not one of a feature that can be mapped with these settings.
    """
    parts = split_engine_name(feature_name)
    if parts is None:
        raise SettingsError(
            lazy_("'{name}' is not the name of a feature"),
            remedy=lazy_("Give a name such as original_glcm_Contrast"),
            name=feature_name,
        )
    image_name, family, feature = parts
    case = MappableCase(image, mask, settings, modality)
    return case.on_grid(case.derived(image_name).map(family, feature))


def feature_maps(
    image: Volume, mask: Volume, settings: ExtractionSettings, *, modality: str = ""
) -> Iterator[FeatureMap]:
    """Yield the map of every feature the settings ask for, except shape; see :func:`feature_map`."""
    features = {name: names for name, names in settings.features().items() if name in MAP_FAMILIES}
    case = MappableCase(image, mask, settings, modality)
    for image_name in derived_image_names(settings):
        for one in case.derived(image_name).maps(features):
            yield case.on_grid(one)


def on_grid(one: FeatureMap, reference: Volume) -> FeatureMap:
    """Return a map on another grid by nearest neighbour: values are moved, never mixed, also with those outside."""
    start = _voxels_apart(reference, one.volume)
    if start is not None:
        volume = reference.with_array(_placed(one.volume.array, start, reference, one.initial))
        computed = _placed(one.computed, start, reference, False)
    else:
        volume = reference.with_array(_nearest(one.volume, reference, one.initial))
        computed = _nearest(one.volume.with_array(one.computed), reference, 0).astype(bool)
    return FeatureMap(volume, computed, one.feature_name, one.unit, one.initial)


def _voxels_apart(reference: Volume, part: Volume) -> tuple[int, int, int] | None:
    """Return the voxel (z, y, x) of a grid where a part of it begins, None when it is no part of it."""
    if not np.allclose(part.spacing_mm, reference.spacing_mm) or not np.allclose(part.direction, reference.direction):
        return None
    exact = _index_of(reference, part.origin_mm)
    start = np.round(exact).astype(int)
    inside = (start >= 0).all() and (start + part.array.shape <= reference.array.shape).all()
    aligned = np.abs(exact - start).max() < VOXELS_OFF
    return (int(start[0]), int(start[1]), int(start[2])) if inside and aligned else None


def _placed(array: NDArray[Any], start: tuple[int, int, int], reference: Volume, outside: float) -> NDArray[Any]:
    z, y, x = start
    depth, height, width = array.shape
    whole = np.full(reference.array.shape, outside, array.dtype)
    whole[z : z + depth, y : y + height, x : x + width] = array
    return whole


def _nearest(volume: Volume, reference: Volume, outside: float) -> NDArray[Any]:
    import SimpleITK as sitk

    grid = reference.size_xyz, sitk.Transform(), sitk.sitkNearestNeighbor
    there = reference.origin_mm, reference.spacing_mm, reference.direction
    with own_itk_defaults():
        result: NDArray[Any] = sitk.GetArrayFromImage(sitk.Resample(volume.to_sitk(), *grid, *there, outside))
    return result


def _check_features(features: Mapping[str, Sequence[str]]) -> None:
    for family, names in features.items():
        if family not in MAP_FAMILIES:
            raise _not_among(family, MAP_FAMILIES)
        for name in names:
            if name not in FEATURE_NAMES[family]:
                raise _not_among(name, FEATURE_NAMES[family])


def _not_among(name: str, known: Sequence[str] | Mapping[str, str]) -> SettingsError:
    return SettingsError(
        lazy_("there is no map of '{name}' with these settings"),
        remedy=lazy_("Choose one of: {known}"),
        name=name,
        known=", ".join(known),
    )


def _cut_to(image: Volume, box: tuple[slice, slice, slice], array: NDArray[np.float64]) -> Volume:
    z, y, x = box
    return Volume(array, image.spacing_mm, image.position_mm((x.start, y.start, z.start)), image.direction)


def _index_of(image: Volume, position_mm: tuple[float, float, float]) -> NDArray[np.float64]:
    """Return where a position lies on a grid, in voxels (z, y, x)."""
    matrix = np.asarray(image.direction, float).reshape(3, 3)
    along = np.linalg.solve(matrix, np.subtract(position_mm, image.origin_mm)) / image.spacing_mm
    return np.asarray(along[::-1])
