"""Uploaded files: where they lie, and how they are forgotten once they are imported.

The dashboard's server keeps them on disk (``bootstrap/uploads.py``); Streamlit's own server, and tests, in memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from streamlit.runtime.scriptrunner import get_script_run_ctx

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile


def content(file: UploadedFile) -> Path | bytes:
    """Return where an uploaded file lies, or its bytes when the server keeps it in memory."""
    context: Any = get_script_run_ctx()
    path_of = getattr(context.uploaded_file_mgr, "path_of", None) if context else None
    place: Path | None = path_of(context.session_id, file.file_id) if path_of else None
    return file.getvalue() if place is None else place


def in_memory(file: UploadedFile) -> bytes:
    """Return the bytes of a small uploaded file, such as a parameter file."""
    held = content(file)
    return held if isinstance(held, bytes) else held.read_bytes()


def forget(files: Iterable[UploadedFile]) -> None:
    """Let the server delete files that are imported; the session does not have to end for that."""
    context: Any = get_script_run_ctx()
    remove = getattr(context.uploaded_file_mgr, "remove_file", None) if context else None
    if remove is None:
        return
    for file in files:
        remove(context.session_id, file.file_id)
