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
from functools import cache
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


def make_private_folder(folder: Path) -> None:
    """Make a folder that only its owner can enter, and with it all that will lie below; one that is there stays."""
    if folder.is_dir():
        return
    folder.mkdir(parents=True)
    close_to_others(folder)


def close_to_others(folder: Path) -> None:
    """Let nobody but its owner enter a folder; on Windows the folder above decides, and nothing is changed."""
    if os.name == "posix":
        folder.chmod(stat.S_IRWXU)


def is_open_to_others(folder: Path) -> bool:
    """Return whether other users of this computer can look into a folder; on Windows that is not known (False).

    A folder below one that is closed cannot be reached, whatever its own mode is. A group that is called like the
    owner holds nobody else. Access lists beyond the mode are not looked at.
    """
    if os.name != "posix":
        return False
    way = (one.stat() for one in (folder.absolute(), *folder.absolute().parents))
    return all(
        status.st_mode & stat.S_IXOTH or (status.st_mode & stat.S_IXGRP and not _is_of_one(status)) for status in way
    )


def _is_of_one(status: os.stat_result) -> bool:
    return _group_of_one(status.st_gid, status.st_uid)


@cache
def _group_of_one(group: int, owner: int) -> bool:
    import grp
    import pwd

    try:
        return grp.getgrgid(group).gr_name == pwd.getpwuid(owner).pw_name
    except KeyError:
        return False
