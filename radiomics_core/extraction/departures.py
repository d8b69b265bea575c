"""Where the fast engine does not repeat pyradiomics 3.0.1 on purpose, because pyradiomics gives rounding as a result.

A row says in which case, what pyradiomics gives and what is right; ``applies`` recognises the case from the values of
both engines, so narrowly that a wrong formula is not taken for it. ``docs/engine.md`` lists the same rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from radiomics_core.i18n import LazyText, lazy_

Values = Mapping[str, float]
"""Values of one class on one derived image, by feature."""

DIRECTIONS = 13
"""Directions at distance 1, of which any number may be concerned."""

MORE_DIRECTIONS, FEW = 124, 4
"""Directions at more distances, of which a few may be concerned."""

TOLERANCE = 1e-6
ROUNDING = 1e-6
"""What rounding leaves of an axis that is 0, as part of the longest axis: the root of 1e-16, and a margin."""


@dataclass(frozen=True)
class Departure:
    """One case in which values differ on purpose.

    Attributes
    ----------
    name : str
        Code.
    features : tuple of str
        Features it concerns; empty for every feature of the classes.
    families : tuple of str
        Feature classes.
    case, reference, fast : LazyText
        When; what pyradiomics 3.0.1 gives; what the fast engine gives, and why.
    applies : callable (feature, values of pyradiomics, values of the fast engine) -> bool
    """

    name: str
    families: tuple[str, ...]
    features: tuple[str, ...]
    case: LazyText
    reference: LazyText
    fast: LazyText
    applies: Callable[[str, Values, Values], bool]


def departure_of(family: str, feature: str, reference: Values, fast: Values) -> Departure | None:
    """Return the departure that explains a difference, None for a difference that nothing explains."""
    for row in DEPARTURES:
        concerned = family in row.families and (not row.features or feature in row.features)
        if concerned and row.applies(feature, reference, fast):
            return row
    return None


def _nothing_counted(feature: str, reference: Values, fast: Values) -> bool:
    return all(math.isnan(value) for value in fast.values()) and any(math.isnan(v) for v in reference.values())


def _flat(feature: str, reference: Values, fast: Values) -> bool:
    return fast.get("Range") == 0 and reference.get("Range") == 0 and fast[feature] == 0


def _thin(feature: str, reference: Values, fast: Values) -> bool:
    longest = fast.get("MajorAxisLength", math.nan)
    unit = 1.0 if feature in ("Elongation", "Flatness") else longest
    old = reference[feature]
    return fast[feature] == 0 and longest > 0 and (math.isnan(old) or abs(old) <= ROUNDING * unit)


def _some_directions_of_one_level(feature: str, reference: Values, fast: Values) -> bool:
    apart = fast[feature] - reference[feature]
    return any(abs(apart - part) <= TOLERANCE for part in _parts())


def _some_directions_without_root(feature: str, reference: Values, fast: Values) -> bool:
    old, new = reference[feature], fast[feature]
    if math.isnan(old):
        return abs(new) <= math.sqrt(TOLERANCE)
    return any(abs(new - old * (1 - part)) <= TOLERANCE for part in _parts())


def _root_of_rounding(feature: str, reference: Values, fast: Values) -> bool:
    return fast[feature] <= 10 * TOLERANCE and abs(fast[feature] - reference[feature]) <= TOLERANCE / 10


def _parts() -> set[float]:
    """Return the parts of all directions that some of them are."""
    directions = range(1, MORE_DIRECTIONS + 1)
    return {k / n for n in directions for k in range(1, n + 1) if n <= DIRECTIONS or k <= FEW}


DEPARTURES: tuple[Departure, ...] = (
    Departure(
        "nothing_counted",
        ("glcm", "glrlm", "glszm", "gldm", "ngtdm"),
        (),
        lazy_("No voxel of the region has a neighbour in it, so that a texture matrix is empty."),
        lazy_("NaN for most features of the class, but MCC 1, Inverse Variance 0, Run Entropy 0 and Run Variance 0."),
        lazy_("No value for any feature of the class: shares of nothing are undefined."),
        _nothing_counted,
    ),
    Departure(
        "flat",
        ("firstorder",),
        ("Skewness", "Kurtosis"),
        lazy_("All intensities are equal, but their mean is not exactly representable."),
        lazy_("Skewness 1 or -1 and Kurtosis 1, from the rounding of the mean."),
        lazy_("0 for both, which is what pyradiomics gives when the mean is exact."),
        _flat,
    ),
    Departure(
        "thin",
        ("shape", "shape2D"),
        ("MinorAxisLength", "LeastAxisLength", "Elongation", "Flatness"),
        lazy_("All voxels lie in a plane or on a line, so that an axis has length 0."),
        lazy_("The root of a rounding error: a length up to about a micrometre, or NaN when the error is negative."),
        lazy_("Exactly 0; the rank is found in whole numbers."),
        _thin,
    ),
    Departure(
        "one_level_in_a_direction",
        ("glcm",),
        ("Correlation",),
        lazy_("All pairs in a direction have the same two levels, but their standard deviation is rounded to above 0."),
        lazy_("Correlation 0 in this direction instead of the 1 it gives where the deviation is exactly 0."),
        lazy_("Correlation 1 in every such direction."),
        _some_directions_of_one_level,
    ),
    Departure(
        "no_correlation_in_a_direction",
        ("glcm",),
        ("MCC",),
        lazy_("The second eigenvalue in a direction is 0, but rounded to below 0."),
        lazy_("The root is NaN, and the direction is left out of the mean; NaN when it is the only one."),
        lazy_("0 in this direction, and the mean over all directions."),
        _some_directions_without_root,
    ),
    Departure(
        "no_information",
        ("glcm",),
        ("Imc2",),
        lazy_("The levels of a pair do not depend on each other at all."),
        lazy_("The root of a rounding error, about 1e-8."),
        lazy_("0."),
        _root_of_rounding,
    ),
)
"""Every departure, in the order in which they are looked for."""
