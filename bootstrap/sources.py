"""Package sources: pip and uv do not read each other's settings, and uv itself is installed with pip."""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path
from typing import Any

# Name here -> (name in pip's settings, variable of pip, variable of uv, what separates several values for uv)
SOURCES = {
    "index": ("index-url", "PIP_INDEX_URL", "UV_DEFAULT_INDEX", " "),
    "extra": ("extra-index-url", "PIP_EXTRA_INDEX_URL", "UV_INDEX", " "),
    "links": ("find-links", "PIP_FIND_LINKS", "UV_FIND_LINKS", ","),
    "hosts": ("trusted-host", "PIP_TRUSTED_HOST", "UV_INSECURE_HOST", " "),
    "certificate": ("cert", "PIP_CERT", "SSL_CERT_FILE", " "),
    "timeout": ("timeout", "PIP_TIMEOUT", "UV_HTTP_TIMEOUT", " "),
    "proxy": ("proxy", "PIP_PROXY", "HTTPS_PROXY", " "),
    "no_index": ("no-index", "PIP_NO_INDEX", "", " "),
}
# Settings that pip and uv have by the same names.
PLACES = ("target", "prefix", "root", "python")
UV_OLD_NAMES = {"UV_DEFAULT_INDEX": "UV_INDEX_URL", "UV_INDEX": "UV_EXTRA_INDEX_URL", "HTTPS_PROXY": "https_proxy"}


def pip_sources(listing: str) -> dict[str, list[str]]:
    """Return the package sources in the answer of ``pip config list``: variables before install before global."""
    found: dict[str, list[str]] = {}
    for section in ("global", "install", ":env:"):
        for line in listing.splitlines():
            name, equals, value = line.partition("=")
            if equals and name.startswith(f"{section}."):
                key = name[len(section) + 1 :].replace("default-timeout", "timeout")
                found[key] = str(ast.literal_eval(value)).split()
    return {here: found[names[0]] for here, names in SOURCES.items() if found.get(names[0])}


def uv_config_files(outer: dict[str, str]) -> list[Path]:
    """Return uv's settings files of the user and the system, the stronger last."""
    if outer.get("UV_CONFIG_FILE"):
        return [Path(outer["UV_CONFIG_FILE"])]
    user = outer.get("APPDATA") if os.name == "nt" else outer.get("XDG_CONFIG_HOME", str(Path.home() / ".config"))
    system = outer.get("PROGRAMDATA") if os.name == "nt" else "/etc"
    return [Path(folder) / "uv" / "uv.toml" for folder in (system, user) if folder]


def uv_sources(outer: dict[str, str], files: list[Path]) -> dict[str, list[str]]:
    """Return the package sources set for uv by its variables, else by its settings files."""
    import tomllib

    found: dict[str, list[str]] = {}
    for file in files:
        if file.is_file():
            found.update(uv_config_sources(tomllib.loads(file.read_text(encoding="utf-8"))))
    for here, (_, _, variable, separator) in SOURCES.items():
        value = outer.get(variable) or outer.get(UV_OLD_NAMES.get(variable, ""))
        if value:
            parts = value.split(separator) if separator == "," else value.split()
            # An index may be written name=address.
            found[here] = [re.sub(r"^[\w-]+=(?=\w+:|/)", "", part) for part in parts]
    return found


def placed_elsewhere(listing: str, files: list[Path]) -> str:
    """Return the setting of pip or uv that sends packages to another folder, empty when there is none."""
    import tomllib

    for line in listing.splitlines():
        name = line.partition("=")[0]
        if not name.startswith(":env:") and name.rpartition(".")[2] in PLACES:
            return f"{line.strip()} in pip's settings"
    for file in (one for one in files if one.is_file()):
        config = tomllib.loads(file.read_text(encoding="utf-8"))
        for name in PLACES:
            if name in config.get("pip", {}):
                return f"[pip] {name} in {file}"
    return ""


def uv_config_sources(config: dict[str, Any]) -> dict[str, list[str]]:
    """Return the package sources in one settings file of uv."""
    flat = {**config, **config.get("pip", {})}
    indexes = [row for row in config.get("index", []) if not row.get("explicit")]
    sources = {
        "index": [row["url"] for row in indexes if row.get("default")] or [flat.get("index-url", "")],
        "extra": [row["url"] for row in indexes if not row.get("default")] or flat.get("extra-index-url", []),
        "links": flat.get("find-links", []),
        "hosts": flat.get("allow-insecure-host", []),
    }
    return {here: values for here, values in sources.items() if any(values)}


def share_sources(pip: dict[str, list[str]], uv: dict[str, list[str]], outer: dict[str, str]) -> dict[str, str]:
    """Return the variables that give uv what only pip knows and pip what only uv knows."""
    shared = {}
    for here, (_, pip_variable, uv_variable, separator) in SOURCES.items():
        if here in pip and here not in uv and uv_variable:
            shared[uv_variable] = separator.join(pip[here])
        elif here in pip and not uv_variable:
            shared[pip_variable] = pip[here][0]
        elif here in uv and here not in pip and here != "certificate":
            shared[pip_variable] = " ".join(uv[here])
    # pip takes the best version of all its indexes, uv stops at the first index that knows the name.
    if "UV_INDEX" in shared and "UV_INDEX_STRATEGY" not in outer:
        shared["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return shared
