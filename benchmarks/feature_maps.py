"""Feature maps of one case by both engines, class by class: seconds, and how much sooner the fast engine is.

``python -m benchmarks.feature_maps --image I --mask M`` computes every feature of every class in the neighbourhood of
every voxel (original image, kernel radius 1, default settings), one thread each, the fast engine warm. The last line is
``ratio X``: pyradiomics' seconds over those of the fast engine. Meant for brain1 of the pyradiomics 3.0.1 source
distribution (``data/brain1_image.nrrd``, ``data/brain1_label.nrrd``).
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("OMP_NUM_THREADS", "1")

if TYPE_CHECKING:
    from radiomics_core.extraction import ExtractionSettings
    from radiomics_core.imaging.volume import Volume

TARGET_RATIO = 50.0
REPEATS = 3


def main() -> int:
    """Measure, print one line per class and the ratio of all; return 1 when it is below the target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--image", type=Path)
    parser.add_argument("--mask", type=Path)
    parser.add_argument("--radius", type=int, default=1, help="kernelRadius, in voxels")
    given = parser.parse_args()
    why_not = _why_not(given.image, given.mask)
    if why_not:
        sys.stdout.write(f"skipped: {why_not}\n")
        return 0
    from radiomics_core.extraction import ExtractionSettings
    from radiomics_core.extraction.feature_maps import MAP_FAMILIES
    from radiomics_core.imaging.reading import read_mask, read_volume

    image, mask = read_volume(given.image), read_mask(given.mask)
    sys.stdout.write(f"{int(mask.array.sum()):,} voxels, kernel radius {given.radius}\n")
    settings = ExtractionSettings(voxel_setting={"kernelRadius": given.radius})
    seconds = {f: _seconds(image, mask, settings.with_feature_classes([f])) for f in MAP_FAMILIES}
    seconds["all"] = tuple(map(sum, zip(*seconds.values(), strict=True)))  # type: ignore[assignment]
    for family, (reference, fast) in seconds.items():
        ratio = f"{reference / fast:6.0f} x"
        sys.stdout.write(f"{family:<11} pyradiomics {reference:8.2f} s   fast {fast:7.3f} s   {ratio}\n")
    sys.stdout.write(f"ratio {reference / fast:.1f}\n")
    return int(reference / fast < TARGET_RATIO)


def _why_not(image: Path | None, mask: Path | None) -> str:
    from radiomics_core.extraction import ENGINES

    available = ENGINES.build("pyradiomics").available()
    if not available:
        return f"there is nothing to compare with: {available.why}"
    missing = [str(path) for path in (image, mask) if path is None or not path.is_file()]
    return "name a case with --image and --mask, such as brain1 of the pyradiomics sources" if missing else ""


def _seconds(image: Volume, mask: Volume, settings: ExtractionSettings) -> tuple[float, float]:
    """Return the seconds of pyradiomics (one run) and of the fast engine (best of several, after one to warm up)."""
    from radiomics_core.extraction.engines.pyradiomics_session import make_extractor, pyradiomics_session
    from radiomics_core.extraction.feature_maps import MappableCase

    def by_pyradiomics() -> None:
        with pyradiomics_session():
            make_extractor(settings).execute(image.to_sitk(), mask.to_sitk(), label=1, voxelBased=True)

    def by_fast() -> None:
        for _map in MappableCase(image, mask, settings).derived("original").maps(settings.features()):
            pass

    by_fast()
    return _timed(by_pyradiomics), min(_timed(by_fast) for _ in range(REPEATS))


def _timed(run: Callable[[], None]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


if __name__ == "__main__":
    raise SystemExit(main())
