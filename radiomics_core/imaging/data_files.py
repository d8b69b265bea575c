"""Headers that name their voxels' file: MetaImage and NRRD headers may only name files in their own folder.

A header is text that anybody can write. One that names ``/etc/passwd``, ``../other/case.raw`` or a link out of its
folder would make the reader open that file and show it as voxels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from radiomics_core.errors import ImageError
from radiomics_core.i18n import lazy_

Field = re.Pattern[str] | None
"""Where a header names its voxels' file; None for a format whose headers name none."""
HEADER_BYTES = 1 << 20
"""A header that has not named its data after so many bytes is refused."""
_COUNTER = re.compile(r"%[-+ #0-9]*[dioux]")
_ELSEWHERE = re.compile(r"[A-Za-z]:|//|-$")
"""A Windows drive, a network share, standard input."""


def refuse_data_outside(path: Path, field: Field) -> None:
    """Raise ImageError when a MetaImage or NRRD header names a file outside the header's folder; else do nothing."""
    for name in _names(path, field):
        if not _lies_inside(path.parent, name):
            raise ImageError(
                lazy_("'{name}' names the data file '{data}', which lies outside its folder"),
                remedy=lazy_("Put header and data into one folder, or save the image as one file"),
                name=path.name,
                data=name,
            )


def data_files(path: Path, field: Field) -> list[Path]:
    """Return the files in the header's folder that hold its voxels; empty when they stand behind the header itself."""
    inside = [name for name in _names(path, field) if _lies_inside(path.parent, name)]
    return [place for name in inside for place in _places(path.parent, name)]


def _names(path: Path, field: Field) -> Iterator[str]:
    """Yield every name of a data file in a header, with its counter if it is a pattern."""
    if field is None or not path.is_file():
        return
    with path.open("rb") as stream:
        text = stream.read(HEADER_BYTES + 1).decode("latin-1")
    found = field.search(text)
    value = (found[1] or "").strip(" \t\0\"'") if found else ""
    is_list = value[:4].lower() == "list" and not value[4:5].isalnum()
    if len(text) > HEADER_BYTES and (found is None or is_list):
        raise ImageError(
            lazy_("the header of '{name}' is longer than {limit} bytes"),
            remedy=lazy_("Save the image as one file and try again"), name=path.name, limit=HEADER_BYTES,
        )  # fmt: skip
    if found is not None and is_list:
        yield from filter(None, (line.strip(" \t\0") for line in re.split(r"[\r\n]+", text[found.end() :])))
    elif value.lower() not in ("local", ""):
        yield value.split(" ")[0] if _COUNTER.search(value) else value


def _lies_inside(folder: Path, name: str) -> bool:
    root = folder.resolve()
    if "\0" in name:  # no name of any file
        return False
    return not _ELSEWHERE.match(name.replace("\\", "/")) and all(
        place.is_relative_to(root) for place in _places(folder, name)
    )


def _places(folder: Path, name: str) -> list[Path]:
    """Return where the files of one name lie, links followed; a pattern stands for all files it fits."""
    relative = Path(name.replace("\\", "/"))
    if not _COUNTER.search(name):
        return [(folder / relative).resolve()]
    parent, fitting = folder / relative.parent, _COUNTER.sub("*", relative.name)
    return [parent.resolve(), *(match.resolve() for match in parent.glob(fitting))]
