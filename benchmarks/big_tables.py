"""Time and memory of a feature table from its file to features: reading, dividing, importing, in a process of its own.

Run from the project's folder: ``python -m benchmarks.big_tables [--rows 500 --columns 20000]``. The aim for 500 x
20,000 is a few seconds of computing; above the limits of ``clinical/table_limits.py`` the refusal is timed.
"""

from __future__ import annotations

import argparse
import gc
import io
import time

import numpy as np
import psutil

from radiomics_core.clinical.column_types import guess_id_column
from radiomics_core.clinical.identifiers import personal_columns
from radiomics_core.clinical.tables import read_checked
from radiomics_core.errors import TableError
from radiomics_core.features.reading import import_feature_table, split_columns


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=500)
    parser.add_argument("--columns", type=int, default=20_000)
    chosen = parser.parse_args()
    content = table(chosen.rows, chosen.columns)
    gc.collect()
    print(f"{chosen.rows} x {chosen.columns}: {len(content) / 1e6:.0f} MB of text")
    watch = Watch()
    try:
        frame, _findings = read_checked(content, None, "features.csv")
    except TableError as error:
        watch.say("refused")
        print(error)
        return
    watch.say("read")
    chosen_id = str(guess_id_column(frame))
    personal_columns(frame, [chosen_id])
    split_columns(frame.drop(columns=[chosen_id]))
    watch.say("looked at")
    made, _clinical, _more = import_feature_table(frame, chosen_id)
    watch.say(f"imported: {made.values.shape[1]} features")


class Watch:
    """Seconds of computing and of the clock since it was made, and the memory above what was held then."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._began, self._clock, self._held = time.process_time(), time.perf_counter(), self._rss()

    def _rss(self) -> float:
        return float(self._process.memory_info().rss / 1e6)

    def say(self, what: str) -> None:
        """Print one line."""
        computed, clock = time.process_time() - self._began, time.perf_counter() - self._clock
        print(
            f"{what:32} {computed:6.1f} s computed {clock:6.1f} s by the clock {self._rss() - self._held:6.0f} MB held"
        )


def table(rows: int, columns: int) -> bytes:
    """Return a feature table as CSV: an id, pyradiomics names, numbers of six digits."""
    rng, text = np.random.default_rng(0), io.StringIO()
    text.write("id," + ",".join(f"CT_original_glcm_f{i}" for i in range(columns)) + "\n")
    for row in range(rows):
        text.write(f"P{row}," + ",".join(f"{v:.6g}" for v in rng.normal(size=columns)) + "\n")
    return text.getvalue().encode()


if __name__ == "__main__":
    main()
