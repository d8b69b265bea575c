"""Where the machine code of compiled loops is kept."""

from __future__ import annotations

from pathlib import Path

import platformdirs


def machine_code_folder() -> Path:
    """Return the folder with the machine code of this user and computer; deletable at any time."""
    return Path(platformdirs.user_cache_dir("radiomics-explorer", appauthor=False)) / "compiled"
