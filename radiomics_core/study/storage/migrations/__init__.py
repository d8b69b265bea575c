"""From each format of a study to the next: one step one file, done in order when a study is opened for writing.

A step is what the catalogue is told in SQL. A change of what results hold needs none: results lie under the digest of
their method, so those of an older one stay where they are, and :mod:`radiomics_core.study.storage.results` says so.
"""

from __future__ import annotations

from radiomics_core.study.storage.migrations import to_1, to_2

STEPS = (to_1.STATEMENTS, to_2.STATEMENTS)
FORMAT = len(STEPS)
"""The format that this version writes; a study of a newer one is refused when it is opened."""
