"""How an evaluation lies on disk: its frames as Parquet, what they were made from as JSON beside them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from radiomics_core.analysis.centre_table import load_centres
from radiomics_core.cohort.endpoints import endpoint_from_dict
from radiomics_core.findings import Finding


def store(evaluation: Any, folder: Path, name: str, frames: Sequence[str]) -> None:
    """Write the named frames, and settings, endpoint, meta and findings to ``<name>.json``, into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for frame in frames:
        getattr(evaluation, frame).to_parquet(folder / f"{frame}.parquet", index=False)
    plain = {
        "settings": evaluation.settings.to_dict(),
        "endpoint": evaluation.endpoint.to_dict(),
        "meta": evaluation.meta,
        "findings": [finding.to_dict() for finding in evaluation.findings],
    }
    (folder / f"{name}.json").write_text(json.dumps(plain, indent=1), encoding="utf-8")


def restore(folder: Path, name: str, frames: Sequence[str]) -> dict[str, Any]:
    """Return the fields that :func:`store` wrote; ``settings`` is still plain, ``centres`` may be absent on disk."""
    plain = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    tables = {frame: pd.read_parquet(folder / f"{frame}.parquet") for frame in frames if frame != "centres"}
    return {
        "settings": plain["settings"],
        "endpoint": endpoint_from_dict(plain["endpoint"]),
        "meta": plain["meta"],
        "findings": tuple(Finding.from_dict(stored) for stored in plain["findings"]),
        "centres": load_centres(folder),
        **tables,
    }
