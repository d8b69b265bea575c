"""One session of the dashboard without a browser: Streamlit's protocol over a web socket.

It keeps what a browser keeps: the elements of the page, the values of its widgets, and the hashes of the messages it
has seen (the server then sends a reference instead of the message).
"""

from __future__ import annotations

import asyncio
import random
import time
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

MOST_BYTES = 200_000_000
ANSWER_SECONDS = 120.0


@dataclass(frozen=True)
class Visit:
    """What one click gave: seconds until the script had finished, bytes and messages received, whether it failed."""

    what: str
    seconds: float
    bytes: int
    messages: int
    problem: bool = False


@dataclass
class Session:
    """A connection with what the page holds."""

    socket: Any
    page: str = "study"
    hashes: dict[str, str] = field(default_factory=dict)
    elements: dict[str, Any] = field(default_factory=dict)
    widgets: dict[str, WidgetState] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    @classmethod
    @asynccontextmanager
    async def opened(cls, address: str, cookie: str = "") -> AsyncIterator[Session]:
        """Connect to a server."""
        from websockets.asyncio.client import connect
        from websockets.typing import Origin, Subprotocol

        host = urlsplit(address).netloc
        headers = {"Cookie": cookie} if cookie else {}
        async with connect(
            f"ws://{host}/_stcore/stream", origin=Origin(f"http://{host}"), additional_headers=headers,
            subprotocols=[Subprotocol("streamlit")], max_size=MOST_BYTES, compression=None, ping_interval=None,
        ) as socket:  # fmt: skip
            yield cls(socket)

    async def rerun(self, what: str = "rerun") -> Visit:
        """Ask for a run of the page and wait until it has finished."""
        message = BackMsg()
        message.rerun_script.page_script_hash = self.hashes.get(self.page, "")
        message.rerun_script.widget_states.widgets.extend(self.widgets.values())
        message.rerun_script.cached_message_hashes.extend(self.seen)
        message.rerun_script.context_info.color_scheme = "light"
        started = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        return await asyncio.wait_for(self._finished(what, started), ANSWER_SECONDS)

    async def go(self, page: str) -> Visit:
        """Open another page."""
        self.page, self.elements = page, {}
        return await self.rerun(f"page {page}")

    async def switch(self, key: str, section: str) -> Visit:
        """Choose a section by the position of its word in the row of sections."""
        for element in self.elements.values():
            if element.WhichOneof("type") == "button_group" and key in element.button_group.id:
                options = list(element.button_group.options)
                place = hash(section) % len(options)
                chosen = options[place].content
                self._set(element.button_group.id, string_array_value=[chosen])
                return await self.rerun(f"section {self.page}")
        return await self.rerun("rerun")

    async def choose(self, chance: random.Random) -> Visit:
        """Choose something else in a menu of the page."""
        menus = [one.selectbox for one in self.elements.values() if one.WhichOneof("type") == "selectbox"]
        menus = [menu for menu in menus if len(menu.options) > 1 and not menu.form_id]
        if menus:
            menu = chance.choice(menus)
            self._set(menu.id, string_value=chance.choice(list(menu.options)))
        return await self.rerun(f"menu {self.page}")

    def _set(self, widget: str, **value: Any) -> None:
        state = WidgetState(id=widget)
        for name, content in value.items():
            if name == "string_array_value":
                state.string_array_value.data.extend(content)
            else:
                setattr(state, name, content)
        self.widgets[widget] = state

    async def _finished(self, what: str, started: float) -> Visit:
        size = messages = 0
        problem = False
        while True:
            raw = await self.socket.recv()
            message = ForwardMsg.FromString(raw)
            size, messages = size + len(raw), messages + 1
            problem |= self._take(message)
            if message.WhichOneof("type") == "script_finished" and message.script_finished in (0, 1):
                return Visit(what, time.perf_counter() - started, size, messages, problem)

    def _take(self, message: ForwardMsg) -> bool:
        """Keep what a browser would keep; return whether it is an error box."""
        if message.metadata.cacheable:
            self.seen.add(message.hash)
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self.hashes = {one.url_pathname or "study": one.page_script_hash for one in message.navigation.app_pages}
            now = [name for name, key in self.hashes.items() if key == message.navigation.page_script_hash]
            self.page = now[0] if now else self.page
        if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            self.elements[".".join(map(str, message.metadata.delta_path))] = element
            return bool(element.WhichOneof("type") == "exception")
        return False


def entered(address: str) -> str:
    """Return the cookie that the door gives for the token in the address, empty where there is no door."""
    if not urlsplit(address).query:
        return ""
    with urllib.request.urlopen(address, timeout=10) as answer:
        return str(answer.headers.get("Set-Cookie", "")).partition(";")[0]
