"""Why a row is not applicable is stored as a code; every code has words in the session's language."""

from __future__ import annotations

import pytest

from radiomics_core.analysis.data import make_blocks
from radiomics_core.analysis.notes import NOTES, Note, note, read, stored, worded
from radiomics_core.i18n import PSEUDO_LOCALE, language


def test_every_reason_for_an_empty_row_is_translated_where_it_is_shown():
    empty = [block.reason for block in make_blocks(None, [], ["A", "A"]).values()]
    assert len(empty) == 5
    cells = [stored([note("not_applicable", why=note(reason))]) for reason in empty]
    with language(PSEUDO_LOCALE):
        assert all(worded(cell).count("⟦") == 2 for cell in cells)


def test_notes_come_back_from_their_cell_with_numbers_names_and_notes_inside():
    notes = [
        note("best_of", k=4, corrected="0.52"),
        note("centre_not_used", centre='B "2"; {x}', why=note("no_events")),
    ]
    assert read(stored(notes)) == notes
    assert worded(stored(notes)) == (
        'best of 4, optimistic; corrected 0.52; not used: B "2"; {x} (no case with the event)'
    )
    assert (stored([]), read(""), worded("")) == ("", [], "")


def test_a_note_without_words_cannot_be_made():
    with pytest.raises(ValueError, match="no note 'typo'"):
        Note("typo")
    assert all(NOTES.values())
