"""Synthetic lesions in a limb, as CT and MR would show them.

One lesion is a shape and a texture in millimetres; each modality samples both on its own grid. Heterogeneity sets
the amplitude of the texture, margin the roughness of the outline at a given volume.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Array = NDArray[np.float64]

FIELD_MM = 2.0
FIELD_SHAPE = (44, 52, 52)
LIMB_RADII_MM = (45.0, 40.0)
FAT_MM = 7.0
BONE_CENTRE_MM = (8.0, -22.0)
BONE_RADIUS_MM = 9.0
LESION_CENTRE_MM = (0.0, -2.0, 12.0)


@dataclass(frozen=True)
class Scanner:
    """How one centre scans one modality: grid, noise and look.

    Attributes
    ----------
    shape : (z, y, x) voxels; spacing_mm : (x, y, z)
    noise : standard deviation of the noise; blur_mm : width of the point spread
    tissue : intensity of air, fat, muscle, cortical bone, marrow and lesion
    texture : standard deviation of the texture of a lesion with average heterogeneity
    gain_spread : relative standard deviation of a per-examination gain (0 for CT)
    """

    shape: tuple[int, int, int]
    spacing_mm: tuple[float, float, float]
    noise: float
    blur_mm: float
    tissue: tuple[float, float, float, float, float, float]
    texture: float
    gain: float = 1.0
    gain_spread: float = 0.0


CT_TISSUE = (-1000.0, -100.0, 55.0, 750.0, 20.0, 65.0)
MR_TISSUE = (5.0, 640.0, 210.0, 30.0, 560.0, 430.0)

SCANNERS: dict[tuple[str, str], Scanner] = {
    ("CT", "A"): Scanner((26, 64, 64), (1.5, 1.5, 3.0), 14.0, 1.6, CT_TISSUE, 48.0),
    ("CT", "B"): Scanner((32, 58, 58), (1.7, 1.7, 2.5), 20.0, 1.4, CT_TISSUE, 48.0),
    ("MR", "A"): Scanner((23, 68, 68), (1.4, 1.4, 3.5), 16.0, 1.5, MR_TISSUE, 62.0, 1.0, 0.06),
    ("MR", "B"): Scanner((26, 60, 60), (1.6, 1.6, 3.0), 22.0, 1.7, MR_TISSUE, 62.0, 1.3, 0.06),
}


@dataclass(frozen=True)
class Lesion:
    """Shape and texture of one lesion on a 2 mm field centred in the limb; what scanners sample.

    Attributes
    ----------
    distance : array, shape FIELD_SHAPE
        Increases outwards; the lesion is where it is lowest, up to its volume.
    texture : array, shape FIELD_SHAPE
        Standard normal texture, already scaled by heterogeneity.
    volume_ml : float
    """

    distance: Array
    texture: Array
    volume_ml: float


def make_lesion(rng: np.random.Generator, heterogeneity: float, margin: float, volume_ml: float) -> Lesion:
    """Draw a lesion of a given heterogeneity and margin (standard normal scores) and volume."""
    radius_mm = (volume_ml * 1000 * 3 / (4 * np.pi)) ** (1 / 3)
    stretch = np.exp(rng.normal(0, 0.07, 3))
    z, y, x = _coordinates(FIELD_SHAPE, (FIELD_MM, FIELD_MM, FIELD_MM))
    centre = LESION_CENTRE_MM + rng.normal(0, 1.0, 3)
    squared = sum(((axis - c) / s) ** 2 for axis, c, s in zip((z, y, x), centre, stretch, strict=True))
    roughness = 0.13 * np.exp(0.55 * np.clip(margin, -2.2, 2.2))
    distance = np.sqrt(squared) / radius_mm + roughness * smooth_noise(rng, 4.5)
    fine, coarse = smooth_noise(rng, 2.4), smooth_noise(rng, 5.0)
    amplitude = np.exp(0.42 * np.clip(heterogeneity, -2.3, 2.3))
    return Lesion(np.asarray(distance), amplitude * (0.85 * fine + 0.53 * coarse), volume_ml)


def smooth_noise(rng: np.random.Generator, width_mm: float) -> Array:
    """Gaussian noise of unit variance with a correlation width, on the lesion's field."""
    noise = ndimage.gaussian_filter(rng.standard_normal(FIELD_SHAPE), width_mm / FIELD_MM, mode="wrap")
    result: Array = (noise - noise.mean()) / noise.std()
    return result


def scan(rng: np.random.Generator, lesion: Lesion, scanner: Scanner) -> tuple[NDArray[np.int16], NDArray[np.uint8]]:
    """Return the image and the mask of the lesion as a scanner would give them, both shaped (z, y, x)."""
    distance, texture = (_sample(field, scanner) for field in (lesion.distance, lesion.texture))
    mask = _lowest_region(distance, lesion.volume_ml, scanner.spacing_mm)
    image = _limb(scanner)
    sigma = [scanner.blur_mm / s / 2.355 for s in reversed(scanner.spacing_mm)]
    weight = ndimage.gaussian_filter(mask.astype(float), [1.2 * s for s in sigma])
    inside = scanner.tissue[5] + scanner.texture * texture
    image = ndimage.gaussian_filter(image, sigma) * (1 - weight) + inside * weight
    noise = ndimage.gaussian_filter(rng.standard_normal(scanner.shape), (0, 0.5, 0.5))
    image = image + scanner.noise * noise / noise.std()
    if scanner.gain_spread:
        image = np.abs(image * _bias(rng, scanner) * scanner.gain * np.exp(rng.normal(0, scanner.gain_spread)))
    return np.clip(np.rint(image), -1024, 3071).astype(np.int16), mask.astype(np.uint8)


def _coordinates(shape: tuple[int, ...], spacing_zyx: tuple[float, ...]) -> tuple[Array, ...]:
    """Millimetres from the centre of the grid along z, y, x, ready to broadcast."""
    axes = [(np.arange(n) - (n - 1) / 2) * s for n, s in zip(shape, spacing_zyx, strict=True)]
    return tuple(np.meshgrid(*axes, indexing="ij", sparse=True))


def _sample(field: Array, scanner: Scanner) -> Array:
    """Linear interpolation of the lesion's field on the scanner's grid (same centre)."""
    scale = np.asarray(scanner.spacing_mm[::-1]) / FIELD_MM
    offset = (np.asarray(FIELD_SHAPE) - 1) / 2 - scale * (np.asarray(scanner.shape) - 1) / 2
    sampled: Array = ndimage.affine_transform(field, scale, offset, output_shape=scanner.shape, order=1, mode="nearest")
    return sampled


def _lowest_region(distance: Array, volume_ml: float, spacing_mm: tuple[float, ...]) -> NDArray[np.bool_]:
    """The connected region of lowest distance with the wanted volume, holes filled."""
    n_voxels = round(volume_ml * 1000 / float(np.prod(spacing_mm)))
    threshold = np.partition(distance.ravel(), n_voxels)[n_voxels]
    parts, n_parts = ndimage.label(distance < threshold)
    sizes = ndimage.sum_labels(np.ones_like(parts), parts, range(1, n_parts + 1))
    region: NDArray[np.bool_] = ndimage.binary_fill_holes(parts == 1 + int(np.argmax(sizes)))
    return region


def _limb(scanner: Scanner) -> Array:
    """A limb across the slices: air, fat, muscle, bone with marrow."""
    air, fat, muscle, cortex, marrow, _lesion = scanner.tissue
    z, y, x = _coordinates(scanner.shape, scanner.spacing_mm[::-1])
    taper = 1 - 0.0012 * z
    outline = np.hypot(y / (LIMB_RADII_MM[1] * taper), x / (LIMB_RADII_MM[0] * taper))
    rim = FAT_MM / LIMB_RADII_MM[0]
    bone = np.hypot(y - BONE_CENTRE_MM[0], x - BONE_CENTRE_MM[1]) + 0 * z
    septa = 0.035 * np.sin(x / 7 + y / 11) * np.sin(y / 6 - x / 15 + z / 40)
    image = np.where(outline > 1, air, np.where(outline > 1 - rim + septa, fat, muscle * (1 + 2 * septa)))
    image = np.where(bone < BONE_RADIUS_MM, cortex, image)
    return np.asarray(np.where(bone < 0.6 * BONE_RADIUS_MM, marrow, image), dtype=float)


def _bias(rng: np.random.Generator, scanner: Scanner) -> Array:
    """Slowly varying coil sensitivity of MR, within about 10 %."""
    z, y, x = _coordinates(scanner.shape, scanner.spacing_mm[::-1])
    slopes = rng.normal(0, 0.0012, 3)
    return np.asarray(1 + slopes[0] * z + slopes[1] * y + slopes[2] * x, dtype=float)
