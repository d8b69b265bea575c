"""Words for a set-up that fails: one line with the cause and the way out."""

from __future__ import annotations

import re
import sys


class StartError(Exception):
    """A cause and its way out, in one line."""

    def __init__(self, cause: str, way_out: str) -> None:
        super().__init__(f"{cause}. {way_out}.")


ENGINE = "pyradiomics"

PROBLEMS = {
    "certificate": (
        "the package index shows a certificate that this computer does not trust",
        "Set SSL_CERT_FILE to your organisation's certificate file, then run again",
    ),
    "network": (
        "the package index cannot be reached",
        "Connect to the internet, or set HTTPS_PROXY or your mirror in pip's or uv's settings, then run again",
    ),
    "refused": (
        "the package index refuses the request",
        "Check the address and the password of your mirror in pip's or uv's settings, then run again",
    ),
    "disk": ("the disk is full", "Free at least 3 GB, then run again"),
    "permission": (
        "a file in this folder cannot be written",
        "Close the running dashboard, or move the folder to a place you may write to, then run again",
    ),
    "unavailable": (
        "the package index does not offer one of the pinned packages",
        "Use an index that mirrors the public one, then run again",
    ),
    "other": (
        "the installation failed",
        "Run `python start.py repair`; if it fails again, send .venv/install.log to the project",
    ),
}
# The first pattern that is found decides: a build that failed because its parts could not be fetched is a network
# problem, and a certificate problem is one too, but with another way out.
PATTERNS = (
    ("certificate", r"certificate verify failed|invalid peer certificate|unknownissuer|self[- ]signed"),
    ("disk", r"no space left on device|os error 28\b|errno 28\b|disk quota exceeded|not enough space on the disk"),
    ("refused", r"\b(401|403|407)\b.{0,40}(unauthorized|forbidden|proxy auth)|proxy authentication required"),
    (
        "network",
        r"name resolution|getaddrinfo|dns error|failed to lookup address|name or service not known|unreachable|"
        r"connection (refused|reset|aborted|error)|connecterror|connecttimeout|newconnectionerror|max retries exceeded|"
        r"timed out|proxyerror|error sending request|could not connect|failed to (fetch|download)|network connectivity",
    ),
    (
        "engine",
        r"(failed to build|build backend|not found in the package registry).{0,200}pyradiomics|"
        r"pyradiomics.{0,200}(failed to build|build backend|not found in the package registry)",
    ),
    (
        "permission",
        r"permission denied|permissionerror|access is denied|os error (5|13)\b|errno 13\b|read-only file system",
    ),
    ("unavailable", r"no solution found|no matching distribution|could not find a version|not found in the package"),
)


def engine_note(version: str | None, built: bool | None) -> dict[str, str]:
    """Return why the reference engine is missing and how to add it."""
    if built is None:
        why = f"it does not build on Python {version}"
        how = "Install Python 3.11 and a C compiler, then run `python3.11 start.py repair`"
    else:
        why = "it has to be compiled and that failed (details in .venv/install.log)"
        compilers = "Linux: build-essential; macOS: xcode-select --install; Windows: Visual Studio Build Tools"
        how = f"Install a C compiler ({compilers}), then run `python start.py repair`"
    return {"why": why, "how": how}


def classify(output: str) -> str:
    """Name the kind of failure that pip's or uv's output shows."""
    text = output.lower()
    return next((kind for kind, pattern in PATTERNS if re.search(pattern, text, re.DOTALL)), "other")


def install_problem(output: str) -> StartError:
    """Return the error that says what failed and what to do."""
    kind = classify(output)
    return StartError(*PROBLEMS["unavailable" if kind == "engine" else kind])


def venv_problem(output: str) -> StartError:
    """Return the error for a virtual environment that could not be made."""
    if "ensurepip" in output:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        way_out = f"Install it (Debian and Ubuntu: apt install python{version}-venv), then run again"
        return StartError("this Python has no module for virtual environments", way_out)
    return StartError(*PROBLEMS[classify(output)])
