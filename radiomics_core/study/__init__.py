"""Studies: folders on disk that lose nothing, with their jobs, their ledger and the seal."""

from __future__ import annotations

from radiomics_core.study.study import Study, is_study

__all__ = ["Study", "is_study"]
