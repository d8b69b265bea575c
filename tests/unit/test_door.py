"""The door of the dashboard: which requests get in, and what the others are told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bootstrap import browser
from bootstrap.door import Door, Keys, Verdict, Visit, judge, page_headers
from tests.coroutines import finished

KEYS = Keys()
OWN = {"host": "127.0.0.1:8501"}
LET_IN = {**OWN, "cookie": f"other=1; radiomics_explorer_8501={KEYS.cookie}"}
ENTER, WELCOME, NO_KEY, FOREIGN = Verdict.ENTER, Verdict.WELCOME, Verdict.NO_KEY, Verdict.FOREIGN


def visit(headers, path="/cohort", query="", method="GET", port=8501):
    return Visit(method, path, query, headers, port)


@pytest.mark.parametrize(
    ("headers", "verdict"),
    [
        (LET_IN, ENTER),
        ({**LET_IN, "host": "localhost:9000"}, ENTER),  # a tunnel to another port is still the user's own page
        ({**LET_IN, "origin": "http://127.0.0.1:8501"}, ENTER),
        ({**LET_IN, "sec-fetch-site": "same-origin"}, ENTER),
        ({**LET_IN, "sec-fetch-site": "same-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}, ENTER),
        (OWN, NO_KEY),
        ({**OWN, "cookie": f"radiomics_explorer_8501={KEYS.token}"}, NO_KEY),
        ({**OWN, "cookie": f"radiomics_explorer_8502={KEYS.cookie}"}, NO_KEY),
        ({**OWN, "cookie": f"radiomics_explorer_8501={KEYS.cookie[:-1]}"}, NO_KEY),
        ({**OWN, "cookie": "radiomics_explorer_8501="}, NO_KEY),
        ({**OWN, "cookie": f'other={{"a": 1}}; theme=dark mode; radiomics_explorer_8501={KEYS.cookie}'}, ENTER),
        ({**OWN, "cookie": f"radiomics_explorer_8501={KEYS.cookie}; radiomics_explorer_8501=of another port"}, ENTER),
        ({**OWN, "cookie": "radiomics_explorer_8501=\u00e4"}, NO_KEY),
        ({**LET_IN, "origin": "http://127.0.0.1:8502"}, FOREIGN),
        ({**LET_IN, "origin": "http://localhost:8501"}, FOREIGN),
        ({**LET_IN, "origin": "https://127.0.0.1:8501"}, FOREIGN),
        ({**LET_IN, "origin": "http://127.0.0.1:8501.example.org"}, FOREIGN),
        ({**LET_IN, "origin": "null"}, FOREIGN),
        ({**LET_IN, "host": "example.org:8501"}, FOREIGN),
        ({**LET_IN, "host": "127.0.0.1.example.org:8501"}, FOREIGN),
        ({**LET_IN, "host": "127.0.0.1:8501:1"}, FOREIGN),
        ({"cookie": LET_IN["cookie"]}, FOREIGN),
        # a picture or a frame in the page of another port: no Origin is sent, but the browser says what it is for
        ({**LET_IN, "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}, FOREIGN),
        ({**LET_IN, "sec-fetch-site": "same-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}, FOREIGN),
        ({**LET_IN, "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}, FOREIGN),
    ],
)
def test_only_the_browser_that_was_let_in_gets_in_and_only_from_its_own_page(headers, verdict):
    assert judge(visit(headers), KEYS) is verdict


@pytest.mark.parametrize("path", ["/", "/media/a.png", "/_stcore/stream", "/_stcore/upload_file/a/b", "/static/a.js"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "WEBSOCKET"])
def test_without_the_cookie_every_path_is_closed(path, method):
    assert judge(visit(OWN, path, method=method), KEYS) is NO_KEY


def test_health_is_open_but_not_to_other_pages():
    assert judge(visit(OWN, "/_stcore/health"), KEYS) is ENTER
    assert judge(visit({**OWN, "origin": "http://example.org"}, "/_stcore/health"), KEYS) is FOREIGN
    assert judge(visit(OWN, "/_stcore/health/../stream"), KEYS) is NO_KEY


def test_the_token_opens_the_door_once_and_is_no_cookie():
    assert judge(visit(OWN, query=f"token={KEYS.token}"), KEYS) is WELCOME
    for wrong in ("", KEYS.cookie, KEYS.token[:-1], f"{KEYS.token}x"):
        assert judge(visit(LET_IN, query=f"a=1&token={wrong}"), KEYS) is (NO_KEY if wrong else ENTER)
    assert judge(visit(OWN, query=f"token={KEYS.token}", method="PUT"), KEYS) is NO_KEY


def test_every_start_has_keys_of_its_own():
    assert len({Keys().token, Keys().token, Keys().cookie, Keys().cookie}) == 4
    assert len(KEYS.token) >= 43  # 256 bits in base 64


async def inner(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"referrer-policy", b"unsafe-url")]})
    await send({"type": "http.response.body", "body": b"inside"})


def ask(headers=(), kind="http", path="/", query=b""):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": kind, "path": path, "query_string": query, "headers": headers, "server": ("127.0.0.1", 8501)}
    scope |= {"method": "GET"} if kind == "http" else {}
    finished(Door(inner, KEYS)(scope, None, send))
    return sent


HOST = (b"host", b"127.0.0.1:8501")


def test_the_first_visit_changes_the_token_for_a_cookie_and_takes_it_out_of_the_address():
    start, body = ask([HOST], path="/cohort", query=f"case=A%26B&token={KEYS.token}".encode())
    cookie = dict(start["headers"])[b"set-cookie"].decode()
    assert cookie == f"radiomics_explorer_8501={KEYS.cookie}; Path=/; HttpOnly; SameSite=Strict"
    assert b"url=/cohort?case=A%26B" in body["body"]
    assert KEYS.token.encode() not in body["body"]


@pytest.mark.parametrize("path", ['/"><script>', "//example.org/a", "/\\example.org"])
def test_the_way_on_stays_in_the_dashboard(path):
    for query in (b"", f"token={KEYS.token}".encode()):
        body = ask([HOST], path=path, query=query)[1]["body"]
        assert b"<script>" not in body
        assert b'"//' not in body
        assert b"url=//" not in body


def test_a_browser_without_the_cookie_is_told_where_the_address_stands():
    start, body = ask([HOST])
    assert start["status"] == 403
    assert b"Look in the window in which you started the dashboard" in body["body"]
    assert KEYS.token.encode() not in body["body"]
    assert KEYS.cookie.encode() not in body["body"]


def test_a_refused_connection_is_closed_before_the_dashboard_sees_it():
    assert ask([HOST], kind="websocket") == [{"type": "websocket.close", "code": 1008}]


def test_an_origin_sent_twice_is_no_origin_of_ours():
    own = (b"origin", b"http://127.0.0.1:8501")
    cookie = (b"cookie", f"radiomics_explorer_8501={KEYS.cookie}".encode())
    assert ask([HOST, cookie, own])[1]["body"] == b"inside"
    assert ask([HOST, cookie, own, own])[0]["status"] == 403


def test_cookies_that_arrive_in_parts_are_put_together():
    parts = [(b"cookie", b"a=1"), (b"cookie", f"radiomics_explorer_8501={KEYS.cookie}".encode())]
    assert ask([HOST, *parts])[1]["body"] == b"inside"


def test_pages_may_load_and_connect_to_nothing_but_the_dashboard():
    headers = dict(ask([HOST, (b"cookie", LET_IN["cookie"].encode())])[0]["headers"])
    assert headers[b"referrer-policy"] == b"same-origin"
    policy = headers[b"content-security-policy"].decode()
    assert policy == dict(page_headers("127.0.0.1:8501"))["Content-Security-Policy"]
    sources = {word for part in policy.split("; ") for word in part.split()[1:]}
    own = {"'self'", "'unsafe-inline'", "'unsafe-eval'", "'none'", "data:", "blob:"}
    assert sources - own == {"ws://127.0.0.1:8501"}


@pytest.mark.skipif(os.name == "nt", reason="Windows shows no command line to other users")
def test_the_browser_is_opened_through_a_file_that_only_its_owner_reads(tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(browser.webbrowser, "open", opened.append)
    monkeypatch.setattr(browser.sys, "platform", "linux")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    (tmp_path / "here.html").write_text("left by a killed start")
    with browser.opened_privately("http://127.0.0.1:8501/?token=secret", "here"):
        file = tmp_path / "here.html"
        assert opened == [file.as_uri()]
        assert file.stat().st_mode & 0o777 == 0o600
        assert "http://127.0.0.1:8501/?token=secret" in file.read_text()
    assert list(tmp_path.iterdir()) == []
