"""What if the settings were others? One region extracted with both, on the spot. No outcome is looked at."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from radiomics_core.errors import SettingsError
from radiomics_core.extraction import ENGINES
from radiomics_core.extraction.runner import failure_finding
from radiomics_core.extraction.settings import ExtractionSettings
from radiomics_core.findings import Finding
from radiomics_core.i18n import lazy_
from radiomics_core.settings import Settings

if TYPE_CHECKING:
    from radiomics_core.imaging.volume import Volume

ENGINE = "fast"
"""The engine that answers within a second; its values are those of the reference."""


@dataclass(frozen=True, kw_only=True)
class Dials(Settings):
    """The settings that are worth moving, as they stand or as they are moved to.

    Attributes
    ----------
    bin_width : float
        Width of one grey level in image units; in force while ``bin_count`` is None.
    bin_count : int or None
        Fixed number of grey levels in every region.
    voxel_mm : tuple of float
        Voxel size (x, y, z) after resampling; empty for the size of the scan.
    normalize : bool
        Whether intensities are centred on their mean and divided by their standard deviation.
    normalize_scale : float
        What one standard deviation becomes.
    sigma_mm : tuple of float
        Widths of the Laplacian of Gaussian; empty when that filter is not asked for.
    """

    bin_width: float
    bin_count: int | None
    voxel_mm: tuple[float, ...]
    normalize: bool
    normalize_scale: float
    sigma_mm: tuple[float, ...]

    @classmethod
    def of(cls, settings: ExtractionSettings) -> Self:
        """Read the dials from settings."""
        return cls(
            bin_width=settings.value("binWidth"),
            bin_count=settings.value("binCount"),
            voxel_mm=tuple(settings.value("resampledPixelSpacing") or ()),
            normalize=settings.value("normalize"),
            normalize_scale=settings.value("normalizeScale"),
            sigma_mm=tuple(settings.value("sigma", "LoG") or ()) if "LoG" in settings.image_types() else (),
        )

    def turned(self, settings: ExtractionSettings) -> ExtractionSettings:
        """Return settings with every dial where it stands here; a dial that was not moved changes nothing.

        Raises
        ------
        SettingsError
            When a value cannot be used, or the number of sigmas changes: then features cannot be paired.
        """
        before = Dials.of(settings)
        if len(self.sigma_mm) != len(before.sigma_mm):
            raise SettingsError(
                lazy_("{before} sigmas cannot be compared with {after}"),
                remedy=lazy_("Give as many sigmas as the settings have"),
                before=len(before.sigma_mm),
                after=len(self.sigma_mm),
            )
        for name, attribute in _NAMES.items():
            value, known = getattr(self, attribute), getattr(before, attribute)
            if value != known:
                settings = settings.with_value(name, list(value) or None if isinstance(value, tuple) else value)
        if self.sigma_mm != before.sigma_mm:
            settings = settings.with_value("sigma", list(self.sigma_mm), "LoG")
        return settings

    def moved_from(self, other: Dials) -> list[str]:
        """Return the names of the attributes in which two differ."""
        return [f.name for f in dataclasses.fields(self) if getattr(self, f.name) != getattr(other, f.name)]


_NAMES = {
    "binWidth": "bin_width",
    "binCount": "bin_count",
    "resampledPixelSpacing": "voxel_mm",
    "normalize": "normalize",
    "normalizeScale": "normalize_scale",
}


@dataclass(frozen=True)
class Extracted:
    """One region under one set of settings.

    Attributes
    ----------
    values : dict of str to float
        Features by pyradiomics name; empty when it cannot be extracted.
    grey_levels : dict of str to int
        Grey levels inside the region, by derived image; without images that no class discretises.
    findings : tuple of Finding
        What was noticed; RX301 when it cannot be extracted.
    """

    values: dict[str, float] = field(default_factory=dict)
    grey_levels: dict[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the region could not be extracted."""
        return not self.values


def extract_region(
    read: Callable[[], tuple[Volume, Volume]], settings: ExtractionSettings, engine: str = ENGINE
) -> Extracted:
    """Extract one region; one that cannot be read or extracted comes back with the reason as finding RX301.

    Parameters
    ----------
    read : callable
        Returns image and mask.
    settings : ExtractionSettings
    engine : str
        A name in ``ENGINES``.
    """
    try:
        image, mask = read()
        vector = ENGINES.build(engine).extract(image, mask, settings.with_value("additionalInfo", True))
    except Exception as error:  # noqa: BLE001 - one bad case never stops the others: it becomes a finding
        return Extracted(findings=(failure_finding(error),))
    return Extracted(vector.values, _levels(vector.diagnostics), vector.findings)


def _levels(diagnostics: dict[str, Any]) -> dict[str, int]:
    return {str(name): int(levels) for name, levels in diagnostics.get("grey_levels", {}).items()}


def paired_names(before: ExtractionSettings, after: ExtractionSettings) -> dict[str, str]:
    """Return the derived images whose name changes with the settings: the first sigma with the first, and so on."""
    old, new = Dials.of(before).sigma_mm, Dials.of(after).sigma_mm
    return {log_name(a): log_name(b) for a, b in zip(old, new, strict=True) if a != b}


def log_name(sigma_mm: float) -> str:
    """Return pyradiomics' name of the Laplacian of Gaussian of one width."""
    return f"log-sigma-{str(sigma_mm).replace('.', '-')}-mm-3D"
