"""The settings that are worth moving, in plain words; each begins where the settings in force stand."""

from __future__ import annotations

import dataclasses
from typing import Any

import streamlit as st

from pages.common import state
from pages.common.words import Markdown, _, md
from pages.features.panels.what_if_words import sigma_words, voxel_words
from radiomics_core.extraction import ExtractionSettings
from radiomics_core.extraction.bin_counts import round_widths
from radiomics_core.extraction.what_if import Dials
from radiomics_core.i18n import lazy_

COUNTS = (8, 16, 32, 64, 128, 256)
VOXELS_MM = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0)
SCALES = (1.0, 10.0, 100.0, 1000.0)
FACTORS = (0.5, 0.75, 1.0, 1.5, 2.0)
WIDTH, COUNT = "width", "count"
WAYS = {WIDTH: lazy_("Bin width"), COUNT: lazy_("Bin count")}


def turn(settings: ExtractionSettings, stamp: str) -> ExtractionSettings:
    """Show the controls; return the settings with what was moved."""
    now = Dials.of(settings)
    left, right = st.columns(2, gap="medium")
    with left:
        grey = _grey_levels(now, stamp)
    with right:
        voxel = _voxel_size(now, settings, stamp)
        sigma = _sigma(now, stamp)
    normalised = _normalisation(now, stamp)
    return dataclasses.replace(now, **grey, **voxel, **normalised, **sigma).turned(settings)


def _grey_levels(now: Dials, stamp: str) -> dict[str, Any]:
    way_key = f"what_if_way_{stamp}"
    state.recall(way_key, WIDTH if now.bin_count is None else COUNT, options=WAYS)
    way = st.segmented_control(
        _("Grey levels by"),
        list(WAYS),
        format_func=lambda name: md(WAYS[name]),
        key=way_key,
        persist_state="session",
        required=True,
        help=_(
            "A fixed width suits images with a unit (HU, SUV); a fixed number suits images without one, such as MR."
        ),
    )
    if way == WIDTH:
        widths = round_widths(now.bin_width / 10, now.bin_width * 10)
        width = _slider(
            _("Bin width"), [*widths, now.bin_width], now.bin_width, f"what_if_width_{stamp}",
            help=_("Width of one grey level in image units. Narrow bins see fine texture and noise; wide bins blur both."),
        )  # fmt: skip
        return {"bin_width": width, "bin_count": None}
    count = _slider(
        _("Bin count"), [*COUNTS, now.bin_count or COUNTS[2]], now.bin_count or COUNTS[2], f"what_if_count_{stamp}",
        help=_("Every region gets this many grey levels, however wide its range is."),
    )  # fmt: skip
    return {"bin_count": count}


def _voxel_size(now: Dials, settings: ExtractionSettings, stamp: str) -> dict[str, Any]:
    flat = bool(settings.value("force2D"))
    sizes: list[tuple[float, ...]] = [(mm, mm, 0.0 if flat else mm) for mm in VOXELS_MM]
    if now.voxel_mm not in ((), *sizes):
        sizes = sorted([*sizes, now.voxel_mm])
    offered: list[tuple[float, ...]] = [(), *sizes]
    place = _slider(
        _("Voxel size"), list(range(len(offered))), offered.index(now.voxel_mm), f"what_if_voxel_{stamp}",
        words=lambda place: voxel_words(offered[place]),
        help=_("Size to which image and mask are resampled. Larger voxels are smoother and fewer."),
    )  # fmt: skip
    return {"voxel_mm": offered[place]}


def _normalisation(now: Dials, stamp: str) -> dict[str, Any]:
    key = f"what_if_normalize_{stamp}"
    state.recall(key, now.normalize)
    left, right = st.columns(2, gap="medium", vertical_alignment="center")
    on = left.toggle(
        _("Normalise intensities"),
        key=key,
        persist_state="session",
        help=_("Centres each image on its mean and divides by its standard deviation: for images without a unit."),
    )
    with right:
        scale = _slider(
            _("Scale"), [*SCALES, now.normalize_scale], now.normalize_scale,
            f"what_if_scale_{stamp}", disabled=not on,
            help=_("What one standard deviation becomes, with normalisation only. The bin width is in this unit then."),
        )  # fmt: skip
    return {"normalize": bool(on), "normalize_scale": scale}


def _sigma(now: Dials, stamp: str) -> dict[str, Any]:
    def words(factor: float) -> str:
        return sigma_words(_times(now.sigma_mm, factor)) or _("none")

    factor = _slider(
        _("LoG filter, sigma"), list(FACTORS) if now.sigma_mm else [1.0], 1.0, f"what_if_sigma_{stamp}", words=words,
        disabled=not now.sigma_mm,
        help=_("Size of the structures that the LoG filter brings out; all its widths move together. Not in force without that filter."),
    )  # fmt: skip
    return {"sigma_mm": _times(now.sigma_mm, factor)}


def _times(sigmas: tuple[float, ...], factor: float) -> tuple[float, ...]:
    return sigmas if factor == 1 else tuple(round(sigma * factor, 3) for sigma in sigmas)


def _slider(
    label: Markdown,
    options: list[Any],
    now: Any,
    key: str,
    *,
    help: Markdown,
    words: Any = None,
    disabled: bool = False,
) -> Any:
    ordered = sorted(set(options))
    state.recall(key, now, options=ordered)
    return st.select_slider(
        label,
        ordered,
        format_func=lambda value: md(words(value)) if words else f"{value:g}",
        key=key,
        persist_state="session",
        disabled=disabled,
        help=help,
    )
