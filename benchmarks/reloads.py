"""What the server keeps of pages that were loaded again: file descriptors, threads and memory over many reloads.

Run from the project's folder: ``python -m benchmarks.reloads [--reloads 150] [--code FOLDER] [--out FILE.csv]``. Each
reload is a new connection that runs the page and leaves, as a browser does.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from pathlib import Path

import pandas as pd
import psutil

from benchmarks.load import ROOT, server
from benchmarks.pages import make_study, show
from benchmarks.session import Session, entered


def main() -> None:
    """Print the curve and store it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reloads", type=int, default=150)
    parser.add_argument("--code", type=Path, default=ROOT)
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RADIOMICS_EXPLORER_HOME"] = folder
        make_study()
        with server(chosen.code.resolve(), Path(folder)) as (address, process):
            curve = asyncio.run(reloaded(address, process.pid, chosen.reloads))
    show(curve[curve["reloads"] % 10 == 1])
    if chosen.out:
        curve.to_csv(chosen.out, index=False)


def _descriptors(process: psutil.Process) -> int:
    if sys.platform == "win32":
        return process.num_handles()
    return process.num_fds()


async def reloaded(address: str, pid: int, n: int) -> pd.DataFrame:
    """Load the page ``n`` times; one row per reload: descriptors, threads and MB of the server."""
    process, cookie, rows = psutil.Process(pid), entered(address), []
    for number in range(1, n + 1):
        async with Session.opened(address, cookie) as session:
            await session.rerun()
        memory = round(process.memory_info().rss / 1e6)
        rows.append((number, _descriptors(process), process.num_threads(), memory))
    return pd.DataFrame(rows, columns=["reloads", "descriptors", "threads", "MB"])


if __name__ == "__main__":
    main()
