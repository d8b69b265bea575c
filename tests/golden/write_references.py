"""Store what pyradiomics gives for the golden tests of the default run.

    python -m tests.golden.write_references

Runs tests/golden with pyradiomics, records every value that it was asked for, and writes ``reference/*.npz``. No voxel
of a patient is stored: of cases from ../shared/data only features, of made-up images at most 96 voxels each.
"""

from __future__ import annotations

import sys

import pytest

from tests.golden import second_source

CALLS = {
    "engine": "PyradiomicsEngine().extract(image, mask, settings).values for tests/golden/engine_cases.py",
    "glcm_firstorder": "radiomics.{firstorder.RadiomicsFirstOrder, glcm.RadiomicsGLCM}(image, mask, **settings).execute()",
    "glcm_counts": "radiomics.cMatrices.calculate_glcm(levels, mask, distances, Ng, force2D, force2Ddimension)",
    "gldm_ngtdm_shape": "radiomics.{gldm, ngtdm, shape, shape2D}.Radiomics...(image, mask, **settings).execute()",
    "cubes": "radiomics.cShape.calculate_coefficients(corners, spacing)",
    "glrlm_glszm": "radiomics.{glrlm.RadiomicsGLRLM, glszm.RadiomicsGLSZM}(image, mask, **settings).execute()",
    "filters": "radiomics.imageoperations.get{Type}Image(image, mask, **settings)",
    "wavelet_log": "radiomics.imageoperations.{getWaveletImage, getLoGImage}(image, None, **settings)",
    "maps": "RadiomicsFeatureExtractor(settings).execute(image, mask, label=1, voxelBased=True)",
    "preparation": "RadiomicsFeatureExtractor.loadImage; imageoperations.{checkMask, resegmentMask, binImage, getBinEdges}",
    "formulas": "radiomics.glcm.RadiomicsGLCM(image, mask, binWidth=1).execute()['MCC']",
}
"""What made the values of each family."""


def main() -> int:
    """Record and write; returns pytest's exit code."""
    if not second_source.available:
        raise SystemExit(f"needs pyradiomics: {second_source.available.why}")
    second_source.recorded = recorded = {}
    proof = "--ignore=tests/golden/test_second_source.py"
    ended = pytest.main(["tests/golden", proof, "-n", "0", "-q", "-p", "no:cacheprovider"])
    if ended == 0:
        for family, values in sorted(recorded.items()):
            file = second_source.store(family, values, CALLS[family])
            sys.stdout.write(f"{file.name}: {len(values):,} calls, {file.stat().st_size / 1000:,.0f} kB\n")
    return int(ended)


if __name__ == "__main__":
    sys.exit(main())
