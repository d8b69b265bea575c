"""Memory of the server while a zip is uploaded and taken in: before, at most, and after.

Run from the project's folder: ``python -m benchmarks.uploads [--megabytes 2000]``. A real server and a headless
browser; the zip holds one image with its mask and bytes that are no image. The aim: no more than 300 MB above what it
was, at any time, whatever the size.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
import time
import zipfile
from pathlib import Path

import numpy as np
import psutil
from playwright.sync_api import Page

from radiomics_core.imaging.volume import Volume
from radiomics_core.imaging.writing import nifti_bytes
from tests.browser.driving import browser, click, dashboard, go, new_page, wait_idle, widget

AIM_MB = 300
MINUTES = 10


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--megabytes", type=int, default=2000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir()
        dropped = _zip(Path(folder) / "images.zip", chosen.megabytes)
        with dashboard(home) as address, browser() as chromium:
            page = new_page(chromium)
            go(page, address)
            page.locator(".st-key-new_study_name input").fill("Uploads")
            click(page, "create_study_submit")
            go(page, address, "cohort")
            page.locator(".st-key-images_way label", has_text="Drop").click()
            wait_idle(page)
            _measure(page, _server(), dropped)


def _measure(page: Page, server: psutil.Process, dropped: Path) -> None:
    before = server.memory_info().rss / 1e6
    with Peak(server) as peak:
        begun = time.perf_counter()
        page.locator(f"{widget(page, 'images_upload_False')} input[type=file]").first.set_input_files(str(dropped))
        page.locator(widget(page, "images_upload_False"), has_text="images.zip").wait_for(timeout=MINUTES * 60_000)
        button = page.locator(f"{widget(page, 'images_take')} button:enabled").first
        button.wait_for(timeout=MINUTES * 60_000)
        arrived = time.perf_counter() - begun
        button.click()
        page.locator('[data-testid="stMain"]', has_text="Import 1 case").first.wait_for(timeout=MINUTES * 60_000)
        wait_idle(page)
    after = server.memory_info().rss / 1e6
    size = dropped.stat().st_size / 1e6
    print(f"{size:.0f} MB: server {before:.0f} MB before, {peak.most:.0f} MB at most, {after:.0f} MB after the import")
    print(f"arrived in {arrived:.0f} s; aim: at most {before + AIM_MB:.0f} MB")


def _server() -> psutil.Process:
    return next(p for p in psutil.Process().children(recursive=True) if "bootstrap.dashboard" in p.cmdline())


class Peak:
    """The most resident memory of a process and its children, in MB, looked at twenty times a second."""

    def __init__(self, process: psutil.Process) -> None:
        self._process, self._over = process, threading.Event()
        self.most = 0.0

    def __enter__(self) -> Peak:
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            self.most = max(self.most, self._process.memory_info().rss / 1e6)


def _zip(path: Path, megabytes: int) -> Path:
    image = Volume(np.random.default_rng(0).integers(0, 900, (40, 128, 128)).astype(np.int16), (1.0, 1.0, 2.0))
    mask = np.zeros(image.array.shape, np.uint8)
    mask[10:20, 40:60, 40:60] = 1
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("P1/CT.nii.gz", nifti_bytes(image))
        archive.writestr("P1/CT_mask.nii.gz", nifti_bytes(image.with_array(mask)))
        with archive.open("P1/notes.bin", "w", force_zip64=True) as stream:
            for _ in range(megabytes):
                stream.write(os.urandom(1_000_000))
    return path


if __name__ == "__main__":
    main()
