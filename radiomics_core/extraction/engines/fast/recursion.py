"""Recursive filters along full lines of an image, many lines at once.

A recursive filter runs over a line forwards and backwards; each step needs the four before it, so a single line cannot
be computed in parallel. Lines that lie side by side can: they are gathered into blocks, one row per step, in which the
inner loop runs over lines and not along them. Rounding is that of one line after the other in double precision, with
results kept in single precision, as ITK does it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from radiomics_core.extraction.engines.fast.compiled import compiled
from radiomics_core.extraction.engines.fast.region import Box

Values = NDArray[np.float64]
Steps = tuple[int, int, int]
"""How far apart neighbours lie in memory, in elements: groups of lines, lines, voxels of a line."""

LINES = 64
"""Lines in one block: blocks of 500 steps stay within a processor's second cache."""

AT_ONCE = 16
"""A block is computed for a multiple of this many lines: what a processor takes in one or two operations."""

PAD = 4
"""Rows before and after a block: the value of a line's end goes on for ever."""

TILE = 16
"""Steps written to one line before the next when lines do not lie side by side: one cache line."""

FEW = 8
"""Lines read side by side when they do not lie so in memory: more would drive each other out of the cache."""


def filter_lines(
    source: NDArray[Any],
    part: Box,
    axis: int,
    stretch: slice,
    coefficients: Values,
    into: tuple[NDArray[np.float32], float] | None = None,
) -> NDArray[np.float32]:
    """Filter every line of a part of an image along one axis and keep a stretch of each.

    Parameters
    ----------
    source : array of float32 or float64, shape (z, y, x), C order
    part : Box
        The lines; nothing outside it is looked at.
    axis : int
    stretch : slice
        Voxels of each line that are wanted, counted from the start of ``part``.
    coefficients : array, shape (20,)
        Forwards n0..n3, backwards m1..m4, fed back d1..d4, the same before a line's start and behind its end.
    into : (array, weight), optional
        Add ``weight`` times the result to this array instead of returning a fresh one.
    """
    size = [p.stop - p.start for p in part]
    kept = [*size]
    kept[axis] = stretch.stop - stretch.start
    target, weight = into if into is not None else (np.empty(kept, np.float32), 0.0)
    across, along = (0, 1) if axis == 2 else (1 - axis, 2)  # along: axis on which lines lie side by side in a block
    steps_in, steps_out = _steps(source.shape), _steps(kept)
    groups, lines = size[across], size[along]
    if (steps_in[across], steps_out[across]) == (lines * steps_in[along], lines * steps_out[along]):
        groups, lines = 1, groups * lines
    _filter_blocks(
        source.reshape(-1),
        target.reshape(-1),
        (groups, lines, size[axis]),
        (stretch.start, stretch.stop),
        sum(p.start * step for p, step in zip(part, steps_in, strict=True)),
        (steps_in[across], steps_in[along], steps_in[axis]),
        (steps_out[across], steps_out[along], steps_out[axis]),
        coefficients,
        into is not None,
        weight,
    )
    return target


def _steps(shape: Sequence[int]) -> Steps:
    """Return how far apart neighbours lie in memory, in elements, along z, y and x."""
    return shape[1] * shape[2], shape[2], 1


@compiled
def _filter_blocks(
    source: NDArray[Any],
    target: NDArray[np.float32],
    size: tuple[int, int, int],
    stretch: tuple[int, int],
    base: int,
    steps_in: Steps,
    steps_out: Steps,
    coefficients: Values,
    adds: bool,
    weight: float,
) -> None:
    groups, lines, n = size
    values = np.zeros((n + 2 * PAD) * LINES)
    forwards = np.empty_like(values)
    backwards = np.empty_like(values)
    for group in range(groups):
        for first in range(0, lines, LINES):
            count = min(LINES, lines - first)
            _read(source, base + group * steps_in[0] + first * steps_in[1], steps_in, n, count, values)
            width = (count + AT_ONCE - 1) // AT_ONCE * AT_ONCE
            _run_forwards(values, forwards, stretch[1], width, coefficients)
            _run_backwards(values, backwards, n, stretch[0], width, coefficients)
            begin = group * steps_out[0] + first * steps_out[1] - stretch[0] * steps_out[2]
            _write(forwards, backwards, target, begin, steps_out, stretch, count, adds, weight)


@compiled
def _read(source: NDArray[Any], base: int, steps: Steps, n: int, count: int, values: Values) -> None:
    _, line_step, step = steps
    if line_step == 1:
        for i in range(n):
            row = source[base + i * step : base + i * step + count]
            block = values[(i + PAD) * LINES : (i + PAD + 1) * LINES]
            for w in range(count):
                block[w] = row[w]
    else:
        for first in range(0, count, FEW):
            few = min(FEW, count - first)
            for i in range(n):
                block = values[(i + PAD) * LINES + first : (i + PAD) * LINES + first + FEW]
                for w in range(few):
                    block[w] = source[np.uint64(base + (first + w) * line_step + i * step)]
    for k in range(PAD):
        for w in range(LINES):
            values[k * LINES + w] = values[PAD * LINES + w]
            values[(n + PAD + k) * LINES + w] = values[(n + PAD - 1) * LINES + w]


@compiled
def _run_forwards(values: Values, out: Values, stop: int, width: int, c: Values) -> None:
    n0, n1, n2, n3 = c[0], c[1], c[2], c[3]
    for w in range(PAD * LINES):
        out[w] = values[w]
    for i in range(stop):
        d1 = c[8] if i > 0 else c[12]
        d2 = c[9] if i > 1 else c[13]
        d3 = c[10] if i > 2 else c[14]
        d4 = c[11] if i > 3 else c[15]
        v = values[i * LINES : (i + 5) * LINES]  # this step and the four before it
        o = out[i * LINES : (i + 5) * LINES]
        for w in range(width):
            fed = v[w + 4 * LINES] * n0 + v[w + 3 * LINES] * n1 + v[w + 2 * LINES] * n2 + v[w + LINES] * n3
            o[w + 4 * LINES] = fed - (o[w + 3 * LINES] * d1 + o[w + 2 * LINES] * d2 + o[w + LINES] * d3 + o[w] * d4)


@compiled
def _run_backwards(values: Values, out: Values, n: int, start: int, width: int, c: Values) -> None:
    m1, m2, m3, m4 = c[4], c[5], c[6], c[7]
    for w in range((n + PAD) * LINES, (n + 2 * PAD) * LINES):
        out[w] = values[w]
    for i in range(n - 1, start - 1, -1):
        d1 = c[8] if i < n - 1 else c[16]
        d2 = c[9] if i < n - 2 else c[17]
        d3 = c[10] if i < n - 3 else c[18]
        d4 = c[11] if i < n - 4 else c[19]
        v = values[(i + PAD) * LINES : (i + PAD + 5) * LINES]  # this step and the four behind it
        o = out[(i + PAD) * LINES : (i + PAD + 5) * LINES]
        for w in range(width):
            fed = v[w + LINES] * m1 + v[w + 2 * LINES] * m2 + v[w + 3 * LINES] * m3 + v[w + 4 * LINES] * m4
            o[w] = fed - (o[w + LINES] * d1 + o[w + 2 * LINES] * d2 + o[w + 3 * LINES] * d3 + o[w + 4 * LINES] * d4)


@compiled
def _write(
    forwards: Values,
    backwards: Values,
    target: NDArray[np.float32],
    base: int,
    steps: Steps,
    stretch: tuple[int, int],
    count: int,
    adds: bool,
    weight: float,
) -> None:
    _, line_step, step = steps
    start, stop = stretch
    if line_step == 1:
        for i in range(start, stop):
            row = target[base + i * step : base + i * step + count]
            f = forwards[(i + PAD) * LINES : (i + PAD + 1) * LINES]
            b = backwards[(i + PAD) * LINES : (i + PAD + 1) * LINES]
            if adds:
                for w in range(count):
                    row[w] = np.float32(row[w] + np.float64(np.float32(f[w] + b[w])) * weight)
            else:
                for w in range(count):
                    row[w] = np.float32(f[w] + b[w])
        return
    for begin in range(start, stop, TILE):
        for w in range(count):
            for i in range(begin, min(begin + TILE, stop)):
                at, here = np.uint64(base + w * line_step + i * step), np.uint64((i + PAD) * LINES + w)
                value = np.float32(forwards[here] + backwards[here])
                target[at] = np.float32(target[at] + np.float64(value) * weight) if adds else value
