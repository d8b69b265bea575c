"""Compile every loop before anyone waits for it: about a minute, once per computer and version.

Later processes read the machine code from the user's cache folder in milliseconds.
"""

from __future__ import annotations

import json
import platform
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import numpy as np

from radiomics_core.extraction.engines.fast.machine_code import machine_code_folder
from radiomics_core.extraction.filters import FILTERS
from radiomics_core.extraction.settings import ExtractionSettings
from radiomics_core.imaging.volume import Volume
from radiomics_core.processes import LABEL, runs_by_label, this_process
from radiomics_core.settings import digest_of, library_versions

Report = Callable[[int, int], None]
"""Told how many of how many steps are done."""

PACKAGE = Path(__file__).parent
LOCK_SECONDS = 600.0
STILL_SECONDS = 60.0
"""How long a lock whose process cannot be asked (in a container, or it ended before it named itself) may not change."""
_LABEL = re.compile(LABEL)
_waiting: list[threading.Thread] = []
"""Waits for the process that this one has started, if it has."""
MIDDLE = 6
"""A slice through the middle of the example."""


def is_ready() -> bool:
    """Return whether every loop of this version was compiled on this computer."""
    return _marker().is_file()


def start_in_background() -> None:
    """Compile in a process of its own, if that is not done and nobody does it; returns at once."""
    if not is_ready() and progress() is None and not any(one.is_alive() for one in _waiting):
        preparing = subprocess.Popen(
            [sys.executable, "-m", "radiomics_core", "prepare-engine"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _waiting[:] = [threading.Thread(target=preparing.wait, daemon=True)]  # so that it does not stay as a zombie
        _waiting[0].start()


def progress() -> tuple[int, int] | None:
    """Return how many of how many steps a process has done that compiles now; None when none does."""
    owner, done, total = _read_lock()
    return (done, total) if owner and runs_by_label(owner) else None


def make_ready(report: Report | None = None) -> None:
    """Compile what is not compiled yet; returns at once when everything is.

    Several processes may ask at the same time: one compiles, the others wait.
    """
    if is_ready():
        return
    with _alone(report):
        if is_ready():
            return
        _compile_all(report)
        _marker().write_text(json.dumps({"made": time.strftime("%Y-%m-%dT%H:%M:%S")}), "utf-8")


def _compile_all(report: Report | None) -> None:
    steps = _steps()
    for done, step in enumerate(steps):
        _lock().write_text(f"{this_process().label} {done} {len(steps)}", "utf-8")
        if report is not None:
            report(done, len(steps))
        step()


def _steps() -> list[Callable[[], None]]:
    """Return small extractions that reach every loop with every type of array it meets."""
    from radiomics_core.extraction.engines.fast.classes import CLASSES, SHAPE_CLASSES
    from radiomics_core.extraction.engines.fast.engine import FastEngine

    engine, (image, mask) = FastEngine(), _example()
    doubles = image.with_array(image.array.astype(np.float64))
    in_slice = mask.with_array(mask.array & (np.arange(len(mask.array)) == MIDDLE)[:, None, None])

    def of(settings: ExtractionSettings, image: Volume = image, mask: Volume = mask) -> Callable[[], None]:
        return lambda: _discard(engine.extract(image, mask, settings))

    sliced: dict[str, object] = {"force2D": True, "force2Ddimension": 0}
    resampled = _settings(["firstorder"], ["Original"], {"resampledPixelSpacing": [2, 2, 2]})
    return [
        *(of(_settings([name], ["Original"])) for name in CLASSES),
        *(of(_settings([name], ["Original"], sliced), mask=in_slice) for name in SHAPE_CLASSES),
        *(of(_settings(["firstorder"], [name])) for name in FILTERS.names()),
        *(of(_settings(["firstorder"], [name]), doubles) for name in FILTERS.names()),
        of(_settings(["glcm"], ["Original"], sliced)),
        of(resampled),
        *(_map_step(name) for name in CLASSES),
    ]


def _map_step(name: str) -> Callable[[], None]:
    def make() -> None:
        from radiomics_core.extraction.feature_maps import feature_maps

        _discard(list(feature_maps(*_example(), _settings([name], ["Original"]))))

    return make


def _settings(classes: list[str], images: list[str], setting: dict[str, object] | None = None) -> ExtractionSettings:
    return ExtractionSettings(
        setting={"binWidth": 20.0, **(setting or {})},
        image_type={name: dict(FILTERS.build(name).usual) for name in images},
        feature_class={name: [] for name in classes},
    )


def _example() -> tuple[Volume, Volume]:
    values = np.random.default_rng(1).normal(100.0, 40.0, (12, 12, 12)).astype(np.float32)
    mask = np.zeros(values.shape, bool)
    mask[3:9, 3:9, 3:9] = True
    image = Volume(values)
    return image, image.with_array(mask)


def _discard(_result: object) -> None:
    """Take a result nobody needs."""


@lru_cache
def _marker() -> Path:
    sources = [(str(path.relative_to(PACKAGE)), path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))]
    made_by = [library_versions("numba", "numpy"), sys.version, platform.machine(), platform.processor(), str(PACKAGE)]
    return machine_code_folder() / f"ready-{digest_of(sources, made_by)}.json"


def _lock() -> Path:
    return machine_code_folder() / "compiling.lock"


@contextmanager
def _alone(report: Report | None) -> Iterator[None]:
    """Hold a lock file while compiling; a lock whose process has ended counts as none."""
    _lock().parent.mkdir(parents=True, exist_ok=True)
    now = time.monotonic()
    deadline, seen, since = now + LOCK_SECONDS, "", now
    while not _take_lock() and not is_ready() and time.monotonic() < deadline:
        if (text := _lock_text()) != seen:
            seen, since = text, time.monotonic()
        if _is_left_behind(time.monotonic() - since):
            _lock().unlink(missing_ok=True)
            continue
        time.sleep(0.2)
        _owner, done, total = _read_lock()
        if report is not None and total:
            report(done, total)
    try:
        yield
    finally:
        if _read_lock()[0] == this_process().label:
            _lock().unlink(missing_ok=True)


def _take_lock() -> bool:
    try:
        with _lock().open("x", encoding="utf-8") as file:
            file.write(f"{this_process().label} 0 0")
    except FileExistsError:
        return False
    return True


def _is_left_behind(still_s: float) -> bool:
    """Return whether the process that made the lock has ended; one that cannot be asked is watched instead."""
    owner = _read_lock()[0]
    runs = runs_by_label(owner) if owner else None
    return still_s > STILL_SECONDS if runs is None else not runs


def _read_lock() -> tuple[str, int, int]:
    """Return the label of the process that compiles, and how far it is; "" for no lock, or one being written."""
    try:
        owner, done, total = _lock_text().split()
        return (owner, int(done), int(total)) if _LABEL.fullmatch(owner) else ("", 0, 0)
    except ValueError:
        return "", 0, 0


def _lock_text() -> str:
    try:
        return _lock().read_text("utf-8")
    except OSError:
        return ""
