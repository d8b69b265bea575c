"""How much of the image a filter has to see around the box."""

from __future__ import annotations

from radiomics_core.extraction.engines.fast.region import Box


def widened(box: Box, shape: tuple[int, ...], margin: int) -> tuple[Box, Box]:
    """Return the box grown by a margin and cut at the border, and where the box lies inside that."""
    around = [slice(max(p.start - margin, 0), min(p.stop + margin, n)) for p, n in zip(box, shape, strict=True)]
    inside = [slice(p.start - a.start, p.stop - a.start) for p, a in zip(box, around, strict=True)]
    return (around[0], around[1], around[2]), (inside[0], inside[1], inside[2])
