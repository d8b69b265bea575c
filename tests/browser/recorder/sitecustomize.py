"""Python reads this at start-up when this folder is in PYTHONPATH: nothing leaves the computer, and every try is noted.

An audit hook sits below everything that goes through Python's sockets and cannot be taken off; processes that are
started inherit it. The notes go to the file named by RADIOMICS_TEST_REQUESTS.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

NOTES = os.environ.get("RADIOMICS_TEST_REQUESTS", "")
# Event of Python's socket module -> where the address or the host name stands among its arguments.
WATCHED = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
    "socket.gethostbyaddr": 0,
    "socket.getnameinfo": 0,
}
HOME = ("127.", "::1", "localhost")


def is_at_home(address: object) -> bool:
    """Tell whether an address or a host name is this computer's own."""
    host = address[0] if isinstance(address, tuple) else address
    if host is None or not isinstance(host, str):  # any address of one's own; bytes are a Unix socket
        return True
    return host.startswith(HOME) or "/" in host or not host


def note(event: str, arguments: tuple) -> None:
    """Refuse and note what would leave the computer."""
    if event in WATCHED and not is_at_home(arguments[WATCHED[event]]):
        with Path(NOTES).open("a", encoding="utf-8") as stream:
            stream.write(f"{os.getpid()} {event} {arguments[WATCHED[event]]}\n")
        raise OSError(f"blocked by the test: {event} {arguments[WATCHED[event]]}")


if NOTES:
    sys.addaudithook(note)
