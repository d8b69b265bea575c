"""Files of patients belong to the person who works with them: other users of the computer cannot read them.

On POSIX a process that writes for a study starts with a umask of 077, so that all its files are 0600 and its folders
0700, those of libraries included; its worker processes inherit that. A study folder is made 0700 explicitly, so that
a study made in a notebook is closed too. A folder that is open already stays as it is, because somebody may share it
on purpose; a finding says so. On Windows the access list of the user's profile does this for every folder below it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PRIVATE_UMASK = 0o077


@contextmanager
def new_files_are_private() -> Iterator[None]:
    """Make every file and folder that this process and its children write inside the block unreadable to others."""
    before = os.umask(PRIVATE_UMASK)
    try:
        yield
    finally:
        os.umask(before)


def make_private(folder: Path) -> None:
    """Close a folder to everybody but its owner, and with it all that lies below; on Windows nothing is changed."""
    if os.name == "posix":
        folder.chmod(stat.S_IRWXU)


def is_open_to_others(folder: Path) -> bool:
    """Return whether other users of this computer can look into a folder; on Windows that is not known (False).

    A folder below one that is closed to others cannot be reached, whatever its own mode is.
    """
    if os.name != "posix":
        return False
    way = [folder.absolute(), *folder.absolute().parents]
    may_enter = stat.S_IXGRP | stat.S_IXOTH
    return all(one.stat().st_mode & may_enter for one in way)
