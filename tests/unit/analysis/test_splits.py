from dataclasses import replace

import numpy as np
import pytest

from radiomics_core.analysis.run import analyse
from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.analysis.splits import assign_folds, cases_never_shuffled, shuffle_positions, usable_folds
from radiomics_core.errors import NotApplicableError
from tests.simulated_analysis import make_data


def test_cases_of_one_patient_share_a_fold():
    data = make_data(n=60, cases_per_patient=3)
    folds = assign_folds(data, 5, seed=1, repeat=0)
    for patient in set(data.patient_ids):
        assert len({int(f) for f, p in zip(folds, data.patient_ids, strict=True) if p == patient}) == 1


def test_every_fold_holds_events_and_others_in_equal_numbers():
    data = make_data(n=57)
    folds = assign_folds(data, 5, seed=1, repeat=0)
    for group in (data.events, ~data.events):
        counts = np.bincount(folds[group], minlength=5)
        assert counts.max() - counts.min() <= 1
    sizes = np.bincount(folds, minlength=5)
    assert sizes.max() - sizes.min() <= 1


def test_repeats_split_differently_and_the_same_seed_splits_the_same():
    data = make_data()
    first, again, other = (assign_folds(data, 5, seed=1, repeat=r) for r in (0, 0, 1))
    assert first.tolist() == again.tolist() != other.tolist()


def test_survival_folds_hold_five_events_each_or_become_fewer():
    data = make_data(n=40, survival=True, seed=2)
    n_folds = usable_folds(data, 10)
    assert n_folds == data.values.n_events // 5 < 10
    folds = assign_folds(data, n_folds, seed=1, repeat=0)
    assert np.bincount(folds[data.events], minlength=n_folds).min() >= 5


@pytest.mark.parametrize("seed", range(5))
def test_every_survival_fold_holds_five_patients_with_the_event_however_many_cases_they_have(seed):
    data = make_data(n=120, survival=True, seed=seed)
    sizes = np.random.default_rng(seed).permutation([10] * 8 + [1] * 40)
    patients = np.repeat([f"P{i:03d}" for i in range(48)], sizes)
    events = np.array([int(patient[1:]) % 2 for patient in patients], float)
    data = replace(data, patient_ids=tuple(patients), values=replace(data.values, event=events))
    n_folds = usable_folds(data, 10)
    assert n_folds == 4  # 24 patients with the event
    folds = assign_folds(data, n_folds, seed=1, repeat=0)
    held = [len({p for p, f, e in zip(patients, folds, events, strict=True) if f == k and e}) for k in range(n_folds)]
    assert min(held) >= 5


def with_events(n, n_events, **changes):
    data = make_data(n=n, **changes)
    return replace(data, values=replace(data.values, event=(np.arange(n) < n_events).astype(float)))


def test_a_class_that_cannot_reach_every_fold_stops_in_words():
    three = with_events(30, 3)
    with pytest.raises(
        NotApplicableError, match=r"patients with the event: 3, without: 27; that cannot fill 5 folds"
    ) as stop:
        usable_folds(three, 5)
    assert stop.value.message().endswith("every fold needs one of each. Use at most 3 folds, or collect more cases")
    assert usable_folds(three, 3) == 3
    with pytest.raises(NotApplicableError, match="Collect more cases: at least 3 of each are needed"):
        usable_folds(with_events(30, 2), 5)


def test_too_few_events_of_a_time_to_event_are_said_with_the_number_that_is_needed():
    """14 with the event and 11 without: it is the five events of each fold that are missing, not the 11."""
    with pytest.raises(NotApplicableError) as stop:
        usable_folds(with_events(25, 14, survival=True), 5)
    assert stop.value.message() == (
        "patients with the event: 14; folds of at least 5 events: 2; cross-validation needs 3 folds. "
        "At least 15 patients with the event are needed; collect more cases, or follow them longer"
    )
    assert usable_folds(with_events(25, 15, survival=True), 5) == 3


def test_shuffle_moves_whole_patients_within_their_centre():
    data = make_data(n=60, cases_per_patient=2)
    centres = tuple("AB"[(i // 2) % 2] for i in range(60))
    data = type(data)(**{**data.__dict__, "centres": centres})
    source = shuffle_positions(data, seed=1, shuffle=0)
    assert sorted(source) == list(range(60))
    assert not np.array_equal(source, np.arange(60))
    for i in range(0, 60, 2):
        assert data.patient_ids[source[i]] == data.patient_ids[source[i + 1]]
        assert centres[source[i]] == centres[i]


def test_cases_that_no_shuffle_can_move_are_counted_and_said():
    """Twenty centres of one patient each and one of twenty: half of the cases stay where they are."""
    data = make_data(n=40, p=3)
    data = replace(data, centres=(*(f"S{i}" for i in range(20)), *(["big"] * 20)))
    still = np.arange(40)
    for shuffle in range(5):
        still = still[shuffle_positions(data, 1, shuffle)[still] == still]
    assert set(range(20)) <= set(still.tolist())
    assert cases_never_shuffled(data) == 20
    settings = AnalysisSettings(repeats=1, shuffles=1, inputs=("volume",), primary="volume", interval=False)
    assert "RX509" in [finding.code for finding in analyse(data, settings).findings]
    assert cases_never_shuffled(replace(data, centres=None)) == 0
