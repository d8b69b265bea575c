"""Reruns of every page with a table of 500 cases x 1,500 features: median and 95th percentile, first render, memory.

Run from the project's folder: ``python -m benchmarks.pages [--reruns 30] [--no-browser]``. Reruns are timed in this
process (the script and everything it would send); the first render and the server's memory come from a real server
and a headless browser. The target is 300 ms for the 95th percentile.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pages.common.table import ROWS

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[1]
N_CASES, N_FEATURES, N_FAMILIES = 500, 1500, 60
TARGET_MS = 300
PAGES = {row.name: row.file for row in ROWS}
SECTIONS = ("univariate", "distribution", "correlation", "volume", "map")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reruns", type=int, default=30)
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--study", type=Path, help="only first renders and memory, with this study open")
    chosen = parser.parse_args()
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RADIOMICS_EXPLORER_HOME"] = folder
        if chosen.study is not None:
            from radiomics_core.study.last_opened import set_last_opened

            set_last_opened(chosen.study.resolve())
            show(first_renders(Path(folder)))
            return
        make_study()
        show(reruns(chosen.reruns))
        if not chosen.no_browser:
            show(first_renders(Path(folder)))


def simulated_table(seed: int = 1) -> pd.DataFrame:
    """Return features that go together in families, with a binary and a time-to-event endpoint."""
    from radiomics_core.extraction.catalogue import FEATURE_NAMES

    filters = ["original", *(f"log-sigma-{s}-0-mm-3D" for s in range(1, 6)), "square", "squareroot", "logarithm",
               *(f"wavelet-{name}" for name in ("LLL", "LLH", "LHL", "LHH", "HLL", "HLH", "HHL", "HHH"))]  # fmt: skip
    classes = {name: features for name, features in FEATURE_NAMES.items() if name != "shape2D"}
    names = [f"{f}_{c}_{x}" for f in filters for c in classes for x in classes[c] if c != "shape" or f == "original"]
    names = names[:N_FEATURES]
    random = np.random.default_rng(seed)
    latent = random.normal(size=(N_CASES, N_FAMILIES))
    family = (np.arange(len(names)) // 13) % N_FAMILIES
    values = latent[:, family] * random.uniform(1, 4, len(names)) + random.normal(size=(N_CASES, len(names)))
    table = pd.DataFrame(values, columns=names)
    table.insert(0, "case_id", [f"P{i:04d}" for i in range(N_CASES)])
    risk = 1 / (1 + np.exp(-latent[:, 0]))
    return table.assign(
        age=random.integers(30, 85, N_CASES),
        response=np.where(random.random(N_CASES) < risk, "yes", "no"),
        os_days=np.ceil(random.exponential(900 * np.exp(-0.6 * latent[:, 1]))),
        os_event=(random.random(N_CASES) < 0.6).astype(int),
    )


def make_study() -> None:
    """Make the study that the pages open."""
    from radiomics_core.study import library
    from radiomics_core.study.actions import endpoints, feature_import
    from radiomics_core.study.last_opened import set_last_opened

    study = library.create("Benchmark")
    content = simulated_table().to_csv(index=False).encode()
    columns = ["age", "response", "os_days", "os_event"]
    feature_import.import_table(study, content, "case_id", name="features.csv", clinical_columns=columns)
    endpoints.add(study, endpoints.make_binary("response", "response", "yes"))
    endpoints.add(study, endpoints.make_time_to_event("survival", "os_days", "os_event"))
    set_last_opened(study.folder)
    study.close()


def reruns(n: int) -> pd.DataFrame:
    """Time the first run and ``n`` reruns of every page, and of every section of Exploration."""
    from streamlit.testing.v1 import AppTest

    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    rows = [_timed(app, name, file, n) for name, file in PAGES.items()]
    for section in SECTIONS:
        app.session_state["exploration_section"] = section
        rows.append(_timed(app, f"exploration: {section}", PAGES["exploration"], n))
    return pd.DataFrame(rows)


def _timed(app: AppTest, name: str, file: str, n: int) -> dict[str, object]:
    app.switch_page(file)
    first = _milliseconds(app)
    again = [_milliseconds(app) for _ in range(n)]
    p95 = float(np.percentile(again, 95))
    return {"page": name, "first ms": round(first), "median ms": round(float(np.median(again))),
            "p95 ms": round(p95), "within 300": p95 < TARGET_MS, "problems": len(app.exception)}  # fmt: skip


def _milliseconds(app: AppTest) -> float:
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        app.run()
    return 1000 * (time.perf_counter() - start)


def first_renders(home: Path) -> pd.DataFrame:
    """Time from the address to a drawn page in a browser, and what the server holds in memory afterwards."""
    from tests.browser.driving import QUIET_MS, browser, dashboard, go, new_page

    rows = []
    with dashboard(home) as address, browser() as chromium:
        page = new_page(chromium)
        for path in ("study", *list(PAGES)[1:], "exploration"):
            start = time.perf_counter()
            go(page, address, "" if path == "study" else path)
            rows.append(
                {
                    "page": path,
                    "drawn s": round(time.perf_counter() - start - QUIET_MS / 1000, 1),
                    "server MB": round(server_megabytes(home)),
                }
            )
    return pd.DataFrame(rows)


def server_megabytes(home: Path) -> float:
    """Return the resident memory of the server whose studies lie in ``home``."""
    import psutil

    for process in psutil.Process().children(recursive=True):
        if "bootstrap.dashboard" in process.cmdline():
            return float(process.memory_info().rss / 1e6)
    raise RuntimeError(f"no server runs on {home}")


def show(frame: pd.DataFrame) -> None:
    """Print a table."""
    print(frame.to_string(index=False), flush=True)


if __name__ == "__main__":
    main()
