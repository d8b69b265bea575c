"""Which study was open last, so that a refresh or a restarted server returns to it."""

from __future__ import annotations

from pathlib import Path

from radiomics_core.errors import StudyError
from radiomics_core.files.atomic import read_json, write_json
from radiomics_core.i18n import lazy_
from radiomics_core.study.library import home
from radiomics_core.study.study import is_study


def last_opened() -> Path | None:
    """Return the folder of the study that was open last; None when it was closed or is gone.

    Raises
    ------
    StudyError
        The note cannot be read: empty, cut off, or not what this program writes.
    """
    file = _file()
    try:
        text = str(read_json(file)["folder"]) if file.is_file() else ""
        return Path(text) if text and is_study(text) else None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StudyError(
            lazy_("the note of the study that was open last ({file}) cannot be read: {reason}"),
            remedy=lazy_("Open the study from the list below; the note is then written anew."),
            file=file,
            reason=str(error),
        ) from error


def set_last_opened(folder: Path | None) -> None:
    """Note the study that is open now, None when it was closed."""
    write_json(_file(), {"folder": "" if folder is None else str(folder)})


def _file() -> Path:
    return home() / "last.json"
