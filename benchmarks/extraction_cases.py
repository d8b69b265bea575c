"""The cases the extraction benchmarks run on: public images beside the checkout, or an image and mask of one's own."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from radiomics_core.imaging.reading import read_mask, read_volume
from radiomics_core.imaging.volume import Volume

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
"""Where public data lies unless ``--data`` says otherwise; data/README.md says where it comes from."""


@dataclass(frozen=True)
class Case:
    """One image and one mask on disk."""

    name: str
    image: Path
    mask: Path
    group: str = "own"

    def load(self) -> tuple[Volume, Volume]:
        """Read both files."""
        return read_volume(self.image), read_mask(self.mask)


def ct_phantom(data: Path) -> Case:
    """Return the IBSI CT phantom, 125,256 voxels."""
    folder = data / "ibsi" / "phantoms" / "ibsi_1_ct_radiomics_phantom" / "nifti"
    return Case("IBSI CT phantom", folder / "image" / "phantom.nii.gz", folder / "mask" / "mask.nii.gz", "phantom")


def sarcomas(data: Path, modality: str, n: int | None = None) -> list[Case]:
    """Return sarcoma cases by rising number of voxels: all, or ``n`` evenly spread with the smallest and largest."""
    with (data / "sts" / "images_index.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["modality"] == modality]
    rows.sort(key=lambda row: int(row["mask_voxels"]))
    chosen = rows if n is None else [rows[i] for i in np.linspace(0, len(rows) - 1, n).round().astype(int)]
    return [_sarcoma(data, row["patient_id"], modality) for row in chosen]


def _sarcoma(data: Path, patient: str, modality: str) -> Case:
    folder = data / "sts" / "images" / patient
    name = f"{patient} {modality.removesuffix('_T1')}"
    return Case(name, folder / f"{modality}.nii.gz", folder / f"{modality}_mask.nii.gz", modality)


def generated(voxels: int, seed: int = 1) -> tuple[Volume, Volume]:
    """Return noise in HU with a ball of about ``voxels`` voxels and a margin of eight."""
    radius = (voxels * 3 / (4 * np.pi)) ** (1 / 3)
    size = int(np.ceil(2 * radius)) + 16
    z, y, x = np.ogrid[:size, :size, :size]
    middle = (size - 1) / 2
    inside = (z - middle) ** 2 + (y - middle) ** 2 + (x - middle) ** 2 <= radius**2
    noise = np.random.default_rng(seed).normal(40, 60, inside.shape).astype(np.int16)
    image = Volume(noise, (1.0, 1.0, 1.0))
    return image, image.with_array(inside)
