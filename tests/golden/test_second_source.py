"""Stored golden values: read where pyradiomics is not installed, and compared with the living package where it is."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.golden import second_source as source
from tests.golden.write_references import CALLS

IMAGE = np.arange(24.0).reshape(2, 3, 4)


def doubled(image: np.ndarray, way: dict) -> source.Values:
    """Stand for a call of pyradiomics."""
    return {"twice": image * 2, "way": np.array(str(way)), "empty": np.zeros((0, 3)), "n": np.array(7)}


@pytest.fixture
def stored(tmp_path, monkeypatch):
    """Values of one call, stored in a folder of their own."""
    monkeypatch.setattr(source, "FOLDER", tmp_path)
    source.stored_values.cache_clear()
    source.store("doubles", {source.key_of("doubled", (IMAGE, {"binWidth": 3})): doubled(IMAGE, {"binWidth": 3})}, "x")
    yield tmp_path
    source.stored_values.cache_clear()


def without_pyradiomics(monkeypatch) -> None:
    monkeypatch.setattr(source, "available", False)


def test_every_family_is_stored_with_its_call_and_versions():
    assert {file.stem for file in source.FOLDER.glob("*.npz")} == set(CALLS)
    for family, call in CALLS.items():
        with np.load(source.FOLDER / f"{family}.npz") as archive:
            header = json.loads(archive["header"].tobytes())
        assert header["call"] == call
        assert header["versions"]["pyradiomics"] == "3.0.1"
        assert {"numpy", "SimpleITK"} <= set(header["versions"])


def test_what_was_stored_comes_back_as_it_was_without_pyradiomics(stored, monkeypatch):
    without_pyradiomics(monkeypatch)
    found = source.second_source("doubles", doubled, IMAGE, {"binWidth": 3})
    for name, value in doubled(IMAGE, {"binWidth": 3}).items():
        assert found[name].dtype == value.dtype
        assert np.array_equal(found[name], value)


@pytest.mark.parametrize("changed", [(IMAGE + 1e-9, {"binWidth": 3}), (IMAGE, {"binWidth": 3.0})], ids=["image", "way"])
def test_another_image_or_setting_is_another_call_and_not_stored(stored, monkeypatch, changed):
    without_pyradiomics(monkeypatch)
    monkeypatch.setattr(source, "beyond_stored", False)
    with pytest.raises(AssertionError, match=r"no stored value of doubles: run python -m tests\.golden"):
        source.second_source("doubles", doubled, *changed)


def test_a_stored_value_that_is_not_the_living_packages_fails(stored, monkeypatch):
    monkeypatch.setattr(source, "available", True)
    monkeypatch.setattr(source, "recorded", None)
    assert source.second_source("doubles", doubled, IMAGE, {"binWidth": 3})["n"] == 7

    def moved(image: np.ndarray, way: dict) -> source.Values:
        return {**doubled(image, way), "twice": image * 2 * (1 + 1e-6)}

    moved.__name__ = "doubled"
    with pytest.raises(AssertionError, match="stored value of doubles: twice"):
        source.second_source("doubles", moved, IMAGE, {"binWidth": 3})


def test_large_arrays_are_thinned_alike_on_both_sides():
    ours = np.random.default_rng(1).normal(size=(7, 9, 11))
    theirs = ours.reshape(-1)[source.spread(ours.size)]
    assert len(theirs) == source.MOST_VOXELS
    assert np.array_equal(source.like(ours, theirs), theirs)
    assert source.like(ours, ours) is ours
