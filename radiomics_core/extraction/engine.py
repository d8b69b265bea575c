"""What an extraction engine is: image, mask and settings in, named numbers out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from radiomics_core.extraction.settings import ExtractionSettings
from radiomics_core.findings import Finding

if TYPE_CHECKING:
    from radiomics_core.imaging.volume import Volume


@dataclass(frozen=True)
class FeatureVector:
    """Features of one region on one image.

    Attributes
    ----------
    values : dict of str to float
        By pyradiomics name (``original_glcm_Contrast``); NaN where a feature is undefined for the region.
    findings : tuple of Finding
        What was noticed, without the case, image and region (the runner adds them).
    diagnostics : dict
        JSON-like facts: voxels after resampling, grey levels, messages of the engine.
    """

    values: dict[str, float]
    findings: tuple[Finding, ...] = ()
    diagnostics: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Availability:
    """Whether an engine can run on this computer; when not, why and how to add it (English, from the installer)."""

    available: bool
    why: str = ""
    how: str = ""

    def __bool__(self) -> bool:
        return self.available

    def __iter__(self) -> Any:
        return iter((self.available, self.why))


class Engine(Protocol):
    """A feature extractor. Two engines with the same names must give the same values."""

    name: str

    @property
    def version(self) -> str:
        """Version that goes into result digests."""

    def available(self) -> Availability:
        """Return whether the engine can run here, and otherwise why not and how to add it."""

    def prepare(self, report: Callable[[int, int], None] | None = None) -> None:
        """Do what has to be done once per computer before the first extraction, telling (done, total) on the way."""

    def extract(self, image: Volume, mask: Volume, settings: ExtractionSettings) -> FeatureVector:
        """Compute the features of a region.

        Raises
        ------
        ExtractionError
            When they cannot be computed; says why in clinical words, and what to do.
        """
