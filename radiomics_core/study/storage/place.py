"""Where a study lies: on a local disk, or in a network or synced folder where SQLite's WAL mode is not safe."""

from __future__ import annotations

from pathlib import Path

import psutil

from radiomics_core.files.private import is_open_to_others
from radiomics_core.findings import Finding, found
from radiomics_core.study import kinds

NETWORK_FILESYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smbfs", "smb3", "afpfs", "fuse.sshfs", "sshfs", "9p", "ceph", "glusterfs", "lustre",
     "davfs", "webdav", "fuse.rclone", "fuse.glusterfs", "gpfs", "beegfs", "afs", "ncpfs", "fuse.gvfsd-fuse"}
)  # fmt: skip
SYNCED_NAMES = (
    "onedrive", "dropbox", "google drive", "googledrive", "my drive", "icloud", "mobile documents", "nextcloud",
    "owncloud", "box sync", "syncthing", "seafile", "creative cloud files", "pcloud",
)  # fmt: skip


def shared_place(folder: Path) -> str:
    """Return what kind of shared place a folder lies in (``"OneDrive"``, ``"nfs4"``), empty for a local disk."""
    resolved = folder.absolute()
    for part in resolved.parts:
        if any(part.lower().startswith(name) for name in SYNCED_NAMES):
            return part
    if str(resolved).startswith("\\\\"):
        return "network"
    return _network_filesystem(resolved)


def about_place(folder: Path) -> list[Finding]:
    """Return what has to be said about the place of a study: synced, on a network, open to other users."""
    place = shared_place(folder)
    said = [found(kinds.SYNCED_FOLDER, place=place)] if place else []
    return [*said, found(kinds.OPEN_TO_OTHERS, folder=folder)] if is_open_to_others(folder) else said


def journal_mode(folder: Path) -> str:
    """Return how SQLite keeps its journal there: ``"wal"`` on a local disk, else ``"delete"``."""
    return "delete" if shared_place(folder) else "wal"


def _network_filesystem(folder: Path) -> str:
    best, kind = "", ""
    for partition in psutil.disk_partitions(all=True):
        mount = partition.mountpoint
        inside = folder == Path(mount) or Path(mount) in folder.parents
        if inside and len(mount) >= len(best):
            remote = "remote" in partition.opts.split(",")
            best, kind = mount, partition.fstype if not remote else partition.fstype or "network"
            if remote:
                return kind
    return kind if kind.lower() in NETWORK_FILESYSTEMS else ""
