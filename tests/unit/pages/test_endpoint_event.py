"""The menu of an event opens with the column that most likely holds one."""

import pytest

from pages.data.panels import endpoint_event
from radiomics_core.cohort.model import ColumnSpec


class Described:
    """A study that only knows what its columns are, with the values of each."""

    def __init__(self, **columns):
        self.columns = columns
        self.column_specs = tuple(ColumnSpec(name=name, role=role) for name, (role, _values) in columns.items())


@pytest.fixture(autouse=True)
def _counts(monkeypatch):
    monkeypatch.setattr(
        endpoint_event.endpoints, "value_counts", lambda study, name: dict.fromkeys(study.columns[name][1], 5)
    )


@pytest.mark.parametrize(
    ("columns", "likely"),
    [
        ({"sex": ("predictor", "fm"), "stage": ("outcome", "123"), "death": ("outcome", "01")}, "death"),
        ({"death": ("outcome", "01"), "relapse": ("outcome", "01")}, "death"),
        ({"sex": ("predictor", "fm"), "stage": ("outcome", "123"), "years": ("outcome", "123456")}, ""),
        ({"only": ("outcome", "1")}, ""),
    ],
    ids=["not three values, not a predictor", "the first of two", "none has two", "one value is no event"],
)
def test_an_event_column_opens_with_the_first_outcome_of_two_values(columns, likely):
    assert endpoint_event._likely_column(Described(**columns)) == likely
