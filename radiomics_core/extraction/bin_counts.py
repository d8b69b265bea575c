"""Grey levels per region before anything is extracted, and the bin width that would suit the cohort."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radiomics_core.errors import ExtractionError
from radiomics_core.extraction import kinds
from radiomics_core.extraction.engines.fast.derived import derived_regions
from radiomics_core.extraction.engines.inputs import check_inputs
from radiomics_core.extraction.engines.itk_defaults import own_itk_defaults
from radiomics_core.extraction.failures import worded_failures
from radiomics_core.extraction.runner import failure_finding, read_pair
from radiomics_core.extraction.settings import ExtractionSettings
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import lazy_
from radiomics_core.images.regions import FilesOnDisk

if TYPE_CHECKING:
    from radiomics_core.cohort.model import Case
    from radiomics_core.extraction.engines.fast.region import Region
    from radiomics_core.imaging.volume import Volume

LEVELS_LOW, LEVELS_HIGH = 16, 128
"""Usual range of grey levels (pyradiomics documentation, after Tixier et al., J Nucl Med 53 (2012) 693)."""

LEVELS_AIM = 64


@dataclass(frozen=True)
class BinCount:
    """Grey levels of one region on one image type.

    Attributes
    ----------
    filter : str
        ``original``, ``log-sigma-2-0-mm-3D``, ``wavelet-LLH`` ...
    levels : int
        Grey levels from the lowest to the highest inside the region, as texture matrices are made with.
    minimum, maximum : float
        Intensities inside the region after normalisation, resampling and limits, in the unit of that image.
    voxels : int
        Voxels of the region after resampling.
    bin_width : float or None
        Width used; None with a fixed number of bins.
    """

    filter: str
    levels: int
    minimum: float
    maximum: float
    voxels: int
    bin_width: float | None

    @property
    def flagged(self) -> bool:
        """Whether the number of levels is outside 16 to 128."""
        return not LEVELS_LOW <= self.levels <= LEVELS_HIGH


@dataclass(frozen=True)
class BinCounts:
    """Grey levels of one region, by filter; the original image first."""

    counts: tuple[BinCount, ...]

    @property
    def original(self) -> BinCount:
        """The count of the first image, normally the original."""
        return self.counts[0]

    def frame(self) -> pd.DataFrame:
        """Return one row per filter: filter, levels, flagged, minimum, maximum, voxels, bin_width."""
        names = ["filter", "levels", "flagged", "minimum", "maximum", "voxels", "bin_width"]
        return pd.DataFrame([[getattr(count, name) for name in names] for count in self.counts], columns=names)


def bin_count_preview(
    volume: Volume, mask: Volume, settings: ExtractionSettings, *, filters: bool = False
) -> BinCounts:
    """Count grey levels inside a region exactly as extraction will make them.

    Parameters
    ----------
    volume, mask : Volume
    settings : ExtractionSettings
    filters : bool
        Count on every filtered image too; slower.

    Raises
    ------
    ExtractionError
        When the region cannot be extracted at all, for the reasons extraction would give.
    """
    names = list(settings.image_types()) if filters else ["Original"]
    counts = _derived_counts(volume, mask, settings.with_image_types(names))
    if not counts:
        raise ExtractionError(lazy_("these settings make no image"), remedy=lazy_("Choose at least one image type"))
    return BinCounts(tuple(counts))


def _derived_counts(volume: Volume, mask: Volume, settings: ExtractionSettings) -> list[BinCount]:
    from radiomics_core.extraction.engines.fast.preparation import prepare

    check_inputs(volume, mask, settings)
    with worded_failures(), own_itk_defaults():
        derived = derived_regions(prepare(volume, mask, settings), settings)
        return [_count(*one) for one in derived if isinstance(one, tuple)]


def _count(name: str, region: Region) -> BinCount:
    from radiomics_core.extraction.engines.fast.levels import highest_level

    intensities, options = region.intensities, region.options
    low, high = float(intensities.min()), float(intensities.max())
    width = None if options.bin_count else float(options.bin_width)
    return BinCount(name, highest_level(intensities, options), low, high, len(intensities), width)


@dataclass(frozen=True)
class BinPreview:
    """Grey levels of many regions, and what could not be counted.

    Attributes
    ----------
    rows : DataFrame
        case_id, image, roi, filter, levels, flagged, minimum, maximum, voxels, bin_width.
    findings : tuple of Finding
        RX304 for each region outside 16 to 128 levels, RX301 for each that cannot be extracted.
    """

    rows: pd.DataFrame
    findings: tuple[Finding, ...]

    def frame(self) -> pd.DataFrame:
        """Return the rows."""
        return self.rows


PREVIEW_COLUMNS = [
    "case_id", "image", "roi", "filter", "levels", "flagged", "minimum", "maximum", "voxels", "bin_width",
]  # fmt: skip


def preview_case(
    case: Case, image: str, roi: str, settings: ExtractionSettings, *, folder: str = "", filters: bool = False
) -> BinPreview:
    """Count grey levels of one region of one case; a region that cannot be read is a finding."""
    try:
        volume, mask = read_pair(case, image, roi, settings, FilesOnDisk(folder))
        counts = bin_count_preview(volume, mask, settings, filters=filters)
    except Exception as error:  # noqa: BLE001 - one bad case never stops a cohort: it becomes a finding
        return BinPreview(pd.DataFrame(columns=PREVIEW_COLUMNS), (failure_finding(error, case.case_id, image, roi),))
    rows = counts.frame().assign(case_id=case.case_id, image=image, roi=roi)[PREVIEW_COLUMNS]
    if not counts.original.flagged:
        return BinPreview(rows, ())
    levels = counts.original.levels
    flag = found(kinds.GREY_LEVELS_OUTSIDE, case_id=case.case_id, image=image, roi=roi, levels=levels)
    return BinPreview(rows, (flag,))


def join_previews(previews: Sequence[BinPreview]) -> BinPreview:
    """Put the previews of several cases into one."""
    filled = [preview.rows for preview in previews if len(preview.rows)]
    rows = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=PREVIEW_COLUMNS)
    return BinPreview(rows, tuple(finding for preview in previews for finding in preview.findings))


SUGGESTION = lazy_(
    "With a bin width of {bin_width:g}, the median region has {median_levels:.0f} grey levels and {n_inside} of {n} "
    "regions lie between 16 and 128."
)


@dataclass(frozen=True)
class BinWidthSuggestion:
    """A bin width that keeps most regions between 16 and 128 levels, with the reason.

    Attributes
    ----------
    bin_width : float
        In image units: 1, 2, 2.5 or 5 times a power of ten.
    median_levels : float
        Grey levels of the median region with it.
    n_inside, n : int
        Regions between 16 and 128 levels with it, of all.
    """

    bin_width: float
    median_levels: float
    n_inside: int
    n: int

    def distance_to_aim(self) -> float:
        """Return how far the median region is from 64 grey levels, as the logarithm of the ratio."""
        return abs(math.log(self.median_levels / LEVELS_AIM))

    def reason(self) -> str:
        """Return the reason in the session's language."""
        return SUGGESTION.format(**vars(self))


def suggest_bin_width(
    minimum: NDArray[np.float64] | pd.Series, maximum: NDArray[np.float64] | pd.Series
) -> BinWidthSuggestion:
    """Suggest the round bin width that puts most regions between 16 and 128 grey levels.

    Tried are 1, 2, 2.5 and 5 times powers of ten with which the region of median range lies there; among equals, the
    one that gives it nearest to 64 levels is taken.

    Only intensities are looked at, never an outcome.

    Parameters
    ----------
    minimum, maximum : array of float, shape (n_regions,)
        Intensities inside each region after preprocessing (columns of the preview, one filter).

    Raises
    ------
    ExtractionError
        When no region has more than one intensity.
    """
    low, high = np.asarray(minimum, float), np.asarray(maximum, float)
    spans = (high - low)[np.isfinite(high - low) & (high > low)]
    if not len(spans):
        raise ExtractionError(
            lazy_("no region has more than one intensity"), remedy=lazy_("Look at the images: they may be masks")
        )
    span = float(np.median(spans))
    widths = round_widths(span / LEVELS_HIGH, span / LEVELS_LOW)
    return max((_with_width(low, high, width) for width in widths), key=lambda s: (s.n_inside, -s.distance_to_aim()))


def _with_width(low: NDArray[np.float64], high: NDArray[np.float64], width: float) -> BinWidthSuggestion:
    levels = np.floor(high / width) - np.floor(low / width) + 1
    inside = (levels >= LEVELS_LOW) & (levels <= LEVELS_HIGH)
    return BinWidthSuggestion(width, float(np.median(levels)), int(np.sum(inside)), len(levels))


def round_widths(lowest: float, highest: float) -> list[float]:
    """Return 1, 2, 2.5 and 5 times the powers of ten between two positive numbers."""
    if not 0 < lowest <= highest:
        raise ValueError(f"limits must be positive and in order, got {lowest} and {highest}")
    powers = range(math.floor(math.log10(lowest)), math.ceil(math.log10(highest)) + 1)
    widths = (float(f"{step * 10.0**power:.12g}") for power in powers for step in (1, 2, 2.5, 5))
    return [width for width in widths if lowest <= width <= highest]
