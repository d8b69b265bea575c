"""What a copy of a study becomes: one of its own, or one whose cases may be divided anew. Its history goes along."""

from __future__ import annotations

from dataclasses import replace

from radiomics_core.study.ledger import STARTED_ANEW
from radiomics_core.study.making import about as about_new
from radiomics_core.study.storage import remove_content
from radiomics_core.study.study import Study

ANALYSIS_KINDS = ("comparison", "survival", "explanation")


def become_copy(study: Study, name: str) -> None:
    """Take an identity of its own after the folder was copied."""
    about = study.catalogue.document("study")
    with study.catalogue.transaction():
        study.catalogue.put_document("study", {**about, **about_new(name)})
        study.ledger.record("duplicated", source=about["id"], source_name=about["name"])


def start_anew(study: Study) -> None:
    """Remove endpoints, view state and results: only for a fresh copy whose cases are to be divided anew.

    The ledger stays: what was looked at, and how often an outcome was analysed, goes with every copy. Columns of the
    endpoints stay sealed as outcomes.
    """
    own = study.outcome_columns
    specs = [replace(s, role="outcome") if s.name in own and s.role == "ignore" else s for s in study.column_specs]
    source = [entry.details for entry in study.ledger.entries("duplicated")]
    with study.catalogue.transaction() as connection:
        study.save_column_specs(specs)
        study.save_endpoints([])
        connection.execute("DELETE FROM view_state")
        connection.execute("DELETE FROM finding WHERE source LIKE 'endpoint:%'")
        connection.executemany(
            "DELETE FROM finding WHERE source = ? OR source LIKE ?", [(k, f"{k}:%") for k in ANALYSIS_KINDS]
        )
        study.ledger.record(STARTED_ANEW, **(source[-1] if source else {}))
    remove_content(study.folder / "results", and_folder=False)
