"""Feature maps laid over slices: what is asked for, computed once and kept by digest.

A slice is computed on its own, so that it is there at once however large the region is; its values are those of the
whole map.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from pages.common.words import markup, show_html
from radiomics_core.errors import ExtractionError
from radiomics_core.extraction.feature_maps import MappableCase, SliceOf, on_grid
from radiomics_core.i18n import lazy_
from radiomics_core.imaging.colour_map import VIRIDIS
from radiomics_core.imaging.orientation import view_of
from radiomics_core.imaging.volume import Volume
from radiomics_core.imaging.writing import nifti_bytes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from radiomics_core.extraction import ExtractionSettings
    from radiomics_core.extraction.feature_maps import FeatureMap, MappableImage
    from radiomics_core.imaging.orientation import Plane

MOST_IN_ONE_SLICE = 100_000_000
"""Voxels times voxels of a neighbourhood: about a minute; a larger slice is refused with a way out."""


@dataclass(frozen=True)
class MapRequest:
    """A feature of a derived image and the settings it is computed with."""

    settings: ExtractionSettings
    image_name: str
    family: str
    feature: str
    modality: str

    def key(self, digests: tuple[str, ...]) -> tuple[str, ...]:
        """Return what the map depends on, for one image and region."""
        return (*digests, self.settings.digest(), self.image_name, self.family, self.feature)


@dataclass(frozen=True, eq=False)
class MapSlice:
    """A map on the slice that is shown.

    Attributes
    ----------
    values : array, shape (rows, columns)
        As the slice is shown; NaN where there is no value.
    low, high : float
        Values with the first and the last colour, the same on every slice.
    unit : str
    undefined : int
        Voxels of the slice where the feature is not defined.
    computed : int
        Voxels of the slice that were computed.
    resampled_mm : (x, y, z)
        Size of the voxels the map was computed on, empty when they are those of the image.
    """

    values: NDArray[np.float64]
    low: float
    high: float
    unit: str
    undefined: int
    computed: int
    resampled_mm: tuple[float, ...] = ()


def on_slice(
    request: MapRequest, digests: tuple[str, ...], image: Volume, mask: Volume, plane: Plane, index: int
) -> MapSlice:
    """Return the map on one slice of the case's image."""
    return _on_slice(request.key(digests), plane, index, request, digests, image, mask)


def whole(
    request: MapRequest,
    digests: tuple[str, ...],
    image: Volume,
    mask: Volume,
    report: Callable[[int, int], None] | None = None,
) -> FeatureMap:
    """Return the map of the whole region on the case's grid, or on the grid its features are computed on."""
    source = _source(request, digests, image, mask)
    return source.case.on_grid(source.map(request.family, request.feature, report=report))


def colour_bar(title: str, low: float, high: float) -> None:
    """Draw the colours of a map with the values at both ends and in the middle."""
    show_html(
        markup(
            """<div style="font-size:0.85rem"><div style="font-weight:600">{title}</div>
            <div style="height:14px;border-radius:3px;background:linear-gradient(to right,{colours})"></div>
            <div style="display:flex;justify-content:space-between"><span>{low}</span><span>{middle}</span>
            <span>{high}</span></div></div>""",
            title=title,
            colours=",".join(VIRIDIS),
            low=f"{low:.4g}",
            middle=f"{(low + high) / 2:.4g}",
            high=f"{high:.4g}",
        )
    )


def as_file(found: FeatureMap) -> bytes:
    """Return a map as compressed NIfTI."""
    return nifti_bytes(found.volume)


@st.cache_resource(max_entries=2, show_spinner=False)
def _case(key: tuple[str, ...], _request: MapRequest, _image: Volume, _mask: Volume) -> MappableCase:
    return MappableCase(_image, _mask, _request.settings, _request.modality)


@st.cache_resource(max_entries=4, show_spinner=False)
def _derived(key: tuple[str, ...], _request: MapRequest, _image: Volume, _mask: Volume) -> MappableImage:
    return _case(key[:-1], _request, _image, _mask).derived(_request.image_name)


def _source(request: MapRequest, digests: tuple[str, ...], image: Volume, mask: Volume) -> MappableImage:
    return _derived((*digests, request.settings.digest(), request.image_name), request, image, mask)


@st.cache_resource(max_entries=40, show_spinner=False)
def _range(
    key: tuple[str, ...], _request: MapRequest, _digests: tuple[str, ...], _image: Volume, _mask: Volume
) -> tuple[float, float]:
    return _source(_request, _digests, _image, _mask).display_range(_request.family, _request.feature)


@st.cache_resource(max_entries=200, show_spinner=False)
def _on_slice(
    key: tuple[str, ...],
    plane: Plane,
    index: int,
    _request: MapRequest,
    _digests: tuple[str, ...],
    _image: Volume,
    _mask: Volume,
) -> MapSlice:
    source = _source(_request, _digests, _image, _mask)
    view = view_of(_image.direction, plane)
    only = SliceOf(view.through, index)
    _refuse_too_much(source.count(only), int(_request.settings.value("kernelRadius")))
    found = on_grid(source.map(_request.family, _request.feature, only), only.of(_image))
    shown = np.where(found.computed, found.volume.array, np.nan)
    low, high = _range(key, _request, _digests, _image, _mask)
    computed = int(np.count_nonzero(found.computed))
    undefined = computed - int(np.count_nonzero(np.isfinite(shown)))
    size = source.case.prepared.image.spacing_mm
    resampled_mm = () if np.allclose(size, _image.spacing_mm) else size
    return MapSlice(view.cut(shown, 0), low, high, found.unit, undefined, computed, resampled_mm)


def _refuse_too_much(voxels: int, radius: int) -> None:
    neighbours = (2 * radius + 1) ** 3
    if voxels * neighbours > MOST_IN_ONE_SLICE:
        raise ExtractionError(
            lazy_("this slice has {voxels} voxels with {neighbours} neighbours each: too many to show at once"),
            remedy=lazy_("Choose a smaller neighbourhood"),
            voxels=f"{voxels:,}",
            neighbours=f"{neighbours:,}",
        )
