"""What the extraction benchmarks measure: seconds, memory of a fresh process, copy bandwidth, seconds per stage."""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import numpy as np
import psutil

from radiomics_core.extraction import ENGINES, ExtractionSettings, FeatureVector
from radiomics_core.extraction.engines.fast.boxes import bounding_box
from radiomics_core.extraction.engines.fast.classes import CLASSES, SHAPE_CLASSES
from radiomics_core.extraction.engines.fast.derived import setting_value
from radiomics_core.extraction.engines.fast.preparation import prepare
from radiomics_core.extraction.engines.fast.region import Filtered, Options, Prepared, Region
from radiomics_core.extraction.engines.itk_defaults import own_itk_defaults
from radiomics_core.extraction.filters import FILTERS
from radiomics_core.imaging.volume import Volume

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
Seconds = dict[str, float]
Found = TypeVar("Found")


def copy_bandwidth(megabytes: int = 256, repeats: int = 5) -> float:
    """Return bytes per second of copying a large array with one thread: those read plus those written."""
    source = np.ones(megabytes * 2**20, np.uint8)
    target = np.zeros_like(source)
    return 2 * source.nbytes / min(_timed(lambda: np.copyto(target, source))[0] for _ in range(repeats))


def extract(engine: str, image: Volume, mask: Volume, settings: ExtractionSettings) -> tuple[float, FeatureVector]:
    """Return the seconds of one extraction, and what it gave."""
    built = ENGINES.build(engine)
    gc.collect()
    return _timed(lambda: built.extract(image, mask, settings))


def _timed(call: Callable[[], Found]) -> tuple[float, Found]:
    started = time.perf_counter()
    result = call()
    return time.perf_counter() - started, result


def stages(image: Volume, mask: Volume, settings: ExtractionSettings, repeats: int = 3) -> tuple[Seconds, Seconds]:
    """Return the seconds of each stage of the fast engine (the best of the repeats) and the bytes it must move.

    A stage must read its input once and write its output once: the image for the preparation, the whole image or the
    box for a filter and its derived images, intensities or grey levels of the box for a class.
    """
    runs = [_stages_once(image, mask, settings) for _ in range(repeats)]
    return {name: min(run[0][name] for run in runs) for name in runs[0][0]}, runs[0][1]


def _stages_once(image: Volume, mask: Volume, settings: ExtractionSettings) -> tuple[Seconds, Seconds]:
    seconds: Seconds = defaultdict(float)
    moved: Seconds = defaultdict(float)
    with own_itk_defaults():
        with _clock(seconds, "preparation"):
            prepared = prepare(image, mask, settings)
        moved["preparation"] += mask.array.nbytes
        _shape_stages(prepared, settings, seconds, moved)
        inside = np.ascontiguousarray(prepared.region[prepared.box])
        whole = Region(prepared.image.array[prepared.box], inside, prepared.image.spacing_mm, Options())
        for image_type in settings.image_types():
            for region in _derived(prepared, whole, settings, image_type, seconds, moved):
                _class_stages(region, settings, seconds, moved)
    return dict(seconds), dict(moved)


def _shape_stages(prepared: Prepared, settings: ExtractionSettings, seconds: Seconds, moved: Seconds) -> None:
    box, options = bounding_box(prepared.region), Options.resolve(settings.value)
    array, inside = (np.ascontiguousarray(part[box]) for part in (prepared.image.array, prepared.shape_region))
    for name in SHAPE_CLASSES.keys() & settings.features().keys():
        with _clock(seconds, name):
            made = SHAPE_CLASSES[name].of_region(Region(array, inside, prepared.image.spacing_mm, options))
            made.compute(settings.features()[name])
        moved[name] += inside.nbytes


def _derived(
    prepared: Prepared,
    whole: Region,
    settings: ExtractionSettings,
    image_type: str,
    seconds: Seconds,
    moved: Seconds,
) -> Iterator[Region]:
    value = setting_value(settings, image_type)
    options, stage = Options.resolve(value), f"{image_type} filter"
    array = prepared.image.array
    images = iter(FILTERS.build(image_type).derive(prepared, value))
    moved[stage] += array.nbytes if image_type == "LoG" else array[prepared.box].nbytes
    while True:
        with _clock(seconds, stage):
            filtered = next(images, None)
        if filtered is None:
            return
        if isinstance(filtered, Filtered):
            moved[stage] += filtered.array.nbytes
            yield whole.on(filtered.array, options)


def _class_stages(region: Region, settings: ExtractionSettings, seconds: Seconds, moved: Seconds) -> None:
    with _clock(seconds, "grey levels"):
        levels = region.levels
    moved["grey levels"] += region.image.nbytes + region.mask.nbytes + levels.array.nbytes
    for name, features in settings.features().items():
        if name in CLASSES:
            with _clock(seconds, name):
                CLASSES[name].of_region(region).compute(features)
            moved[name] += region.intensities.nbytes if name == "firstorder" else levels.array.nbytes


@contextmanager
def _clock(seconds: Seconds, name: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    seconds[name] += time.perf_counter() - started


def peak_memory(engine: str, image: Path, mask: Path, settings: ExtractionSettings) -> dict[str, float]:
    """Return megabytes a fresh process takes above what it had after importing the engine: peak, and peak when warm.

    ``cold`` counts from the imports; ``warm`` from after a first small region, when machine code is loaded.
    """
    asked = json.dumps([engine, str(image), str(mask), settings.to_yaml()])
    command = [sys.executable, __file__, "--one", asked]
    root = str(Path(__file__).resolve().parents[1])
    done = subprocess.run(
        command, env={**os.environ, **ONE_THREAD, "PYTHONPATH": root}, capture_output=True, text=True, check=True
    )
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _memory_here(engine: str, image: str, mask: str, parameters: str) -> dict[str, float]:
    """Measure in this process; it must have done nothing else."""
    from radiomics_core.imaging.reading import read_mask, read_volume

    _import_engine(engine)
    settings = ExtractionSettings.from_yaml(parameters)
    imported = _resident()
    small = np.random.default_rng(1).normal(0, 100, (12, 12, 12)).astype(np.int16)
    inside = np.zeros(small.shape, bool)
    inside[3:9, 3:9, 3:9] = True
    first = Volume(small)
    ENGINES.build(engine).extract(first, first.with_array(inside), settings)
    gc.collect()
    loaded = _resident()
    pair = read_volume(Path(image)), read_mask(Path(mask))
    _forget_peak()
    ENGINES.build(engine).extract(*pair, settings)
    peak = _peak()
    return {"cold": peak - imported, "warm": peak - loaded}


def _import_engine(engine: str) -> None:
    import scipy.ndimage  # noqa: F401 - both engines need what these bring
    import SimpleITK as sitk  # noqa: F401

    if engine == "pyradiomics":
        from radiomics import featureextractor  # noqa: F401 - its libraries belong to the baseline
    else:
        import radiomics_core.extraction.engines.fast.engine  # noqa: F401 - and so do numba's


def _resident() -> float:
    return float(psutil.Process().memory_info().rss) / 2**20


def _forget_peak() -> None:
    """Let the system's highest mark start again from now, where it can (Linux)."""
    marks = Path("/proc/self/clear_refs")
    if marks.exists():
        marks.write_text("5", encoding="ascii")


def _peak() -> float:
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text("ascii").splitlines() if line.startswith("VmHWM"))
        return float(line.split()[1]) / 2**10
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--one", required=True)
    sys.stdout.write(json.dumps(_memory_here(*json.loads(parser.parse_args().one))) + "\n")
