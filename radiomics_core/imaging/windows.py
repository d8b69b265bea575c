"""Display windows: which values are shown black and which white."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from radiomics_core.i18n import lazy_
from radiomics_core.imaging.volume import Volume
from radiomics_core.registry import Choice, Registry

MAX_SAMPLED_SLICES = 24


@dataclass(frozen=True)
class Window:
    """Values at or below ``low`` are black, at or above ``high`` white."""

    low: float
    high: float

    @classmethod
    def centred(cls, centre: float, width: float) -> Window:
        """Make a window from centre and width, as on a workstation."""
        return cls(centre - width / 2, centre + width / 2)

    def apply(self, array: NDArray[Any]) -> NDArray[np.uint8]:
        """Return grey values 0-255; values that are not a number are black."""
        scale = 255.0 / max(self.high - self.low, 1e-12)
        grey = (array.astype(np.float32) - np.float32(self.low)) * np.float32(scale)
        np.nan_to_num(grey, copy=False, nan=0.0, posinf=255.0, neginf=0.0)
        shown: NDArray[np.uint8] = np.clip(grey, 0, 255).astype(np.uint8)
        return shown


@dataclass(frozen=True)
class FixedWindow:
    """The same values for every image: units mean something (HU, SUV)."""

    low: float
    high: float

    def window(self, volume: Volume) -> Window:
        """Return the window for a volume."""
        del volume
        return Window(self.low, self.high)


@dataclass(frozen=True)
class PercentileWindow:
    """Between two percentiles of the image's own values: for units without a scale (MR, US)."""

    low: float
    high: float

    def window(self, volume: Volume) -> Window:
        """Return the window for a volume, from at most 24 evenly spaced slices."""
        step = max(1, len(volume.array) // MAX_SAMPLED_SLICES)
        values = volume.array[::step]
        finite = values[np.isfinite(values)] if values.dtype.kind == "f" else values
        if not finite.size:
            return Window(0.0, 1.0)
        low, high = np.percentile(finite, [self.low, self.high])
        return Window(float(low), float(high) if high > low else float(low) + 1.0)


WindowRule = FixedWindow | PercentileWindow

WINDOWS: Registry[WindowRule] = Registry(
    "window",
    Choice(name="ct_soft_tissue", label=lazy_("Soft tissue (40 / 400 HU)"),
           build=lambda: FixedWindow(-160.0, 240.0), tags={"CT"}),
    Choice(name="ct_lung", label=lazy_("Lung (-600 / 1500 HU)"),
           build=lambda: FixedWindow(-1350.0, 150.0), tags={"CT"}),
    Choice(name="ct_bone", label=lazy_("Bone (400 / 1800 HU)"), build=lambda: FixedWindow(-500.0, 1300.0), tags={"CT"}),
    Choice(name="ct_brain", label=lazy_("Brain (40 / 80 HU)"), build=lambda: FixedWindow(0.0, 80.0), tags={"CT"}),
    Choice(name="ct_liver", label=lazy_("Liver (60 / 160 HU)"), build=lambda: FixedWindow(-20.0, 140.0), tags={"CT"}),
    Choice(name="percentile", label=lazy_("1st to 99th percentile"), build=lambda: PercentileWindow(1.0, 99.0),
           tags={"MR", "US", "MG", "NM", "OPT", ""}),
    Choice(name="pet_suv10", label=lazy_("SUV 0 to 10"), build=lambda: FixedWindow(0.0, 10.0), tags={"PT"}),
    Choice(name="pet_suv5", label=lazy_("SUV 0 to 5"), build=lambda: FixedWindow(0.0, 5.0), tags={"PT"}),
    Choice(name="full_range", label=lazy_("Full range"), build=lambda: PercentileWindow(0.0, 100.0),
           tags={"CT", "MR", "PT", "US", "MG", "NM", "OPT", ""}),
)  # fmt: skip


def windows_for(modality: str) -> list[str]:
    """Return the names of the presets for a modality, its default first."""
    own = WINDOWS.names(modality) if modality else WINDOWS.names("")
    return own + [name for name in ("percentile",) if name not in own]


def window_of(volume: Volume, modality: str = "", preset: str = "") -> Window:
    """Return the window of a volume: a named preset, or the default of its modality."""
    return WINDOWS.build(preset or windows_for(modality)[0]).window(volume)
