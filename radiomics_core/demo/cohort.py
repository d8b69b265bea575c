"""Writes the demo cohort: images and masks, the clinical table, the truth, and five cases with something wrong."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radiomics_core.demo.clinical import (
    CLINICAL_FILE,
    DEMO_COLUMNS,
    HAZARD_COEFFICIENTS,
    RESPONSE_COEFFICIENTS,
    DemoTruth,
    concordance_of,
    draw_patients,
)
from radiomics_core.demo.lesions import SCANNERS, Scanner, make_lesion, scan
from radiomics_core.files.anchors import check_place

Progress = Callable[[int, int], None]
Pair = tuple[NDArray[np.float32] | NDArray[np.int16], NDArray[np.uint8]]

MODALITIES = ("CT", "MR")
IMAGE_PATTERN = "{case}/{image}.nii.gz + {case}/{image}_mask.nii.gz"
BROKEN_KINDS = ("empty_mask", "mask_on_another_grid", "nan_voxels", "two_voxel_roi", "duplicate_patient")
"""What is wrong with the five cases after the sound ones, in this order."""


def generate(
    folder: Path | str, seed: int = 20261121, n_cases: int = 80, progress: Progress | None = None
) -> DemoTruth:
    """Write the synthetic cohort into a folder; the same seed gives the same voxels.

    Parameters
    ----------
    folder : path
        Gets ``images/DEMO-001/{CT,MR}.nii.gz``, ``{CT,MR}_mask.nii.gz``, ``clinical.csv`` and ``truth.json``.
    seed : int
        Key of every random stream.
    n_cases : int
        Sound cases; five broken ones (``BROKEN_KINDS``) follow them.
    progress : callable (done, total), optional
        Called after each case.
    """
    folder = Path(folder)
    n_total = n_cases + len(BROKEN_KINDS)
    sound = draw_patients(_generator(seed, 0), n_cases)
    extra = draw_patients(_generator(seed, 1), max(len(BROKEN_KINDS), 3)).head(len(BROKEN_KINDS))
    patients = _with_ids(pd.concat([sound, extra], ignore_index=True), n_cases)
    broken = dict(zip(patients["case_id"][n_cases:], BROKEN_KINDS, strict=True))
    for number, patient in enumerate(patients.to_dict(orient="records")):
        defect = broken.get(str(patient["case_id"]), "")
        _write_case(folder, seed, number, {str(name): value for name, value in patient.items()}, defect)
        if progress is not None:
            progress(number + 1, n_total)
    check_place(folder)
    folder.mkdir(parents=True, exist_ok=True)
    patients[[spec.name for spec in DEMO_COLUMNS]].to_csv(folder / CLINICAL_FILE, index=False)
    truth = _truth(patients.head(n_cases), seed, broken)
    truth.save(folder)
    return truth


def scan_case(seed: int, number: int, patient: Mapping[str, object]) -> dict[str, Pair]:
    """Return image and mask of case ``number`` (from 0) by modality; each random stream has its own key.

    ``patient`` holds heterogeneity, margin, volume_ml and centre (a row of ``DemoTruth.cases``).
    """
    latent = (float(str(patient[name])) for name in ("heterogeneity", "margin", "volume_ml"))
    lesion = make_lesion(_generator(seed, 2, number), *latent)
    centre = str(patient["centre"])
    return {
        modality: scan(_generator(seed, 3, number, i), lesion, SCANNERS[modality, centre])
        for i, modality in enumerate(MODALITIES)
    }


def _generator(seed: int, *key: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence([seed, *key]))


def _with_ids(patients: pd.DataFrame, n_cases: int) -> pd.DataFrame:
    patients["case_id"] = [f"DEMO-{i + 1:03d}" for i in range(len(patients))]
    patients["patient_id"] = [f"P{i + 1:03d}" for i in range(len(patients))]
    patients["age"] = patients["age"].astype("Int64")
    duplicate = n_cases + BROKEN_KINDS.index("duplicate_patient")
    copied = [c for c in patients.columns if c not in ("case_id", "patient_id")]
    patients.loc[duplicate, copied] = patients.loc[0, copied]
    return patients


def _write_case(folder: Path, seed: int, number: int, patient: Mapping[str, object], defect: str) -> None:
    target = folder / "images" / str(patient["case_id"])
    check_place(target)
    target.mkdir(parents=True, exist_ok=True)
    if defect == "duplicate_patient":
        for source in sorted((folder / "images" / "DEMO-001").iterdir()):
            shutil.copyfile(source, target / source.name)
        return
    for modality, pair in scan_case(seed, number, patient).items():
        scanner = SCANNERS[modality, str(patient["centre"])]
        image, mask = _with_defect(pair, defect)
        shift_mm = 7.0 if defect == "mask_on_another_grid" else 0.0
        _write(target / f"{modality}.nii.gz", image, scanner)
        _write(target / f"{modality}_mask.nii.gz", mask, scanner, shift_mm)


def _with_defect(pair: Pair, defect: str) -> Pair:
    image, mask = pair
    if defect == "empty_mask":
        return image, np.zeros_like(mask)
    if defect == "mask_on_another_grid":
        return image, mask[:, ::2, ::2]
    if defect == "two_voxel_roi":
        small = np.zeros_like(mask)
        z, y, x = np.argwhere(mask)[int(mask.sum()) // 2]
        small[z, y, x : x + 2] = 1
        return image, small
    if defect == "nan_voxels":
        holed = image.astype(np.float32)
        places = np.argwhere(mask)[::9]
        holed[tuple(places.T)] = np.nan
        return holed, mask
    return image, mask


def _write(file: Path, array: NDArray[np.generic], scanner: Scanner, shift_mm: float = 0.0) -> None:
    import SimpleITK

    check_place(file)
    image: Any = SimpleITK.GetImageFromArray(array)
    x, y, z = scanner.spacing_mm
    in_plane = scanner.shape[2] / array.shape[2]
    image.SetSpacing((x * in_plane, y * in_plane, z))
    image.SetOrigin([-(n - 1) / 2 * s + shift_mm for n, s in zip(scanner.shape[::-1], (x, y, z), strict=True)])
    SimpleITK.WriteImage(image, str(file), True, 1)


def _truth(sound: pd.DataFrame, seed: int, broken: dict[str, str]) -> DemoTruth:
    latent = ["case_id", "heterogeneity", "margin", "volume_ml", "stage_step", "centre"]
    cases = sound[[*latent, "response_predictor", "hazard_predictor"]].reset_index(drop=True)
    event = (sound["response"] == "non-responder").to_numpy()
    auc = concordance_of(sound["response_predictor"].to_numpy(dtype=float), event)
    return DemoTruth(seed, cases, broken, RESPONSE_COEFFICIENTS, HAZARD_COEFFICIENTS, auc)
