"""Which study was open last, so that a refresh or a restarted server returns to it."""

from __future__ import annotations

from pathlib import Path

from radiomics_core.study.library import home
from radiomics_core.study.storage import read_json, write_json
from radiomics_core.study.study import is_study


def last_opened() -> Path | None:
    """Return the folder of the study that was open last; None when it was closed or is gone."""
    file = _file()
    text = str(read_json(file)["folder"]) if file.is_file() else ""
    return Path(text) if text and is_study(text) else None


def set_last_opened(folder: Path | None) -> None:
    """Note the study that is open now, None when it was closed."""
    write_json(_file(), {"folder": "" if folder is None else str(folder)})


def _file() -> Path:
    return home() / "last.json"
