"""Time of one slice step in the browser, from the arrow key to the new picture, on a 512 x 512 x 150 volume.

Run from the project's folder: ``python -m benchmarks.viewer [--steps 20]``. The target is under 250 ms.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

SHAPE = (150, 512, 512)
PICTURE = 'img[src^="data:image/png"]'
CHANGED = "([picture, before]) => document.querySelector(picture)?.getAttribute('src') !== before"


def main() -> None:
    """Print each step's time and the median."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=20)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RADIOMICS_EXPLORER_HOME"] = folder
        make_study(Path(folder))
        times = step_milliseconds(Path(folder), chosen.steps)
    print(f"{len(times)} steps: median {statistics.median(times):.0f} ms, slowest {max(times):.0f} ms")


def make_study(home: Path) -> None:
    """Make a study with one large case, opened in the viewer."""
    import SimpleITK as sitk

    from radiomics_core.study import library
    from radiomics_core.study.actions import images
    from radiomics_core.study.last_opened import set_last_opened

    case = home / "source" / "P1"
    case.mkdir(parents=True)
    volume = np.random.default_rng(1).normal(40, 30, SHAPE).astype(np.int16)
    mask = np.zeros(SHAPE, np.uint8)
    mask[50:100, 200:300, 200:300] = 1
    for name, array in (("CT", volume), ("CT_mask", mask)):
        image = sitk.GetImageFromArray(array)
        image.SetSpacing((0.8, 0.8, 2.0))
        sitk.WriteImage(image, str(case / f"{name}.nii.gz"))
    with library.create("Viewer") as study:
        images.import_folder(study, case.parent)
        study.view.put("choice:images_section", "single")
        set_last_opened(study.folder)


def step_milliseconds(home: Path, steps: int) -> list[float]:
    """Press the arrow key and wait for another picture, again and again; the first step is not counted."""
    from tests.browser.driving import browser, dashboard, go, new_page

    times = []
    with dashboard(home) as address, browser() as chromium:
        page = new_page(chromium)
        go(page, address, "images")
        page.locator(PICTURE).first.wait_for(timeout=60_000)
        for _step in range(steps + 1):
            before = page.locator(PICTURE).first.get_attribute("src")
            page.locator('[data-testid="stSlider"] input').first.focus()
            start = time.perf_counter()
            page.keyboard.press("ArrowRight")
            page.wait_for_function(CHANGED, arg=[PICTURE, before], polling=10)
            times.append(1000 * (time.perf_counter() - start))
            page.wait_for_timeout(300)
    return times[1:]


if __name__ == "__main__":
    main()
