"""Settings that were moved, in words."""

from __future__ import annotations

from collections.abc import Callable

from pages.common.words import Markdown, _, md
from radiomics_core.extraction import ExtractionSettings
from radiomics_core.extraction.what_if import Dials


def voxel_words(size: tuple[float, ...]) -> str:
    """Return a voxel size as text."""
    if not size:
        return _("as scanned")
    return f"{size[0]:g} mm" if len(set(size)) == 1 else " x ".join(f"{mm:g}" for mm in size) + " mm"


def sigma_words(sigmas: tuple[float, ...]) -> str:
    """Return widths of the filter as text."""
    return ", ".join(f"{sigma:g}" for sigma in sigmas) + " mm" if sigmas else ""


def difference(before: ExtractionSettings, after: ExtractionSettings) -> Markdown:
    """Return what differs between two settings in words: ``Bin width 10 → 25``."""
    old, new = Dials.of(before), Dials.of(after)
    words: dict[str, Callable[[Dials], str]] = {
        "bin_width": lambda d: f"{d.bin_width:g}",
        "bin_count": lambda d: _("by bin width") if d.bin_count is None else str(d.bin_count),
        "voxel_mm": lambda d: voxel_words(d.voxel_mm),
        "normalize": lambda d: _("on") if d.normalize else _("off"),
        "normalize_scale": lambda d: f"{d.normalize_scale:g}",
        "sigma_mm": lambda d: sigma_words(d.sigma_mm),
    }
    labels = {
        "bin_width": _("Bin width"),
        "bin_count": _("Bin count"),
        "voxel_mm": _("Voxel size"),
        "normalize": _("Normalise intensities"),
        "normalize_scale": _("Scale"),
        "sigma_mm": _("LoG filter, sigma"),
    }
    moved = [(labels[dial], md(words[dial](old)), md(words[dial](new))) for dial in new.moved_from(old)]
    return Markdown(", ".join(f"{md(label)} **{md(was)} → {md(now)}**" for label, was, now in moved))
