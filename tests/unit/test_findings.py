"""A finding that cannot be put into words is refused where it is made."""

import pytest

from radiomics_core.findings import FindingKind, found
from radiomics_core.i18n import lazy_

KIND = FindingKind("RX000", "note", lazy_("a"), lazy_("'{column}' has {n:g} of {total} cases"), lazy_("See {image}."))


@pytest.mark.parametrize("missed", ["column", "n", "total"])
def test_every_field_of_its_words_must_be_given(missed):
    given = {"column": "age", "n": 1, "total": 2, "image": "CT"}
    assert found(KIND, **given).fields() == {"case_id": "", "roi": "", **given}
    del given[missed]
    with pytest.raises(ValueError, match=f"RX000 is worded with {missed}, which was not given"):
        found(KIND, **given)
