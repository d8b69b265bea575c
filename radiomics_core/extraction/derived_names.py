"""Names of the images that are derived from a case's image, known from the settings alone."""

from __future__ import annotations

from itertools import product

from radiomics_core.extraction.settings import ExtractionSettings


def derived_image_names(settings: ExtractionSettings) -> dict[str, str]:
    """Return the names of the derived images the settings ask for, in order, each with its image type."""
    return {name: image_type for image_type in settings.image_types() for name in _names(settings, image_type)}


def _names(settings: ExtractionSettings, image_type: str) -> list[str]:
    if image_type == "LoG":
        sigmas = settings.value("sigma", image_type) or []
        return [f"log-sigma-{str(sigma).replace('.', '-')}-mm-3D" for sigma in sigmas]
    if image_type == "Wavelet":
        return _wavelet_names(settings)
    if image_type == "LBP3D":
        return [*(f"lbp-3D-m{n + 1}" for n in range(settings.value("lbp3DLevels", image_type))), "lbp-3D-k"]
    return ["lbp-2D" if image_type == "LBP2D" else image_type.lower()]


def _wavelet_names(settings: ExtractionSettings) -> list[str]:
    axes = 2 if settings.value("force2D", "Wavelet") else 3
    bands = ["".join(letters) for letters in product("LH", repeat=axes)][1:]
    levels = ["" if n == 0 else str(n + 1) for n in range(settings.value("level", "Wavelet"))]
    return [*(f"wavelet{n}-{band}" for n in levels for band in bands), f"wavelet{levels[-1]}-{'L' * axes}"]
