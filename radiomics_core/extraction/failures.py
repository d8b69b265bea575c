"""Why an extraction failed, in clinical words, with the way out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from radiomics_core.errors import ExtractionError, RadiomicsError
from radiomics_core.i18n import LazyText, lazy_


@dataclass(frozen=True)
class Cause:
    """Why an extraction fails: the words engines use for it (a pattern), what that means, and the way out."""

    pattern: str
    problem: LazyText
    remedy: LazyText


CAUSES: dict[str, Cause] = {
    "no region left": Cause(
        r"only contains 1 segmented voxel|retained (?:0|1) voxel|LabelShapeStatisticsImageFilter_GetBoundingBox",
        lazy_("the region has one voxel or none left, texture needs many"),
        lazy_("Check the mask, the intensity limits of the region and the voxel size, or exclude the case"),
    ),
    "too thin": Cause(
        r"too few dimensions",
        lazy_("the region is too thin: a line or a single slice where more is required"),
        lazy_("Check the mask, lower minimumROIDimensions, or exclude the case"),
    ),
    "too small": Cause(
        r"ROI is too small",
        lazy_("the region has too few voxels for the smallest allowed size (minimumROISize)"),
        lazy_("Check the mask, lower minimumROISize, or exclude the case"),
    ),
    "label absent": Cause(
        r"not present in mask|No labels found",
        lazy_("the mask holds no voxel of this region"),
        lazy_("Check which label marks the region, or export the mask again"),
    ),
    "outside the image": Cause(
        r"larger than image space",
        lazy_("the region reaches outside the image"),
        lazy_("Check that the mask was drawn on this image, or crop it to the image"),
    ),
    "other grid": Cause(
        r"geometry mismatch|same physical space|size mismatch|Calculation of bounding box failed",
        lazy_("image and mask lie on different grids"),
        lazy_("Resample the mask onto the image (correctMask), or export it again on the image"),
    ),
    "wrong number of axes": Cause(
        r"Wrong dimensionality",
        lazy_("the voxel size to resample to has the wrong number of axes"),
        lazy_("Give three numbers: x, y, z in mm; 0 keeps an axis as it is"),
    ),
    "several slices": Cause(
        r"cannot compute 2D shape|Size of the mask in dimension",
        lazy_("2-D shape needs a region on a single slice; this one has several"),
        lazy_("Choose 3-D shape, or a mask with one slice"),
    ),
    "no memory": Cause(
        r"bad_alloc|[Uu]nable to allocate|[Ff]ailed to allocate|MemoryError",
        lazy_("there was not enough memory for this image"),
        lazy_("Use larger voxels, fewer image types or fewer cases at once"),
    ),
    "too many bins": Cause(
        r"Too many bins for data range",
        lazy_("the intensities in the region lie so close together that they cannot tell so many grey levels apart"),
        lazy_("Ask for fewer grey levels (binCount), or look at the image: the region may be nearly flat"),
    ),
    "too thin for wavelet": Cause(
        r"Length of data must be even|Level value|wavelet",
        lazy_("the image is too thin for the wavelet filter"),
        lazy_("Use 2-D extraction (force2D), fewer levels, or leave the wavelet filter out"),
    ),
}
"""Known causes; engines of ours raise them by name with :func:`failure`."""


def failure(name: str) -> ExtractionError:
    """Return the error of a known cause."""
    return ExtractionError(CAUSES[name].problem, remedy=CAUSES[name].remedy)


def explain_failure(error: BaseException) -> ExtractionError:
    """Return what an engine's exception means; the engine's own words are kept for what is not known."""
    detail = " ".join(f"{type(error).__name__} {error}".split())
    for name, cause in CAUSES.items():
        if re.search(cause.pattern, detail):
            return failure(name)
    return ExtractionError(
        lazy_("the engine stopped with: {detail}"),
        remedy=lazy_("Look at image and mask of this case; exclude it if they are damaged"),
        detail=detail[:300],
    )


@contextmanager
def worded_failures() -> Iterator[None]:
    """Turn whatever is raised inside into a worded error of this case; one of ours passes unchanged."""
    try:
        yield
    except RadiomicsError:
        raise
    except Exception as error:  # whatever a library raises
        raise explain_failure(error) from error
