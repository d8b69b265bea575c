"""Uploads lie on disk: the server takes them piece by piece, so that 2 GB of images need no 2 GB of memory.

Streamlit keeps every uploaded file in memory until its session ends. Here a file is written to a private folder as it
arrives; pages ask for its place (``pages/common/uploads.py``) and forget it after the import. The folder goes with the
server; what a killed server leaves behind is removed by the next one (``radiomics_core/study/storage/staging.py``).
"""

from __future__ import annotations

import atexit
import contextlib
import shutil
import threading
import uuid
from pathlib import Path
from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from streamlit import config
from streamlit.runtime import memory_uploaded_file_manager
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from streamlit.web.server.server_util import is_xsrf_enabled
from streamlit.web.server.starlette import starlette_app, starlette_routes
from streamlit.web.server.starlette.starlette_app_utils import validate_xsrf_token
from streamlit.web.server.starlette.starlette_server_config import XSRF_COOKIE_NAME

from radiomics_core.study.storage import staging

FRAMING_BYTES = 1 << 16
_memory_routes = starlette_routes.create_upload_routes


def install() -> None:
    """Make the server that is started next keep its uploads on disk."""
    vars(memory_uploaded_file_manager)["MemoryUploadedFileManager"] = DiskUploadedFileManager
    vars(starlette_app)["create_upload_routes"] = upload_routes


class DiskUploadedFileManager(MemoryUploadedFileManager):
    """Streamlit's manager with an empty content for each file, and its place on disk beside."""

    def __init__(self, upload_endpoint: str) -> None:
        super().__init__(upload_endpoint)
        self._places: dict[tuple[str, str], Path] = {}
        self._place_lock = threading.Lock()
        self._stack = contextlib.ExitStack()
        self._folder: Path | None = None
        atexit.register(self._stack.close)

    def new_place(self) -> Path:
        """Return where the next file may be written."""
        with self._place_lock:
            if self._folder is None:
                near = staging.places()[0]
                self._folder = self._stack.enter_context(staging.staging_folder("uploads", near, 0))
        return self._folder / uuid.uuid4().hex

    def path_of(self, session_id: str, file_id: str) -> Path | None:
        """Return where a file of a session lies."""
        return self._places.get((session_id, file_id))

    def add_place(self, session_id: str, record: UploadedFileRec, place: Path) -> None:
        """Take over a file that was written to disk."""
        self._drop(session_id, record.file_id)
        self._places[session_id, record.file_id] = place
        super().add_file(session_id, record._replace(data=b""))

    def add_file(self, session_id: str, file: UploadedFileRec) -> None:
        """Write a file that comes as bytes to disk."""
        place = self.new_place()
        place.write_bytes(file.data)
        self.add_place(session_id, file, place)

    def remove_file(self, session_id: str, file_id: str) -> None:
        """Forget a file and delete it."""
        super().remove_file(session_id, file_id)
        self._drop(session_id, file_id)

    def remove_session_files(self, session_id: str) -> None:
        """Forget and delete the files of a session that has ended."""
        super().remove_session_files(session_id)
        for session, file_id in list(self._places):
            if session == session_id:
                self._drop(session, file_id)

    def _drop(self, session_id: str, file_id: str) -> None:
        place = self._places.pop((session_id, file_id), None)
        if place is not None:
            place.unlink(missing_ok=True)


def upload_routes(runtime: Any, manager: DiskUploadedFileManager, base_url: str | None) -> list[Any]:
    """Return Streamlit's routes for uploads, that for a new file replaced by one that writes to disk."""
    routes: list[Any] = list(_memory_routes(runtime, manager, base_url))

    async def put(request: Request) -> Response:
        return await receive(request, runtime, manager)

    return [Route(route.path, put, methods=["PUT"]) if "PUT" in (route.methods or ()) else route for route in routes]


async def receive(request: Request, runtime: Any, manager: DiskUploadedFileManager) -> Response:
    """Write the one file of a request to disk as it arrives.

    Refused are requests without the session's token (403), of no session (400), larger than allowed (413: told before
    anything is read when the length is given) and larger than the disk has room for (507).
    """
    _check_token(request)
    session_id, file_id = request.path_params["session_id"], request.path_params["file_id"]
    _check_session(runtime, session_id)
    place = manager.new_place()
    limit = config.get_option("server.maxUploadSize") * 1024 * 1024 + FRAMING_BYTES
    _check_length(request, limit, place.parent)
    try:
        upload = await _written(request, place, limit)
        _check_session(runtime, session_id)  # one that ended meanwhile has forgotten its files already
    except BaseException:
        place.unlink(missing_ok=True)
        raise
    kind = upload.content_type or "application/octet-stream"
    manager.add_place(session_id, UploadedFileRec(file_id, upload.filename or "", kind, b""), place)
    return Response(status_code=204)


def _check_token(request: Request) -> None:
    header, cookie = request.headers.get("X-Xsrftoken"), request.cookies.get(XSRF_COOKIE_NAME)
    if is_xsrf_enabled() and not validate_xsrf_token(header, cookie):
        raise HTTPException(403, "XSRF token missing or invalid")


def _check_session(runtime: Any, session_id: str) -> None:
    if not runtime.is_active_session(session_id):
        raise HTTPException(400, "Invalid session_id")


def _check_length(request: Request, limit: int, folder: Path) -> None:
    length = request.headers.get("content-length", "0")
    if not length.isdigit():
        raise HTTPException(400, "Invalid Content-Length header")
    if int(length) > limit:
        raise HTTPException(413, "File too large")
    if shutil.disk_usage(folder).free - int(length) < staging.KEEP_FREE_BYTES:
        raise HTTPException(507, "No room on the disk")


async def _written(request: Request, place: Path, limit: int) -> UploadFile:
    """Parse the body; its file is written to ``place``."""

    async def counted() -> Any:
        received = 0
        async for chunk in request.stream():
            received += len(chunk)
            if received > limit:
                raise HTTPException(413, "File too large")
            yield chunk

    parser = _ToDisk(request.headers, counted(), max_files=1, max_fields=0)
    parser.place = place
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise HTTPException(400, error.message) from error
    finally:
        if parser.opened is not None:
            parser.opened.file.close()
    files = [value for value in form.values() if isinstance(value, UploadFile)]
    if len(files) != 1:
        raise HTTPException(400, f"Expected 1 file, but got {len(files)}")
    return files[0]


class _ToDisk(MultiPartParser):
    """Starlette's parser with a file of ours in the place of its temporary one, which holds a megabyte in memory."""

    place: Path
    opened: UploadFile | None = None

    def on_headers_finished(self) -> None:
        super().on_headers_finished()
        part = self._current_part
        if part.file is not None:
            name, headers = part.file.filename, part.file.headers
            part.file.file.close()
            part.file = self.opened = UploadFile(self.place.open("xb"), size=0, filename=name, headers=headers)
