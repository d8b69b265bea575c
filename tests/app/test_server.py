"""The real server, asked by raw clients: who gets in, and that it asks nobody outside this computer."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from pages.common.table import ROWS
from tests.browser.driving import RECORDER, cookie, dashboard

PAGES = ("", *(row.name for row in ROWS[1:]))
PATHS = ("/", "/cohort", "/static/index.html", "/_stcore/host-config", "/_stcore/metrics", "/media/a.png",
         "/_stcore/upload_file/a/b", "/_stcore/script-health-check")  # fmt: skip
FOREIGN = (
    {"Origin": "http://example.org"},
    {"Origin": "http://127.0.0.1:9"},
    {"Origin": "null"},
    {"Host": "example.org"},
    {"Host": "192.0.2.1:8501"},
    {"Host": "example.org", "Origin": "http://example.org"},
)


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """The folder of studies; the driver also notes there what the server tries to send to other computers."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def server(home):
    """A dashboard that is asked by several tests."""
    with dashboard(home) as address:
        yield address


def status(address, path, headers, method="GET"):
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=60)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def stream(address, headers):
    headers = dict(headers)
    origin, host = headers.pop("Origin", None), headers.pop("Host", None)
    here = address.removeprefix("http://")
    return connect(
        f"ws://{host or here}/_stcore/stream",
        sock=socket.create_connection(("127.0.0.1", int(here.partition(":")[2]))),
        origin=origin,
        additional_headers=headers,
        subprotocols=["streamlit"],
        proxy=None,
        max_size=None,
        open_timeout=60,
    )


def visit(address, page, headers):
    """Draw a page as a browser does and return its texts."""
    words = []
    with stream(address, headers) as talk:
        message = BackMsg()
        message.rerun_script.page_name = page
        talk.send(message.SerializeToString())
        while True:
            answer = ForwardMsg.FromString(talk.recv(timeout=120))
            words.append(str(answer))
            if answer.WhichOneof("type") == "script_finished":
                return "".join(words)


def refused(address, headers):
    with pytest.raises(InvalidStatus) as caught:
        stream(address, headers)
    return caught.value.response.status_code


def test_without_the_start_token_nothing_can_be_read_or_connected_to(server):
    assert {path: status(server, path, {}) for path in PATHS} == dict.fromkeys(PATHS, 403)
    assert status(server, "/_stcore/upload_file/a/b", {}, "PUT") == 403
    assert refused(server, {}) == 403
    assert status(server, "/?token=guessed", {}) == 403
    assert status(server, "/_stcore/health", {}) == 200


@pytest.mark.parametrize("foreign", FOREIGN, ids=str)
def test_other_origins_ports_and_names_are_refused_even_with_the_cookie(server, foreign):
    headers = {"Cookie": cookie(server), **foreign}
    assert {status(server, path, headers) for path in (*PATHS, "/_stcore/health")} == {403}
    assert refused(server, headers) == 403


def test_the_browser_that_was_let_in_sees_every_page_and_nothing_is_asked_outside(server, home):
    headers = {"Cookie": cookie(server)}
    assert status(server, "/cohort", headers) == 200
    for page in PAGES:
        words = visit(server, page, {**headers, "Origin": server})
        assert "No study is open" in words
        assert "exception" not in words
    for foreign in FOREIGN:
        assert refused(server, {**headers, **foreign}) == 403
        assert status(server, "/", {**headers, **foreign}) == 403
    assert [file.read_text() for file in home.glob("requests-*")] == []


def test_the_recorder_notes_and_blocks_what_would_leave(tmp_path, monkeypatch):
    # Otherwise the test above could not fail.
    notes = tmp_path / "notes.txt"
    code = "from streamlit import net_util; print(net_util.get_external_ip(), net_util.get_internal_ip())"
    monkeypatch.setenv("PYTHONPATH", str(RECORDER))
    monkeypatch.setenv("RADIOMICS_TEST_REQUESTS", str(notes))
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "None 127.0.0.1"
    assert "socket.getaddrinfo" in notes.read_text()
    assert "8.8.8.8" in notes.read_text()
