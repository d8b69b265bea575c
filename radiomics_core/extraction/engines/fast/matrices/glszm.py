"""Counting zones: connected voxels of one grey level."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.compiled import compiled

Ints = NDArray[np.int32]


@compiled
def count_zones(padded: Ints, highest: int, slices_apart: bool) -> tuple[Ints, Ints, Ints]:
    """Count the zones of a region.

    One pass in array order gives each voxel the number of a zone it touches, or a new one; where two zones turn out to
    be one, the lower number becomes the parent of the higher. Levels and numbers of two slices are kept.

    Parameters
    ----------
    padded : array of int32, shape (z, y, x)
        Grey levels from 1; 0 outside the region and in a border of one voxel.
    highest : int
        Highest level.
    slices_apart : bool
        Zones do not reach from slice to slice (8 neighbours instead of 26).

    Returns
    -------
    level, size, count : array of int32, shape (entries,)
        How many zones have this level and size; sorted by level, then size.
    """
    depth, height, width = padded.shape
    values = np.zeros((2, height, width), np.int32)  # the slice before, this slice
    numbers = np.zeros(values.shape, np.int32)
    most = np.count_nonzero(padded) + 1
    parent, size, level_of = np.zeros(most, np.int32), np.zeros(most, np.int32), np.zeros(most, np.int32)
    zones = 0
    for z in range(1, depth - 1):
        if not slices_apart:
            values[0] = values[1]
            numbers[0] = numbers[1]
        values[1] = padded[z]
        zones = _number_slice(values, numbers, parent, size, level_of, zones)
    for zone in range(1, zones + 1):
        oldest = _oldest(parent, zone)
        if oldest != zone:
            size[oldest] += size[zone]
            size[zone] = 0
    return _table(level_of[1 : zones + 1], size[1 : zones + 1], highest)


@compiled
def _number_slice(  # noqa: PLR0912 - as one function it takes half the time
    values: Ints, numbers: Ints, parent: Ints, size: Ints, level_of: Ints, zones: int
) -> int:
    """Number the voxels of the second of two slices; return how many numbers are in use.

    Of the 13 neighbours before a voxel few are asked: those of one level that touch each other are of one zone already,
    so that a neighbour speaks for all it touches.
    """
    _, height, above = values.shape
    behind = height * above
    flat, of = values.ravel(), numbers.ravel()
    touched = np.empty(8, np.int32)
    for place in range(behind + above + 1, 2 * behind - above - 1):
        level = flat[place]
        if level == 0:
            continue
        below, found = place - behind + above, 0
        if flat[place - behind] == level:  # touches all others
            touched[0], found = of[place - behind], 1
        elif flat[place - above] == level:  # touches all but the three behind and below
            touched[0], found = of[place - above], 1
            for other in range(below - 1, below + 2):
                if flat[other] == level:
                    touched[found] = of[other]
                    found += 1
        else:
            left = flat[place - 1] == level  # touches all but those on the right
            if left:
                touched[0], found = of[place - 1], 1
            else:
                for other in range(below - 2 * above, below + 1, 2 * above):
                    if flat[other] == level:
                        touched[found] = of[other]
                        found += 1
            for side in range(1 if left else -1, 2, 2):
                middle = place - behind + side
                if flat[middle] == level:  # touches the three others of this side
                    touched[found] = of[middle]
                    found += 1
                else:
                    for other in (middle + behind - above, middle - above, middle + above):
                        if flat[other] == level:
                            touched[found] = of[other]
                            found += 1
        if found == 0:
            zones += 1
            touched[0] = zones
            parent[zones], level_of[zones] = zones, level
        zone = touched[0]
        for k in range(1, found):
            zone = _joined(parent, zone, touched[k])
        of[place] = zone
        size[zone] += 1
    return zones


@compiled
def _joined(parent: Ints, one: int, other: int) -> int:
    """Make two zones one."""
    if one == other:
        return one
    one, other = _oldest(parent, one), _oldest(parent, other)
    parent[max(one, other)] = min(one, other)
    return min(one, other)


@compiled
def _oldest(parent: Ints, zone: int) -> int:
    """Return the zone a zone became part of, halving the way there for the next who asks."""
    while parent[zone] != zone:
        parent[zone] = parent[parent[zone]]
        zone = parent[zone]
    return zone


@compiled
def _table(level_of: Ints, size: Ints, highest: int) -> tuple[Ints, Ints, Ints]:
    """Count zones by level and size; zones of size 0 have become part of others.

    Zones of a level cannot be larger than its voxels, so that a table with one row per level has as many cells as the
    region has voxels.
    """
    voxels = np.zeros(highest + 2, np.int64)
    for zone in range(len(size)):
        voxels[level_of[zone] + 1] += size[zone]
    starts = np.cumsum(voxels)
    table = np.zeros(starts[-1], np.int32)
    for zone in range(len(size)):
        if size[zone] > 0:
            table[starts[level_of[zone]] + size[zone] - 1] += 1
    entries = np.count_nonzero(table)
    level, sizes, count = np.empty(entries, np.int32), np.empty(entries, np.int32), np.empty(entries, np.int32)
    entry = 0
    for of in range(1, highest + 1):
        for cell in range(starts[of], starts[of + 1]):
            if table[cell] > 0:
                level[entry], sizes[entry], count[entry] = of, cell - starts[of] + 1, table[cell]
                entry += 1
    return level, sizes, count


@compiled
def count_zones_around(
    levels: Ints, centres: NDArray[np.int64], reach: NDArray[np.int64]
) -> tuple[Ints, NDArray[np.float64]]:
    """Count the zones in the cubes around voxels.

    Parameters
    ----------
    levels : array of int32, shape (z, y, x)
        Grey levels from 1; 0 where a voxel does not count.
    centres : array of int64, shape (n, 3)
        Middle voxels (z, y, x).
    reach : array of int64, shape (3,)
        How many voxels a cube extends from its middle along each axis; it ends where the array ends.

    Returns
    -------
    places : array of int32, shape (entries, 3)
        Centre (its position in ``centres``), level and size of the entries that are not 0; sorted.
    counts : array of float64, shape (entries,)
    """
    cube = np.zeros((2 * reach[0] + 3, 2 * reach[1] + 3, 2 * reach[2] + 3), np.int32)
    flat = cube.ravel()
    steps = _steps(cube.shape[1], cube.shape[2])
    stack = np.empty((2 * reach + 1).prod(), np.int32)
    places = np.empty((len(centres) * len(stack), 3), np.int32)
    counts = np.empty(len(places))
    entries = 0
    for m in range(len(centres)):
        _fill(cube, levels, centres[m], reach)
        first = entries
        for place in range(len(flat)):
            if flat[place] > 0:
                level = flat[place]
                size = _flood(flat, place, steps, stack)
                entries = _insert(places, counts, first, entries, m, level, size)
    return places[:entries], counts[:entries]


@compiled
def _steps(height: int, width: int) -> NDArray[np.int64]:
    """Return the steps to the 26 neighbours in a flat array."""
    steps = np.empty(27, np.int64)
    for k in range(27):
        steps[k] = ((k // 9 - 1) * height + k // 3 % 3 - 1) * width + k % 3 - 1
    steps[13] = steps[26]
    return steps[:26]


@compiled
def _fill(cube: Ints, levels: Ints, centre: NDArray[np.int64], reach: NDArray[np.int64]) -> None:
    """Copy the levels around a voxel into a cube with a border."""
    cube[:] = 0
    z0, y0, x0 = centre - reach - 1
    for z in range(max(z0 + 1, 0), min(centre[0] + reach[0] + 1, levels.shape[0])):
        for y in range(max(y0 + 1, 0), min(centre[1] + reach[1] + 1, levels.shape[1])):
            for x in range(max(x0 + 1, 0), min(centre[2] + reach[2] + 1, levels.shape[2])):
                cube[z - z0, y - y0, x - x0] = levels[z, y, x]


@compiled
def _flood(flat: Ints, place: int, steps: NDArray[np.int64], stack: Ints) -> int:
    """Set the zone of a voxel to 0; return how many voxels it had."""
    level = flat[place]
    flat[place] = 0
    stack[0] = place
    size, waiting = 0, 1
    while waiting > 0:
        waiting -= 1
        here = stack[waiting]
        size += 1
        for step in steps:
            if flat[here + step] == level:
                flat[here + step] = 0
                stack[waiting] = here + step
                waiting += 1
    return size


@compiled
def _insert(places: Ints, counts: NDArray[np.float64], first: int, entries: int, m: int, level: int, size: int) -> int:
    """Count a zone among the sorted entries of its centre; return how many entries there are."""
    at = entries
    while at > first and (places[at - 1, 1] > level or (places[at - 1, 1] == level and places[at - 1, 2] > size)):
        at -= 1
    if at > first and places[at - 1, 1] == level and places[at - 1, 2] == size:
        counts[at - 1] += 1
        return entries
    for entry in range(entries, at, -1):
        places[entry], counts[entry] = places[entry - 1], counts[entry - 1]
    places[at, 0], places[at, 1], places[at, 2], counts[at] = m, level, size, 1
    return entries + 1
