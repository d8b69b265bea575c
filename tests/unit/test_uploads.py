"""Uploads lie on disk: taken piece by piece, refused before they are read, and gone when nobody needs them."""

from __future__ import annotations

import tracemalloc
from itertools import chain
from types import SimpleNamespace

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from streamlit import config
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from streamlit.web.server.starlette import starlette_app, starlette_routes
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string
from streamlit.web.server.starlette.starlette_server_config import XSRF_COOKIE_NAME

from bootstrap.uploads import DiskUploadedFileManager, receive, upload_routes
from radiomics_core.study.storage import staging
from tests.coroutines import finished

RUNTIME = SimpleNamespace(is_active_session=lambda session: session == "s")
HEAD = b'--b\r\nContent-Disposition: form-data; name="f"; filename="P1/CT.nii.gz"\r\nContent-Type: application/gzip\r\n\r\n'
TAIL = b"\r\n--b--\r\n"


@pytest.fixture
def manager(tmp_path, monkeypatch):
    monkeypatch.setenv(staging.PLACE_VARIABLE, str(tmp_path / "places"))
    monkeypatch.setattr("bootstrap.uploads.is_xsrf_enabled", lambda: False)
    made = DiskUploadedFileManager("/_stcore/upload_file")
    yield made
    made._stack.close()


def put(manager, chunks, file_id="f1", session="s", **headers):
    """Send a request whose body arrives in chunks."""
    left = chain([HEAD], chunks, [TAIL])

    async def arrive():
        chunk = next(left, None)
        return {"type": "http.request", "body": chunk or b"", "more_body": chunk is not None}

    headers = {"content-type": "multipart/form-data; boundary=b", **headers}
    scope = {
        "type": "http", "method": "PUT", "path_params": {"session_id": session, "file_id": file_id},
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()],
    }  # fmt: skip
    return finished(receive(Request(scope, arrive), RUNTIME, manager))


def held(manager):
    return [p for p in manager.new_place().parent.iterdir() if p.is_file()]


def test_file_is_written_as_it_arrives_with_its_name_and_folder(manager):
    assert put(manager, [b"abc", b"def"]).status_code == 204
    assert manager.path_of("s", "f1").read_bytes() == b"abcdef"
    (record,) = manager.get_files("s", ["f1"])
    assert (record.name, record.type, record.data) == ("P1/CT.nii.gz", "application/gzip", b"")


def test_sixty_megabytes_take_no_memory(manager):
    chunk = bytes(1 << 20)
    tracemalloc.start()
    try:
        put(manager, (chunk for _ in range(60)))
        assert tracemalloc.get_traced_memory()[1] < 12 << 20
    finally:
        tracemalloc.stop()
    assert manager.path_of("s", "f1").stat().st_size == 60 << 20


def test_removed_replaced_and_ended_sessions_leave_no_file(manager):
    put(manager, [b"1"])
    put(manager, [b"2"])
    assert [p.read_bytes() for p in held(manager)] == [b"2"]
    manager.remove_file("s", "f1")
    put(manager, [b"3"], file_id="f2")
    manager.remove_session_files("s")
    assert held(manager) == []


@pytest.mark.parametrize(
    ("more", "status"),
    [({"content_length": str(1 << 50)}, 413), ({"session": "other"}, 400), ({"content_length": "x"}, 400)],
)
def test_refused_before_a_byte_is_read(manager, more, status):
    def never():
        raise AssertionError("the body was read")
        yield b""

    with pytest.raises(HTTPException) as refused:
        put(manager, never(), **more)
    assert refused.value.status_code == status


def test_an_upload_needs_the_token_of_its_page(manager, monkeypatch):
    monkeypatch.setattr("bootstrap.uploads.is_xsrf_enabled", lambda: True)
    token, other = generate_xsrf_token_string(), generate_xsrf_token_string()
    for headers in ({}, {"x_xsrftoken": token}, {"x_xsrftoken": other, "cookie": f"{XSRF_COOKIE_NAME}={token}"}):
        with pytest.raises(HTTPException, match="403"):
            put(manager, [b"abc"], **headers)
    assert held(manager) == []
    put(manager, [b"abc"], x_xsrftoken=token, cookie=f"{XSRF_COOKIE_NAME}={token}")
    assert len(held(manager)) == 1


def test_body_larger_than_it_said_and_full_disk_leave_nothing(manager, monkeypatch):
    monkeypatch.setattr(config, "get_option", lambda name: 1)
    with pytest.raises(HTTPException, match="413"):
        put(manager, [bytes(1 << 20)] * 3)
    monkeypatch.setattr(staging, "KEEP_FREE_BYTES", 1 << 60)
    with pytest.raises(HTTPException, match="507"):
        put(manager, [b"x"])
    assert held(manager) == []


def test_a_session_that_ends_during_its_upload_leaves_no_file(manager, monkeypatch):
    answers = iter([True, False])
    monkeypatch.setattr(RUNTIME, "is_active_session", lambda session: next(answers))
    with pytest.raises(HTTPException):
        put(manager, [b"abc"])
    assert held(manager) == []


def test_streamlit_takes_the_places_where_uploads_are_installed(manager):
    # what install() replaces must be there, and the PUT route must be ours
    assert starlette_app.create_upload_routes is starlette_routes.create_upload_routes
    puts = [r for r in upload_routes(RUNTIME, manager, None) if "PUT" in (r.methods or ())]
    assert [r.endpoint.__module__ for r in puts] == ["bootstrap.uploads"]
    manager.add_file("s", UploadedFileRec("f9", "a", "", b"bytes"))
    assert manager.path_of("s", "f9").read_bytes() == b"bytes"
