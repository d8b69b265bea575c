from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from radiomics_core.cohort.model import Case, Cohort, FileRef, ImageRef, MaskRef
from radiomics_core.imaging.volume import Volume


@pytest.fixture
def reference_engine():
    from radiomics_core.extraction import ENGINES

    engine = ENGINES.build("pyradiomics")
    if not engine.available():
        pytest.skip(f"the reference engine is not on this computer: {engine.available().why}")
    return engine


@pytest.fixture
def lesion() -> Callable[..., tuple[Volume, Volume]]:
    """Make an image in HU with noise, and a ball as mask."""

    def make(seed: int = 0, shape: tuple[int, int, int] = (14, 16, 18), radius: float = 5) -> tuple[Volume, Volume]:
        rng = np.random.default_rng(seed)
        image = np.round(rng.normal(40, 60, shape)).astype(np.int16)
        z, y, x = np.indices(shape)
        centre = [(n - 1) / 2 for n in shape]
        inside = (z - centre[0]) ** 2 + (y - centre[1]) ** 2 + (x - centre[2]) ** 2 <= radius**2
        volume = Volume(image, (1.0, 1.0, 2.0), (-10.0, 5.0, 30.0))
        return volume, volume.with_array(inside)

    return make


@pytest.fixture
def cohort_on_disk(lesion, tmp_path: Path) -> Callable[..., Cohort]:
    """Write cases with one CT image and one mask each; ``change(case_id, image, mask)`` may break one."""
    import SimpleITK as sitk

    def make(n: int = 3, change: Callable[..., tuple[Volume, Volume]] | None = None) -> Cohort:
        cases = []
        for number in range(n):
            case_id = f"case{number}"
            image, mask = lesion(number)
            if change is not None:
                image, mask = change(case_id, image, mask)
            sitk.WriteImage(image.to_sitk(), str(tmp_path / f"{case_id}_CT.nii.gz"))
            sitk.WriteImage(mask.to_sitk(), str(tmp_path / f"{case_id}_mask.nii.gz"))
            images = (ImageRef("CT", (FileRef(f"{case_id}_CT.nii.gz", "stored"),), "CT"),)
            masks = (MaskRef("tumour", "CT", FileRef(f"{case_id}_mask.nii.gz", "stored")),)
            cases.append(Case(case_id, f"patient{number}", images, masks))
        return Cohort(tuple(cases))

    return make
