"""A small generated cohort on disk, and the command line as a function: what the journey's tests share."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from radiomics_core.cli import main

LIGHT_SETTINGS = """
imageType:
  Original: {}
featureClass:
  firstorder: [Mean, StandardDeviation, Entropy, Energy]
  shape: [MeshVolume, Sphericity]
  glcm: [Contrast, JointEntropy]
setting:
  binWidth: 25
"""


@dataclass(frozen=True)
class Outcome:
    """Exit code of a command, and what it said on stdout and stderr."""

    code: int
    out: str
    said: str


def cli(*arguments: object) -> Outcome:
    """Run one command in this process; jobs still run in processes of their own."""
    out, said = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(said):
        code = main([str(argument) for argument in arguments])
    assert "Traceback" not in said.getvalue()
    return Outcome(code, out.getvalue(), said.getvalue())


def make_case(number: int) -> tuple[np.ndarray, np.ndarray]:
    """Return image and mask, shaped (z, y, x): a ball of noise, rougher in every second case."""
    rng = np.random.default_rng([11, number])
    shape = (12, 14, 16)
    z, y, x = np.indices(shape)
    ball = (z - 5.5) ** 2 + (y - 6.5) ** 2 + (x - 7.5) ** 2 <= (3.5 + rng.uniform(0, 1)) ** 2
    spread = 30 + 25 * (number % 2) + rng.uniform(0, 30)
    return np.round(rng.normal(40, spread, shape)).astype(np.int16), ball.astype(np.uint8)


def write_case(folder: Path, case_id: str, image: np.ndarray, mask: np.ndarray, mask_spacing: float = 1.0) -> Path:
    """Write ``CT.nii.gz`` and ``CT_mask.nii.gz`` of one case."""
    import SimpleITK as sitk

    target = folder / case_id
    target.mkdir(parents=True)
    volume, region = sitk.GetImageFromArray(image), sitk.GetImageFromArray(mask)
    volume.SetSpacing((1.0, 1.0, 2.0))
    region.SetSpacing((mask_spacing, mask_spacing, 2.0))
    sitk.WriteImage(volume, str(target / "CT.nii.gz"))
    sitk.WriteImage(region, str(target / "CT_mask.nii.gz"))
    return target


def clinical_table(n: int) -> pd.DataFrame:
    """Return a clinical table: rough lesions respond less often and die earlier; three in four die."""
    rng = np.random.default_rng(12)
    rough = np.arange(n) % 2
    noisy = np.where(rng.random(n) < 0.2, 1 - rough, rough)
    return pd.DataFrame(
        {
            "case_id": [f"C{i:02d}" for i in range(n)],
            "age": rng.integers(40, 80, n),
            "centre": np.where(rng.random(n) < 0.5, "A", "B"),
            "response": np.where(noisy == 1, "no", "yes"),
            "days": np.round(rng.uniform(200, 900, n) * (1.6 - 0.6 * noisy)).astype(int),
            "death": (np.arange(n) % 4 != 0).astype(int),
            "constant": 1,
            "rare": (np.arange(n) < 4).astype(int),
        }
    )


def write_cohort(folder: Path, n: int) -> Path:
    """Write ``images/C00/CT.nii.gz`` ..., ``clinical.csv`` and ``light.yaml`` and return the folder."""
    for number in range(n):
        write_case(folder / "images", f"C{number:02d}", *make_case(number))
    clinical_table(n).to_csv(folder / "clinical.csv", index=False)
    (folder / "light.yaml").write_text(LIGHT_SETTINGS, encoding="utf-8")
    return folder


def feature_table(n: int = 40) -> pd.DataFrame:
    """Return ids, eight features of which two follow the outcome, age, and outcomes."""
    rng = np.random.default_rng(13)
    clinical = clinical_table(n)
    features = pd.DataFrame(
        rng.normal(size=(n, 8)),
        columns=[
            f"original_glcm_{name}" for name in ("Contrast", "Id", "Idm", "Idn", "Imc1", "Imc2", "MCC", "SumAverage")
        ],
    )
    features["original_shape_MeshVolume"] = rng.uniform(500, 5000, n)
    features.iloc[:, :2] += 1.2 * (clinical[["response"]].to_numpy() == "no")
    return pd.concat([clinical[["case_id"]], features.round(6), clinical.drop(columns="case_id")], axis=1)
