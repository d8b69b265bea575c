"""Compiled loops: kept on disk safely, all reached by the warm-up, never compiled in mid-page."""

from __future__ import annotations

import importlib
import inspect
import json
import os
import pkgutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numba
import pytest

from radiomics_core.extraction.engines import fast
from radiomics_core.extraction.engines.fast import warm_up
from radiomics_core.processes import this_process

Dispatcher = numba.core.registry.CPUDispatcher


def loops() -> list:
    found = []
    for module in pkgutil.walk_packages(fast.__path__, f"{fast.__name__}."):
        members = vars(importlib.import_module(module.name)).values()
        found += [m for m in members if isinstance(m, Dispatcher) and m.__module__ == module.name]
    return found


LOOPS = loops()


@pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: f"{loop.__module__.rsplit('.', 1)[-1]}.{loop.__name__}")
def test_a_loop_calls_only_loops_of_its_own_file(loop):
    """numba finds machine code again by the content of the loop's own file: a change elsewhere would go unnoticed."""
    used = [loop.py_func.__globals__.get(name) for name in loop.py_func.__code__.co_names]
    foreign = [one.__name__ for one in used if isinstance(one, Dispatcher) and one.__module__ != loop.__module__]
    assert foreign == []


@pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: f"{loop.__module__.rsplit('.', 1)[-1]}.{loop.__name__}")
def test_a_loop_reads_no_constant_of_another_file(loop):
    """A constant is built into the machine code, so it has to stand in the file whose content is looked at."""
    imported = _imported_names(inspect.getmodule(loop.py_func))
    used = set(loop.py_func.__code__.co_names) & imported
    modules = {name for name in used if inspect.ismodule(loop.py_func.__globals__[name])}
    assert used - modules == set()


def _imported_names(module) -> set[str]:
    import ast

    tree = ast.parse(Path(module.__file__).read_text("utf-8"))
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    return {(alias.asname or alias.name).split(".")[0] for node in imports for alias in node.names}


EXTRACT = """
import json
import os
import numpy as np
from tests.unit.extraction.fast.test_compiled_loops import LOOPS
from radiomics_core.extraction import ENGINES, PRESETS, ExtractionSettings
from radiomics_core.extraction.engines.fast import warm_up
from radiomics_core.extraction.feature_maps import feature_maps
from radiomics_core.imaging.volume import Volume

for step in warm_up._steps():
    step()
compiled = {loop: set(loop.signatures) for loop in LOOPS}
rng = np.random.default_rng(5)
mask = np.zeros((14, 20, 22), bool)
mask[4:11, 5:15, 0:12] = True
few = np.zeros_like(mask)
few[5:8, 6:9, 0:3] = True
for dtype in (np.int16, np.uint8, np.float32, np.float64, ">i2"):
    for read_only in (False, True):  # as from a file that is mapped into memory
        array = rng.normal(100, 30, mask.shape).clip(0, 250).astype(dtype)
        array.flags.writeable = not read_only
        image = Volume(array, (0.9, 0.9, 3.0))
        for preset in PRESETS:
            region = mask & (np.arange(14) == 5)[:, None, None] if preset.name == "us" else mask
            ENGINES.build("fast").extract(image, image.with_array(region), PRESETS.build(preset.name).settings)
        sliced = {"binWidth": 10, "force2D": True, "weightingNorm": "euclidean", "distances": [1, 2]}
        for own in ({"binWidth": 10}, sliced):
            settings = ExtractionSettings(setting=own, image_type={"Original": {}, "LoG": {"sigma": [2.0]}})
            assert len(list(feature_maps(image, image.with_array(few), settings))) > 90
print(json.dumps([f"{l.__module__}.{l.__name__} {set(l.signatures) - compiled[l]}" for l in LOOPS
                  if set(l.signatures) - compiled[l]]))
"""


def test_after_the_warm_up_nothing_is_compiled_any_more():
    root = Path(__file__).resolve().parents[4]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", EXTRACT],
        check=False,
        env=environment,
        cwd=root,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == []


def restarted() -> str:
    """The label of a process of this computer before its last start, whose number this process has now."""
    me = this_process()
    return replace(me, space=f"another boot {me.space}", started=me.started + 1).label


@pytest.mark.parametrize(
    "written",
    [
        f"{replace(this_process(), pid=999999999).label} 1 5",
        "",
        f"{replace(this_process(), started=1.0).label} 1 5",
        f"{restarted()} 1 5",
    ],
    ids=["no such process", "ended before it wrote its name", "its number was given again", "before a restart"],
)
def test_only_one_process_compiles_and_a_dead_ones_lock_is_removed(tmp_path, monkeypatch, written):
    waits = []

    def wait(seconds):  # a lock whose process lives is waited for; this one is taken at once, no clock needed
        waits.append(seconds)
        assert len(waits) < 5, "a dead process's lock was waited for"

    clock = SimpleNamespace(sleep=wait, monotonic=lambda: float(len(waits)), time=time.time, strftime=time.strftime)
    monkeypatch.setattr(warm_up, "time", clock)
    monkeypatch.setattr(warm_up, "STILL_SECONDS", 0.0 if not written else 600.0)
    monkeypatch.setattr(warm_up, "machine_code_folder", lambda: tmp_path)
    monkeypatch.setattr(warm_up, "_marker", lambda: tmp_path / "ready-x.json")
    ran = []
    monkeypatch.setattr(warm_up, "_steps", lambda: [lambda: ran.append(warm_up.progress())])
    lock = tmp_path / "compiling.lock"
    lock.write_text(written)
    assert warm_up.progress() is None
    told = []
    warm_up.make_ready(lambda done, total: told.append((done, total)))
    assert ran == [(0, 1)]
    assert told == [(0, 1)]
    assert warm_up.is_ready()
    assert warm_up.progress() is None
    assert not lock.exists()
    warm_up.make_ready()
    assert len(ran) == 1


def test_a_lock_of_another_container_is_waited_for_as_long_as_it_changes(tmp_path, monkeypatch):
    monkeypatch.setattr(warm_up, "STILL_SECONDS", 30.0)
    monkeypatch.setattr(warm_up, "machine_code_folder", lambda: tmp_path)
    me = this_process()
    elsewhere = replace(me, space=f"{me.space} of another container").label
    (tmp_path / "compiling.lock").write_text(f"{elsewhere} 1 5")
    assert (warm_up._is_left_behind(29.0), warm_up._is_left_behind(31.0)) == (False, True)
