"""The second source of golden values: pyradiomics where it is installed, else what it gave, stored in ``reference/``.

``python -m tests.golden.write_references`` stores what the default run asks for, with versions and the call of each
family. Where pyradiomics is installed, tests see its living values, and every stored one must still equal them.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from radiomics_core.extraction import ENGINES
from radiomics_core.settings import library_versions

FOLDER = Path(__file__).parent / "reference"
LIBRARIES = ("pyradiomics", "numpy", "SimpleITK", "PyWavelets", "scikit-image", "scipy", "trimesh")
MOST_VOXELS = 96
"""So many voxels of a map or derived image are stored, spread evenly."""

Values = dict[str, np.ndarray]

available = ENGINES.build("pyradiomics").available()
recorded: dict[str, dict[str, Values]] | None = None
"""What is being recorded, by family and key; None unless references are being written."""
beyond_stored = False
"""Whether cases were asked for that the default run leaves out: only the default run's are stored."""


def second_source(
    family: str, call: Callable[..., Mapping[str, Any]], *arguments: Any, thin: bool = False, rarely: bool = False
) -> Values:
    """Return what ``call(*arguments)`` gives with pyradiomics: living, else stored.

    Parameters
    ----------
    family : str
        Name of the file in ``reference/``.
    call : function
        Imports pyradiomics and returns arrays by name.
    arguments
        Arrays, volumes, settings and plain values; with ``call`` they are the key.
    thin : bool
        Store large arrays as :func:`spread` voxels, see :func:`like`.
    rarely : bool
        Ask the living package only when all cases are asked for, see :func:`lives`.
    """
    key = key_of(call.__name__, arguments)
    stored = stored_values(family).get(key)
    if not lives(rarely=rarely):
        if stored is None and beyond_stored:
            pytest.skip("pyradiomics is not installed, and only the default run's cases are stored")
        assert stored is not None, f"no stored value of {family}: run python -m tests.golden.write_references"
        return stored
    living = {name: np.asarray(value) for name, value in call(*arguments).items()}
    kept = {name: value.reshape(-1)[spread(value.size)] if thin else value for name, value in living.items()}
    if recorded is not None:
        recorded.setdefault(family, {})[key] = kept
    elif stored is not None:
        assert_same(stored, kept, family)
    return living


def lives(*, rarely: bool = False) -> bool:
    """Return whether the living package is asked; what takes it long, only with ``--full`` and while recording."""
    return bool(available) and (not rarely or beyond_stored or recorded is not None)


def needs_pyradiomics() -> None:
    """Skip a test whose second source cannot be stored: patients' voxels, random cases, steps inside pyradiomics."""
    if not available:
        pytest.skip(f"needs pyradiomics itself: {available.why}")


def spread(size: int) -> np.ndarray:
    """Return the positions of at most ``MOST_VOXELS`` of ``size`` values, evenly spread."""
    return np.unique(np.linspace(0, size - 1, min(size, MOST_VOXELS)).round().astype(int)) if size else np.arange(0)


def like(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Return our values at the places of which theirs are known: all, or those that are stored."""
    return ours if ours.shape == theirs.shape else np.asarray(ours).reshape(-1)[spread(np.size(ours))]


def fingerprint(counts: np.ndarray) -> np.ndarray:
    """Return 32 bytes that stand for a large array of whole numbers: equal only when every count is."""
    whole = np.ascontiguousarray(counts, np.int64)
    assert np.array_equal(whole, counts)
    return np.frombuffer(hashlib.sha256(f"{whole.shape}".encode() + whole.tobytes()).digest(), np.uint8)


def assert_to_the_last_bit(ours: np.ndarray, theirs: np.ndarray, name: str = "") -> None:
    """Compare with the living package exactly, with a stored image to a few last digits: processors round differently."""
    ours = like(ours, theirs)
    assert ours.dtype == theirs.dtype, name
    if available or ours.dtype.kind != "f":
        np.testing.assert_array_equal(ours, theirs, err_msg=name)
    else:
        digit = 4 * np.finfo(ours.dtype).eps
        largest = float(np.abs(theirs[np.isfinite(theirs)]).max(initial=0))
        np.testing.assert_allclose(ours, theirs, rtol=digit, atol=digit * largest, err_msg=name)


def assert_same(stored: Values, living: Values, family: str) -> None:
    """Fail when a stored value is not the living package's."""
    assert stored.keys() == living.keys(), family
    for name, value in living.items():
        said = f"stored value of {family}: {name}"
        if value.dtype.kind in "fc":
            np.testing.assert_allclose(stored[name], value, rtol=1e-9, atol=1e-12, err_msg=said)
        else:
            np.testing.assert_array_equal(stored[name], value, err_msg=said)


def key_of(*parts: Any) -> str:
    """Return a digest of plain values, arrays and volumes."""
    digest = hashlib.sha256()
    _add(digest, parts)
    return digest.hexdigest()[:20]


def _add(digest: Any, part: Any) -> None:
    if isinstance(part, np.ndarray):
        digest.update(f"{part.dtype.str}{part.shape}".encode())
        digest.update(np.ascontiguousarray(part).tobytes())
    elif isinstance(part, dict):
        _add(digest, [(name, part[name]) for name in sorted(part)])
    elif isinstance(part, list | tuple):
        digest.update(b"(")
        for one in part:
            _add(digest, one)
        digest.update(b")")
    elif hasattr(part, "array") and hasattr(part, "spacing_mm"):
        _add(digest, (part.array, part.spacing_mm, part.origin_mm, part.direction))
    elif hasattr(part, "to_dict"):
        _add(digest, part.to_dict())
    else:
        digest.update(f"{part!r};".encode())


@cache
def stored_values(family: str) -> dict[str, Values]:
    """Return the stored values of a family by key, empty when there are none."""
    file = FOLDER / f"{family}.npz"
    if not file.is_file():
        return {}
    with np.load(file) as archive:
        header, content = json.loads(archive["header"].tobytes()), archive["content"].tobytes()
    found: dict[str, Values] = {}
    at = 0
    for key, layout in header["index"]:
        found[key] = {}
        for name, dtype, shape in header["layouts"][layout]:
            kind, n = np.dtype(dtype), int(np.prod(shape))
            found[key][name] = np.frombuffer(content, kind, n, at).reshape(shape)
            at += n * kind.itemsize
    return found


def store(family: str, values: Mapping[str, Values], call: str) -> Path:
    """Write the values of a family, with the versions and the call that made them."""
    layouts: dict[str, int] = {}
    index, content = [], io.BytesIO()
    for key, arrays in sorted(values.items()):
        layout = json.dumps([[name, value.dtype.str, value.shape] for name, value in arrays.items()])
        index.append([key, layouts.setdefault(layout, len(layouts))])
        for value in arrays.values():
            content.write(np.ascontiguousarray(value).tobytes())
    header = {
        "call": call,
        "versions": library_versions(*LIBRARIES),
        "layouts": [json.loads(layout) for layout in layouts],
        "index": index,
    }
    FOLDER.mkdir(exist_ok=True)
    file = FOLDER / f"{family}.npz"
    np.savez_compressed(
        file,
        header=np.frombuffer(json.dumps(header).encode(), np.uint8),
        content=np.frombuffer(content.getvalue(), np.uint8),
    )
    return file
