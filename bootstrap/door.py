"""Who may talk to the dashboard: the browser that was opened with this start's token, from the dashboard's own pages.

Every user of a computer can connect to its loopback address, and every page in the browser can send requests to it.
So the address that start.py prints carries a token, as Jupyter's does; the first visit changes it for a cookie and
takes it out of the address. Requests of other origins (another port is another origin) are refused before Streamlit
sees them: for an unknown origin Streamlit would ask the internet for this computer's public address.

The door is a plain ASGI application around the dashboard; standard library only.
"""

from __future__ import annotations

import hmac
import html
import secrets
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

HOST_NAMES = ("127.0.0.1", "localhost", "[::1]")
# What start.py's callers poll; it answers "ok" and nothing else.
OPEN_PATHS = ("/_stcore/health",)
TOKEN = "token"

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


class Verdict(Enum):
    """What happens to a request."""

    ENTER = "enter"
    WELCOME = "welcome"
    NO_KEY = "no key"
    FOREIGN = "foreign"


@dataclass(frozen=True)
class Keys:
    """The secrets of one start: ``token`` stands in the printed address, ``cookie`` only in the browser."""

    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    cookie: str = field(default_factory=lambda: secrets.token_urlsafe(32))


@dataclass(frozen=True)
class Visit:
    """What the door looks at: the path, the query and the headers (small letters) of a request."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    port: int

    @classmethod
    def of(cls, scope: Message) -> Visit:
        """Read an ASGI scope; a header that is sent twice counts as none of its values."""
        headers: dict[str, str] = {}
        for raw_name, raw_value in scope.get("headers", ()):
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            # HTTP/2 and some proxies split cookies; any other header that is there twice cannot be trusted.
            if name in headers:
                value = f"{headers[name]}; {value}" if name == "cookie" else "sent twice"
            headers[name] = value
        query = scope.get("query_string", b"").decode("latin-1")
        port = (scope.get("server") or ("", 0))[1] or 0
        return cls(scope.get("method", "WEBSOCKET"), scope.get("path", ""), query, headers, port)

    @property
    def cookie_name(self) -> str:
        """Return a name of its own for each port, since browsers send cookies to every port."""
        return f"radiomics_explorer_{self.port}"

    def cookies(self) -> list[str]:
        """Return what the browser holds under the door's name.

        Cookies of every other program on this computer come along, and a strict reader gives up at the first that is
        not as it should be (``{"a": 1}``, ``dark mode``); so only the own name is looked for.
        """
        pairs = (part.strip().partition("=") for part in self.headers.get("cookie", "").split(";"))
        return [value for name, _equals, value in pairs if name == self.cookie_name]

    def token(self) -> str | None:
        """Return the token in the address, None when there is none."""
        return dict(parse_qsl(self.query)).get(TOKEN)

    def without_token(self) -> str:
        """Return the path and the query without the token."""
        rest = urlencode([(name, value) for name, value in parse_qsl(self.query) if name != TOKEN])
        path = "/" + quote(self.path.lstrip("/\\"))
        return f"{path}?{rest}" if rest else path


def judge(visit: Visit, keys: Keys) -> Verdict:
    """Decide about a request: first where it comes from, then whether it holds this start's key."""
    if not (is_own_host(visit.headers) and is_own_origin(visit.headers) and is_own_page(visit)):
        return Verdict.FOREIGN
    if visit.path in OPEN_PATHS:
        return Verdict.ENTER
    token = visit.token()
    if token is not None and visit.method == "GET":
        return Verdict.WELCOME if equal(token, keys.token) else Verdict.NO_KEY
    has_key = any(equal(cookie, keys.cookie) for cookie in visit.cookies())
    return Verdict.ENTER if has_key else Verdict.NO_KEY


def equal(given: str, expected: str) -> bool:
    """Compare two secrets in a time that does not depend on where they differ."""
    return hmac.compare_digest(given.encode(), expected.encode())


def is_own_host(headers: Mapping[str, str]) -> bool:
    """Tell whether the request was sent to this computer by name, not to a name that points at it (DNS rebinding)."""
    name, colon, port = headers.get("host", "").lower().rpartition(":")
    return name in HOST_NAMES and port.isdigit() if colon else port in HOST_NAMES


def is_own_origin(headers: Mapping[str, str]) -> bool:
    """Tell whether the page that sent the request, when it is named, is one of this dashboard (scheme, host, port)."""
    origin = headers.get("origin")
    return origin is None or origin.lower() == f"http://{headers.get('host', '')}".lower()


def is_own_page(visit: Visit) -> bool:
    """Tell whether a browser sends this for the dashboard's own page or because the user goes there."""
    if visit.headers.get("sec-fetch-site", "none") in ("same-origin", "none"):
        return True
    goes_there = visit.headers.get("sec-fetch-mode") == "navigate" and visit.headers.get("sec-fetch-dest") == "document"
    return goes_there and visit.method == "GET"


class Door:
    """The dashboard behind its door."""

    def __init__(self, app: App, keys: Keys) -> None:
        self.app, self.keys = app, keys

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it here."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        visit = Visit.of(scope)
        verdict = judge(visit, self.keys)
        if verdict is Verdict.ENTER:
            await self.app(scope, receive, guarded(send, visit))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await _answer(send, *self._page(visit, verdict))

    def _page(self, visit: Visit, verdict: Verdict) -> tuple[int, str, list[tuple[str, str]]]:
        if verdict is Verdict.WELCOME:
            cookie = f"{visit.cookie_name}={self.keys.cookie}; Path=/; HttpOnly; SameSite=Strict"
            return 200, welcome_page(visit.without_token()), [("Set-Cookie", cookie)]
        if verdict is Verdict.NO_KEY:
            return 403, REFUSAL.format(path=html.escape(visit.without_token())), []
        return 403, FOREIGN_PAGE, []


def guarded(send: Send, visit: Visit) -> Send:
    """Return a ``send`` that adds the headers which keep the dashboard's pages to themselves."""
    added = [(name.lower().encode(), value.encode()) for name, value in page_headers(visit.headers.get("host", ""))]

    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = {name for name, _value in added}
            kept = [(name, value) for name, value in message.get("headers", ()) if name.lower() not in own]
            message = {**message, "headers": [*kept, *added]}
        await send(message)

    return with_headers


def page_headers(host: str) -> list[tuple[str, str]]:
    """Return what a browser is told: load from, connect to and show inside nothing but this dashboard."""
    policy = (
        "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:",
        f"connect-src 'self' ws://{host} data: blob:",
        "base-uri 'self'",
        "form-action 'self'",
        "object-src 'none'",
        "frame-ancestors 'self'",
    )
    return [
        ("Content-Security-Policy", "; ".join(policy)),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Referrer-Policy", "same-origin"),
        ("X-Content-Type-Options", "nosniff"),
    ]


async def _answer(send: Send, status: int, page: str, headers: list[tuple[str, str]]) -> None:
    fixed = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Cache-Control", "no-store"),
        ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in [*fixed, *headers]]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": page.encode()})


def welcome_page(path: str) -> str:
    """Return the page that goes on to the dashboard.

    A redirect would not do: the browser counts it to the page that the visitor came from, and keeps a strict cookie
    back. A page of this dashboard that goes on by itself is at home.
    """
    target = html.escape(path)
    return _PAGE.format(
        head=f'<meta http-equiv="refresh" content="0;url={target}">',
        body=f'<p><a href="{target}">Open the dashboard</a></p>',
    )


_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Radiomics Explorer</title>{head}'
    '<meta name="viewport" content="width=device-width"><style>:root{{color-scheme:light dark}}'
    "body{{font:16px/1.5 system-ui,sans-serif;max-width:38em;margin:4em auto;padding:0 1em}}</style></head>"
    "<body><h1>Radiomics Explorer</h1>{body}</body></html>"
)
REFUSAL = _PAGE.replace("{head}", "").replace(
    "{body}",
    "<p>This browser has not been let in yet.</p>"
    "<p>Look in the window in which you started the dashboard: it shows the whole address, which ends in "
    "<code>token=</code> and a long word. Open that address once in this browser; afterwards links and refreshing "
    "work. When the dashboard was started again, the address is a new one.</p>"
    "<p>Is the window gone? Stop the dashboard and start it again: <code>python start.py</code></p>"
    '<p>You came by a link, and this browser was let in before? <a href="{path}">Go on</a></p>',
)
FOREIGN_PAGE = _PAGE.format(
    head="",
    body="<p>The request came from another website or another program's page and was refused.</p>"
    "<p>Open the address that the window shows in which you started the dashboard.</p>",
)
