"""Leave one centre out: what a centre is worth to models that never saw it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from radiomics_core.analysis import centres, nested, run
from radiomics_core.analysis.centres import interval_of_unseen
from radiomics_core.analysis.evaluation import Evaluation
from radiomics_core.analysis.notes import worded, words_of
from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.cohort.endpoints import BinaryEndpoint, EndpointValues
from radiomics_core.evaluation.discrimination import AUC, HARRELL_C
from tests.contracts import test_spies as spies
from tests.simulated_analysis import make_data

VOLUME = AnalysisSettings(folds=3, repeats=1, shuffles=0, inputs=("volume",), primary="volume")
ONE = AnalysisSettings(repeats=1, shuffles=0, selectors=("anova",), models=("logistic_ridge",))


def evaluate(data, settings) -> Evaluation:
    units = run.units_of_work(data, settings)
    return run.assemble(data, settings, [run.run_unit(data, settings, unit) for unit in units])


def with_columns(data, event, features, centre):
    endpoint = BinaryEndpoint(name="y", column="y", positive="1")
    frame = pd.DataFrame(features, index=list(data.case_ids), columns=data.features.columns)
    values = EndpointValues(endpoint, data.case_ids, np.array(event, float))
    return replace(data, features=frame, values=values, centres=tuple(centre))


def two_centres():
    """Centre B measures ten times as much: only the order inside a centre can say something."""
    volume = [3, 5, 6, 1, 2, 4, 10, 30, 60, 20, 40, 5]
    data = make_data(n=12, p=1, centres=True)
    return with_columns(data, [1, 1, 1, 0, 0, 0] * 2, np.array(volume, float)[:, None], "A" * 6 + "B" * 6)


def test_figure_is_the_mean_over_centres_of_the_auc_inside_each():
    """By hand: in A 8 of 9 pairs are in order, in B 6 of 9."""
    evaluation = evaluate(two_centres(), VOLUME)
    table = evaluation.centres.set_index("centre")
    assert table["value"].to_dict() == pytest.approx({"A": 8 / 9, "B": 6 / 9})
    assert table[["n", "events"]].to_numpy().tolist() == [[6, 3], [6, 3]]
    row = evaluation.rows.set_index("inputs", drop=False).loc["leave_one_centre_out"]
    assert row["value"] == pytest.approx(7 / 9)
    assert (row["interval"], row["headline"], row["n"]) == ("leave_one_centre_out", False, 12)
    assert worded(row["note"]).startswith(
        "volume: mean over 2 centres, each held out of training: A 0.89 (0.26-0.99), B 0.67"
    )
    assert np.isnan(row["low"])


def test_interval_of_a_centre_is_delongs_on_the_logit_scale():
    """By hand: components 2/3, 1, 1 for events and for others, variance 2 / 81, logit(8/9) = ln 8."""
    half = 1.959964 * np.sqrt(2 / 81) / (8 / 81)
    expected = [1 / (1 + np.exp(-(np.log(8) + sign * half))) for sign in (-1, 1)]
    line = evaluate(two_centres(), VOLUME).centres.iloc[0]
    assert [line["low"], line["high"]] == pytest.approx(expected, abs=1e-6)
    assert line["note"] == "delong"


def test_a_centre_in_perfect_order_still_has_an_interval_with_a_width():
    made = interval_of_unseen(AUC, np.array([0.0, 0, 0, 1, 1]), np.arange(5.0), np.arange(5))
    assert (made.estimate, made.method) == (1.0, "wilson")
    assert made.low < 0.9


def test_doubling_every_case_leaves_the_interval_of_whole_patients_as_it_was():
    generator = np.random.default_rng(3)
    score, event, time = generator.normal(size=30), (np.arange(30) % 2).astype(float), generator.exponential(size=30)
    for metric, target in ((AUC, event), (HARRELL_C, np.column_stack([time, event]))):
        once = interval_of_unseen(metric, target, score, np.arange(30))
        twice = interval_of_unseen(
            metric, np.repeat(target, 2, axis=0), np.repeat(score, 2), np.repeat(np.arange(30), 2)
        )
        assert (twice.low, twice.high) == pytest.approx((once.low, once.high), abs=0.01)


@pytest.mark.parametrize("survival", [False, True])
def test_nothing_that_learns_sees_the_held_out_centre_its_patients_or_cases_of_unknown_centre(survival):
    spies.SEEN.clear()
    data = make_data(n=90, p=6, index_feature=True, survival=survival, centres=True)
    centre = ["A"] * 40 + ["B"] * 45 + [""] * 5
    shared = ["p000" if i == 84 else patient for i, patient in enumerate(data.patient_ids)]  # in A and in B
    data = replace(data, centres=tuple(centre), patient_ids=tuple(shared))
    tools = spies.spy_tools(HARRELL_C if survival else AUC)
    settings = AnalysisSettings(folds=3, repeats=1, shuffles=0, inputs=("radiomics",), screen="spy")
    units = [unit for unit in nested.units_of_work(data, settings) if unit.kind == "centre"]
    assert [unit.centre for unit in units] == ["A", "B"]
    for unit, own in zip(units, (range(40, 84), range(1, 40)), strict=True):
        spies.SEEN.clear()
        result = nested.run_unit(data, settings, unit, tools)
        seen = {who: frozenset.union(*rows) for who, rows in spies.SEEN.items()}
        assert seen == dict.fromkeys(("screen", "preparer", "selector", "model", "tuning"), frozenset(own))
        assert list(result.frames["predictions"]["case_id"]) == [
            case for case, c in zip(data.case_ids, centre, strict=True) if c == unit.centre
        ]


@pytest.fixture(scope="module")
def confounded():
    """Features and events differ between centres, and have nothing to do with one another inside a centre."""
    generator = np.random.default_rng(11)
    n, p = 600, 4
    in_b = np.arange(n) >= n // 2
    features = generator.normal(size=(n, p)) + 2.0 * in_b[:, None]
    event = generator.random(n) < np.where(in_b, 0.75, 0.25)
    data = make_data(n=n, p=p, centres=True)
    return evaluate(with_columns(data, event, features, np.where(in_b, "B", "A").tolist()), ONE)


def test_a_signal_that_is_the_centre_alone_vanishes_when_centres_are_left_out(confounded):
    pooled = confounded.headline["value"]
    row = confounded.rows.set_index("inputs").loc["leave_one_centre_out"]
    assert pooled > 0.68
    assert 0.4 < row["value"] < 0.6
    assert confounded.rows.loc[confounded.rows["inputs"] == "centre", "low"].item() > 0.5
    said = next(finding for finding in confounded.findings if finding.code == "RX507")
    assert "leave-one-centre-out" in str(said.remedy())


def test_value_of_a_centre_is_that_of_the_scores_of_its_unit():
    data = make_data(n=60, p=12, signal=2.0, centres=True)
    table = evaluate(data, ONE).centres.set_index("centre")["value"]
    unit = next(unit for unit in run.units_of_work(data, ONE) if unit.centre == "B")
    made = run.run_unit(data, ONE, unit).frames["predictions"].set_index("case_id")["score"]
    event = dict(zip(data.case_ids, data.target, strict=True))
    assert table["B"] == pytest.approx(roc_auc_score([event[case] for case in made.index], made))


def test_centres_that_cannot_be_held_out_are_listed_with_why():
    data = make_data(n=60, p=5, signal=1.0, centres=True)
    event = data.target.copy()
    event[40:44], event[44:48] = 1, 0
    centre = ["A"] * 20 + ["B"] * 20 + ["C"] * 4 + ["D"] * 4 + ["E"] * 10 + [""] * 2
    evaluation = evaluate(with_columns(data, event, data.features.to_numpy(), centre), ONE)
    notes = evaluation.centres.set_index("centre")["note"].to_dict()
    assert notes[""] == "centre_unknown"
    assert notes["C"] == "no_others"
    assert notes["D"] == "no_events"
    assert {notes[name] for name in "ABE"} <= {"delong", "wilson"}
    row = evaluation.rows.set_index("inputs", drop=False).loc["leave_one_centre_out"]
    assert "not used: C (no case without the event); not used: D (no case with the event)" in worded(row["note"])


@pytest.mark.parametrize(
    ("centre", "why"),
    [
        (None, "no_centre"),
        (("A",) * 40, "one_centre"),
        (("A",) * 38 + ("B", "C"), "too_few_centres"),
    ],
)
def test_with_too_few_centres_the_row_says_why_and_no_unit_is_planned(centre, why):
    data = replace(make_data(n=40, p=5), centres=centre)
    assert centres.not_applicable(data, ONE, "radiomics") == why
    assert not [unit for unit in run.units_of_work(data, ONE) if unit.kind == "centre"]
    evaluation = evaluate(data, ONE)
    row = evaluation.rows.set_index("inputs", drop=False).loc["leave_one_centre_out"]
    assert (row["interval"], worded(row["note"])) == ("not_applicable", f"not applicable: {words_of(why)}")
    assert evaluation.meta["not_applicable"]["leave_one_centre_out"] == why


def test_the_figure_waits_until_every_centre_is_done():
    data = make_data(n=60, p=5, centres=True)
    units = [unit for unit in run.units_of_work(data, ONE) if unit.centre != "B"]
    evaluation = run.assemble(data, ONE, [run.run_unit(data, ONE, unit) for unit in units])
    assert evaluation.centres["note"].tolist() == ["delong", "centres_unfinished"]
    assert np.isnan(evaluation.rows.set_index("inputs", drop=False).loc["leave_one_centre_out", "value"])
