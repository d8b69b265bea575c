"""Why a row is not applicable is stored as a fixed English text (also in the CSV); the page has words for each."""

from __future__ import annotations

from pages.modelling.panels.row_words import REASONS, reason
from radiomics_core.analysis import centre_table, centres
from radiomics_core.analysis.data import make_blocks
from radiomics_core.i18n import PSEUDO_LOCALE, language

OF_CENTRES = ("NO_CENTRE", "ONE_CENTRE", "TOO_FEW_CENTRES", "CENTRE_IS_HEADLINE", "UNKNOWN", "NO_EVENTS", "NO_OTHERS",
              "FEW_EVENTS", "FEW_PAIRS", "FEW_TO_TRAIN")  # fmt: skip


def test_every_reason_for_an_empty_row_is_translated_where_it_is_shown():
    empty = [block.reason for block in make_blocks(None, [], ["A", "A"]).values()]
    assert len(empty) == 5
    assert "" not in empty
    stored = {*empty, *(getattr(centres, name) for name in OF_CENTRES), centre_table.UNFINISHED}
    assert stored <= set(REASONS)
    with language(PSEUDO_LOCALE):
        assert all(reason(f"not applicable: {code}").startswith("⟦") for code in stored)
