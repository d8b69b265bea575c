"""What an engine notices about the values it gives, in the same words for every engine."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from radiomics_core.extraction import kinds
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import LazyText

FEW_VOXELS = 64
"""Regions below this many voxels are flagged: LIFEx refuses texture below (Orlhac et al., J Nucl Med 55 (2014) 414)."""


def real_number(value: Any) -> float:
    """Return the real part of a feature's value, NaN where it is infinite: such a feature is undefined."""
    number = float(value.real)
    return number if math.isfinite(number) else math.nan


def noticed(
    values: Mapping[str, float], voxels: int, *, moved: bool, left_out: Iterable[Finding] = ()
) -> tuple[Finding, ...]:
    """Return the findings of one region.

    Parameters
    ----------
    values : mapping of feature name to value
    voxels : int
        Voxels the features were computed from.
    moved : bool
        Whether the mask was resampled onto the image's grid.
    left_out : findings
        Image filters that could not run; see :func:`filter_left_out`.
    """
    findings = list(left_out)
    undefined = [name for name, value in values.items() if math.isnan(value)]
    if undefined:
        findings.append(found(kinds.NOT_A_NUMBER, n=len(undefined), example=undefined[0]))
    if voxels < FEW_VOXELS:
        findings.append(found(kinds.FEW_VOXELS, voxels=voxels))
    if moved:
        findings.append(found(kinds.MASK_MOVED_TO_GRID))
    return tuple(findings)


def filter_left_out(name: str, cause: LazyText) -> Finding:
    """Return the finding that an image filter could not run: ``LoG 3.0``, and why."""
    return found(kinds.FILTER_LEFT_OUT, filter=name, cause=cause)
