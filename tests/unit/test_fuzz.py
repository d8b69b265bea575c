"""The small form of benchmarks/fuzz.py: altered files of every kind are refused in words or read as what can be."""

from __future__ import annotations

import warnings

import pytest

from benchmarks import fuzz

N = {"csv": 40, "xlsx": 15, "xlsx sheet": 15, "dicom": 30}


@pytest.mark.parametrize("kind", fuzz.KINDS)
def test_altered_files_are_refused_in_words_or_read_as_what_can_be(kind):
    valid = fuzz.KINDS[kind].valid()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        outcomes = [fuzz.try_one(kind, f"suite-{number}", valid) for number in range(N.get(kind, 40))]
    assert [o.why for o in outcomes if o.verdict in ("uncaught", "impossible")] == []
    assert "refused" in {o.verdict for o in outcomes}  # the files were really altered


@pytest.mark.parametrize("kind", fuzz.KINDS)
def test_unaltered_file_is_accepted(kind, tmp_path):
    assert fuzz.KINDS[kind].read(fuzz.KINDS[kind].pack(fuzz.KINDS[kind].valid()), tmp_path).verdict == "accepted"


def test_what_raises_anything_else_is_counted(monkeypatch):
    def stumble(content, folder):
        raise KeyError("x")

    monkeypatch.setitem(fuzz.KINDS, "csv", fuzz.Kind(fuzz.KINDS["csv"].valid, stumble))
    assert fuzz.try_one("csv", "0", b"id\n1\n").verdict == "uncaught"
