"""A volume as a file that other programs read."""

from __future__ import annotations

import tempfile
from pathlib import Path

from radiomics_core.imaging.volume import Volume


def nifti_bytes(volume: Volume) -> bytes:
    """Return a volume as compressed NIfTI; it lies in the patient where the volume lies."""
    import SimpleITK as sitk

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "volume.nii.gz"
        sitk.WriteImage(volume.to_sitk(), str(file), useCompression=True)
        return file.read_bytes()
