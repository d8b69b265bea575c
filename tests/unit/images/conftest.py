"""Small cohorts on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from radiomics_core.imaging.volume import Volume

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path) -> Write:
    """Write an array (or a noise image, or a box mask) below the test's folder; return the path."""

    def _write(relative: str, array="noise", *, shape=(8, 10, 12), seed=0, spacing=(1.0, 1.0, 2.0), keys=None) -> Path:
        if isinstance(array, str) and array == "noise":
            array = np.random.default_rng(seed).integers(-100, 300, shape).astype(np.int16)
        elif isinstance(array, str) and array == "box":
            array = np.zeros(shape, np.uint8)
            array[3:6, 3:6, 3:6] = 1
        path = tmp_path / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        image = Volume(array, spacing).to_sitk()
        for key, value in (keys or {}).items():
            image.SetMetaData(key, value)
        sitk.WriteImage(image, str(path), useCompression=True)
        return path

    return _write
