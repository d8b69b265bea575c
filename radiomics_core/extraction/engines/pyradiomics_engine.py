"""The reference engine: pyradiomics."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from radiomics_core.errors import ExtractionError
from radiomics_core.extraction.engine import Availability, FeatureVector
from radiomics_core.extraction.engines.findings import filter_left_out, noticed, real_number
from radiomics_core.extraction.engines.inputs import check_inputs
from radiomics_core.extraction.engines.pyradiomics_session import make_extractor, pyradiomics_session
from radiomics_core.extraction.failures import worded_failures
from radiomics_core.extraction.filters import FILTERS
from radiomics_core.extraction.settings import ExtractionSettings
from radiomics_core.findings import Finding
from radiomics_core.i18n import lazy_
from radiomics_core.settings import library_versions

if TYPE_CHECKING:
    from radiomics_core.imaging.volume import Volume

DIAGNOSTICS = "diagnostics_"
NOT_THERE = lazy_("pyradiomics has no such filter")


class PyradiomicsEngine:
    """Features by pyradiomics 3.0.1, with its side effects contained."""

    name = "pyradiomics"

    @property
    def version(self) -> str:
        """Version of the installed pyradiomics, ``absent`` without one."""
        return library_versions("pyradiomics")["pyradiomics"]

    def available(self) -> Availability:
        """Return whether pyradiomics is installed; otherwise why not and how to add it."""
        if importlib.util.find_spec("radiomics") is not None:
            return Availability(True)
        note = Path(sys.prefix) / "radiomics-missing.json"
        stored = json.loads(note.read_text(encoding="utf-8")).get("pyradiomics", {}) if note.is_file() else {}
        return Availability(
            False,
            stored.get("why") or "pyradiomics is not installed",
            stored.get("how")
            or "Install Python 3.11 and a C compiler, then start again; a feature table works without",
        )

    def prepare(self, report: Callable[[int, int], None] | None = None) -> None:
        """Nothing has to be prepared; see :class:`Engine`."""

    def extract(self, image: Volume, mask: Volume, settings: ExtractionSettings) -> FeatureVector:
        """Compute the features of a region; see :class:`Engine`."""
        self.require()
        corrected = check_inputs(image, mask, settings)
        with pyradiomics_session() as messages:
            raw = _execute(image, mask, settings, corrected)
        values, diagnostics = _split(raw)
        diagnostics["messages"] = list(dict.fromkeys([*messages.logged, *messages.warned]))
        left_out = [finding for text in messages.logged if (finding := _left_out(text))]
        left_out += [filter_left_out(name, NOT_THERE) for name in settings.image_types() if not _has(name)]
        findings = noticed(values, diagnostics["voxels"], moved=corrected, left_out=left_out)
        return FeatureVector(values, findings, diagnostics)

    def require(self) -> None:
        """Raise :class:`ExtractionError` with the way out when pyradiomics is not installed."""
        availability = self.available()
        if not availability:
            raise ExtractionError(
                lazy_("pyradiomics cannot be used: {why}"),
                remedy=lazy_("{how}"),
                why=availability.why,
                how=availability.how,
            )


def sitk_pair(image: Volume, mask: Volume, corrected: bool) -> tuple[Any, Any]:
    """Return image and mask for pyradiomics; a mask on the image's grid takes its geometry to the last digit."""
    grid = mask if corrected else image
    return image.to_sitk(), grid.with_array(np.asarray(mask.array, bool)).to_sitk()


def _execute(image: Volume, mask: Volume, settings: ExtractionSettings, corrected: bool) -> dict[str, Any]:
    with worded_failures():
        return dict(make_extractor(settings).execute(*sitk_pair(image, mask, corrected), label=1))


def _has(image_type: str) -> bool:
    return FILTERS.build(image_type).in_pyradiomics


def _split(raw: dict[str, Any]) -> tuple[dict[str, float], dict[str, Any]]:
    values = {name: real_number(value) for name, value in raw.items() if not name.startswith(DIAGNOSTICS)}
    diagnostics = {
        name.removeprefix(DIAGNOSTICS): _plain(value)
        for name, value in raw.items()
        if name.startswith((f"{DIAGNOSTICS}Mask", f"{DIAGNOSTICS}Image", f"{DIAGNOSTICS}Versions"))
    }
    diagnostics["voxels"] = _voxels(diagnostics)
    return values, diagnostics


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray | tuple | list):
        return [_plain(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value


def _voxels(diagnostics: dict[str, Any]) -> int:
    stages = ("resegmented", "corrected", "interpolated", "original")
    keys = (f"Mask-{stage}_VoxelNum" for stage in stages)
    return int(next(diagnostics[key] for key in keys if key in diagnostics))


_FILTER_MESSAGES = (
    (r"too small to apply LoG|applyLoG: sigma\((?P<detail>[^)]*)\)", "LoG", lazy_("the cropped image is too small")),
    (r"cannot implement filter (?P<detail>LBP \dD)", "LBP", lazy_("a library it needs is not installed")),
    (r"(?P<detail>LBP \dD)(?: is)? only available", "LBP", lazy_("the image has the wrong number of axes")),
)


def _left_out(text: str) -> Finding | None:
    for pattern, name, cause in _FILTER_MESSAGES:
        match = re.search(pattern, text)
        if match:
            detail = (match.groupdict().get("detail") or "").strip()
            named = detail if detail.startswith(name) else f"{name} {detail}".strip()
            return filter_left_out(named, cause)
    return None
