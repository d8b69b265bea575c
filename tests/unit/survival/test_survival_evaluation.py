from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from radiomics_core.analysis import run
from radiomics_core.analysis.data import AnalysisData, Block
from radiomics_core.analysis.evaluation import Evaluation
from radiomics_core.analysis.notes import worded
from radiomics_core.analysis.row_key import row_per_inputs
from radiomics_core.analysis.rows import ROW_COLUMNS
from radiomics_core.analysis.settings import AnalysisSettings
from radiomics_core.analysis.tasks import TIME_TO_EVENT
from radiomics_core.analysis.time_to_event import ridge_by_rule
from radiomics_core.cohort.endpoints import EndpointValues, TimeToEventEndpoint
from radiomics_core.errors import NotApplicableError
from radiomics_core.evaluation.discrimination import harrell_c
from radiomics_core.models import SURVIVAL_MODELS
from radiomics_core.survival.risk_groups import separation

ENDPOINT = TimeToEventEndpoint(name="os", event_column="dead", time_column="days")
QUICK = AnalysisSettings(repeats=2, shuffles=4)


def cohort(n=90, effect=1.2, seed=1, n_patients=None, inputs=("radiomics", "clinical", "volume", "combined")):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n, 12))
    age = rng.normal(60, 10, n)
    time = rng.exponential(np.exp(-effect * features[:, 3] - 0.05 * (age - 60)))
    ids = tuple(f"c{i:03d}" for i in range(n))
    names = [f"f{j}" for j in range(12)]
    columns = {"radiomics": names, "clinical": ["age"], "volume": ["f0"], "combined": [*names, "age"], "centre": []}
    blocks = {
        name: Block(name, tuple(columns[name]) if name in inputs else (), name, "" if name in inputs else "one_centre")
        for name in columns
    }
    patients = ids if n_patients is None else tuple(f"p{i % n_patients:03d}" for i in range(n))
    values = EndpointValues(ENDPOINT, ids, (rng.random(n) < 0.7).astype(float), np.ceil(time * 100))
    frame = pd.DataFrame(features, index=list(ids), columns=names)
    return AnalysisData(ids, patients, None, frame, blocks, pd.DataFrame({"age": age}, index=list(ids)), values)


def of(evaluation, inputs, frame):
    """Return the rows of a frame that belong to the only row of some inputs."""
    return evaluation.of(row_per_inputs(evaluation.keys)[inputs], frame)


def evaluate(data, settings=QUICK):
    return run.analyse(data, settings)


@pytest.fixture(scope="module")
def planted():
    return evaluate(cohort())


def test_summary_has_the_promised_columns_and_rows(planted):
    frame = planted.frame()
    assert list(planted.rows.columns) == [*ROW_COLUMNS, *TIME_TO_EVENT.extra_columns]
    assert list(frame["inputs"]) == [
        "radiomics",
        "clinical",
        "volume",
        "combined",
        "permuted",
        "centre",
        "leave_one_centre_out",
    ]
    assert {"c_index", "c_low", "c_high", "permutation_p", "n", "events"} <= set(frame)
    assert planted.headline["inputs"] == "radiomics"
    assert planted.headline["interval"] == "nested_cv"
    pipelines = planted.rows[planted.rows["model"].ne("") & planted.rows["inputs"].ne("permuted")]
    assert set(pipelines["interval"]) == {"nested_cv"}  # every group of inputs, not the headline's alone
    assert frame.set_index("inputs").loc["centre", "note"] == "not applicable: all cases come from one centre"


def test_planted_effect_is_found_and_volume_is_near_chance(planted):
    c = planted.frame().set_index("inputs")["c_index"]
    assert c["radiomics"] > 0.68
    assert 0.35 < c["volume"] < 0.62
    assert planted.headline["low"] > 0.5
    assert planted.headline["permutation_p"] == pytest.approx(1 / 5)  # the smallest p four shuffles can give


def test_shuffled_outcome_is_near_chance_and_gives_a_large_p_for_noise():
    noise = evaluate(cohort(effect=0.0, seed=4), replace(QUICK, shuffles=9, inputs=("radiomics",)))
    assert 0.35 < noise.headline["value"] < 0.62
    assert noise.headline["permutation_p"] > 0.1
    assert 0.4 < noise.frame().set_index("inputs").loc["permuted", "c_index"] < 0.6


def test_p_is_the_rank_of_the_separation_among_shuffles(planted):
    shuffles = of(planted, "clinical", "separations")
    groups = of(planted, "clinical", "groups")
    z = separation(groups["time"], groups["event"], groups["percentile"])
    row = planted.frame().set_index("inputs").loc["clinical"]
    assert row["separation_z"] == pytest.approx(z)
    assert row["permutation_p"] == pytest.approx((1 + np.sum(shuffles["separation_z"] >= z)) / (1 + len(shuffles)))


def test_every_patient_is_in_the_curves_once(planted):
    counts = of(planted, "radiomics", "group_counts")
    assert counts["n"].sum() == 90
    assert list(counts["group"]) == ["low", "high"]
    assert of(planted, "radiomics", "groups")["case_id"].is_unique


def test_patients_with_two_cases_count_once_in_the_curves_and_in_c():
    data = cohort(n=120, n_patients=60)
    event, time = data.values.event.copy(), data.values.time.copy()
    event[60:], time[60:] = event[:60], time[:60]  # a patient has one outcome
    data = replace(data, values=replace(data.values, event=event, time=time))
    result = evaluate(data, replace(QUICK, shuffles=1, inputs=("clinical",)))
    assert of(result, "clinical", "group_counts")["n"].sum() == 60
    fold = of(result, "clinical", "predictions").query("repeat == 0 and fold == 0")
    fold = fold.merge(of(result, "clinical", "groups")[["case_id", "patient_id", "time", "event"]], on="case_id")
    means = fold.groupby("patient_id")[["score", "time", "event"]].mean()
    value = of(result, "clinical", "folds").query("repeat == 0 and fold == 0")["value"].item()
    assert value == pytest.approx(harrell_c(means["time"], means["event"], means["score"]))
    assert value != pytest.approx(harrell_c(fold["time"], fold["event"], fold["score"]), abs=1e-6)
    groups = of(result, "clinical", "groups")
    assert groups.groupby("patient_id")["group"].nunique().max() == 1
    assert len(groups) == 120


def test_numbers_at_risk_agree_with_the_groups(planted):
    at_risk = of(planted, "radiomics", "at_risk")
    groups = of(planted, "radiomics", "groups")
    for row in at_risk.itertuples():
        assert row.at_risk == np.sum((groups["group"] == row.group) & (groups["time"] >= row.time))


def test_saved_and_loaded_evaluation_is_the_same(planted, tmp_path):
    planted.save(tmp_path)
    again = Evaluation.load(tmp_path)
    pd.testing.assert_frame_equal(again.frame(), planted.frame())
    pd.testing.assert_frame_equal(again.extras["curves"], planted.extras["curves"])
    assert again.settings == planted.settings
    assert again.findings == planted.findings


def test_units_give_the_same_numbers_in_any_order_and_after_a_round_trip(tmp_path):
    data, settings = cohort(60), replace(QUICK, shuffles=1, inputs=("radiomics",))
    units = run.units_of_work(data, settings)
    results = [run.run_unit(data, settings, unit) for unit in reversed(units)]
    for i, result in enumerate(results):
        result.save(tmp_path / str(i))
    loaded = [run.UnitResult.load(tmp_path / str(i)) for i in range(len(results))]
    pd.testing.assert_frame_equal(run.assemble(data, settings, loaded).frame(), evaluate(data, settings).frame())


def test_shuffle_without_all_its_repeats_does_not_count():
    data, settings = cohort(60), replace(QUICK, shuffles=2, inputs=("clinical",))
    units = run.units_of_work(data, settings)
    results = [run.run_unit(data, settings, unit) for unit in units[:-1]]
    assert run.assemble(data, settings, results).headline["n_permutations"] == 1


def test_ridge_is_chosen_by_the_rule_of_ten_events_per_parameter_and_said():
    data = cohort(90)
    n_events = data.values.n_events  # about 63, of which 4/5 train: 12 columns are too many, one is not
    assert ridge_by_rule(data, QUICK, "radiomics") == "ridge_cox"
    assert ridge_by_rule(data, QUICK, "clinical") == "cox"
    result = evaluate(data, replace(QUICK, shuffles=0, repeats=1))
    said = [finding for finding in result.findings if finding.code == "RX601"]
    assert said[0].params == {"inputs": "radiomics", "n_parameters": 12, "n_events": round(n_events * 0.8)}


def test_cost_counts_every_fit_before_starting():
    data, settings = cohort(90), replace(QUICK, repeats=2, shuffles=3, inputs=("radiomics", "clinical"))
    made = run.estimate_cost(data, settings)
    # radiomics: 3 sizes x 3 penalties, clinical: one candidate; 25 sets of folds with the third layer, 15 without
    assert made.n_fits == (9 + 1) * (2 * 25 + 3 * 2 * 15)
    assert made.n_units == 8
    assert made.minutes > 0


@pytest.mark.parametrize(("primary", "note"), [
    ("volume", "rows of volume shuffled between patients within centre"),
    ("centre", "rows of centre shuffled between patients"),
])  # fmt: skip
def test_shuffled_control_moves_rows_within_centre_and_says_so_truthfully(primary, note):
    """The volume of every patient is that of his centre: within centre nothing moves, between centres much does."""
    centres = tuple("A" if i % 3 else "B" for i in range(60))
    made = cohort(60, inputs=("volume", "centre"))
    features = made.features.assign(f0=[1.0 if c == "A" else 0.0 for c in centres])
    blocks = made.blocks | {"centre": Block("centre", ("centre",), "centre")}
    data = replace(made, centres=centres, features=features, blocks=blocks)
    settings = AnalysisSettings(repeats=1, shuffles=2, inputs=("volume", "centre"), primary=primary)
    result = evaluate(data, settings)
    shuffled = of(result, primary, "separations")["value"]
    moved = bool((np.abs(shuffled - result.headline["fold_mean"]) > 1e-9).any())
    assert moved is (primary == "centre")
    row = result.frame().set_index("inputs").loc["permuted"]
    assert row["note"] == f"middle and band of the shuffled outcomes: {note}"


def test_without_centres_the_shuffled_control_does_not_speak_of_centres(planted):
    assert (
        planted.frame()
        .set_index("inputs")
        .loc["permuted", "note"]
        .endswith("rows of radiomics shuffled between patients")
    )


def test_reversed_order_is_called_no_separation():
    # the feature means risk in training and protection in what is held out cannot be built by hand; a model that
    # always scores the wrong way round can
    data = cohort(90, effect=1.5)
    units = run.units_of_work(data, replace(QUICK, shuffles=0, inputs=("radiomics",)))
    results = []
    for unit in units:
        result = run.run_unit(data, replace(QUICK, shuffles=0, inputs=("radiomics",)), unit)
        predictions = result.frames["predictions"].assign(percentile=lambda f: 1 - f["percentile"])
        results.append(replace(result, frames={**result.frames, "predictions": predictions}))
    made = run.assemble(data, replace(QUICK, shuffles=0, inputs=("radiomics",)), results)
    assert not made.headline["separates"]
    assert "no separation" in worded(made.headline["note"])
    assert "RX606" in [finding.code for finding in made.findings]


def test_too_few_events_are_refused():
    data = cohort(60)
    few = replace(data.values, event=(np.arange(60) < 9).astype(float))
    with pytest.raises(NotApplicableError, match="patients with the event: 9; folds of at least 5 events: 1"):
        run.units_of_work(replace(data, values=few), QUICK)


@pytest.mark.parametrize("name", SURVIVAL_MODELS.names())
def test_every_model_fits_and_scores(name):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 3))
    target = np.column_stack([rng.exponential(np.exp(-x[:, 0])), np.ones(60)])
    for candidate in SURVIVAL_MODELS.build(name).candidates:
        model = candidate.make(0).fit(x, target)
        assert np.corrcoef(model.decision_function(x), x[:, 0])[0, 1] > 0.7


def test_centre_alone_gives_c_of_062_on_the_nsclc_table(shared_data):
    # ../shared/data/survival: owkin, two centres; statistics.md: centre alone C = .62
    table = pd.read_csv(shared_data / "survival" / "owkin_nsclc_train.csv").sort_values("PatientID")
    ids = tuple(table["PatientID"].astype(str))
    values = EndpointValues(ENDPOINT, ids, table["Event"].to_numpy(float), table["SurvivalTime"].to_numpy(float))
    features = table.filter(like="original_").set_axis(list(ids)).astype(float)
    blocks = {
        "radiomics": Block("radiomics", tuple(features), "radiomics"),
        "centre": Block("centre", ("centre",), "centre"),
    }
    centres = tuple(table["SourceDataset"])
    data = AnalysisData(ids, ids, centres, features, blocks, pd.DataFrame(index=list(ids)), values)
    result = evaluate(data, AnalysisSettings(repeats=1, shuffles=0, inputs=("radiomics", "centre")))
    c = result.frame().set_index("inputs")["c_index"]
    assert c["centre"] == pytest.approx(0.62, abs=0.02)
    assert c["radiomics"] == pytest.approx(0.67, abs=0.04)
    assert "RX507" in [finding.code for finding in result.findings]
    assert result.centres["n"].tolist() == [199, 101]
    # each centre by models of the other: less than pooled, because the pooled figure holds the centre as well
    assert 0.5 < c["leave_one_centre_out"] < c["radiomics"]


def two_centres():
    return replace(cohort(90), centres=tuple("AB"[i % 2] for i in range(90)))


def test_each_centre_has_the_c_of_models_of_the_other_and_the_row_is_their_mean():
    """Second program for C: lifelines 0.30 concordance on the scores of the unit."""
    from lifelines.utils import concordance_index

    data, settings = two_centres(), AnalysisSettings(repeats=1, shuffles=0, inputs=("radiomics", "volume"))
    units = run.units_of_work(data, settings)
    results = {unit.name: run.run_unit(data, settings, unit) for unit in units}
    made = run.assemble(data, settings, list(results.values())[::-1])
    table = made.centres.set_index("centre")
    for unit in (unit for unit in units if unit.kind == "centre"):
        scores = results[unit.name].frames["predictions"].set_index("case_id")["score"]
        at = [data.case_ids.index(case) for case in scores.index]
        expected = concordance_index(data.values.time[at], -scores, data.values.event[at])
        assert table.loc[unit.centre, "value"] == pytest.approx(expected, abs=0.01)
        assert table.loc[unit.centre, "low"] < expected < table.loc[unit.centre, "high"]
    row = made.frame().set_index("inputs").loc["leave_one_centre_out"]
    assert row["c_index"] == pytest.approx(table["value"].mean())
    assert row["note"].startswith("radiomics: mean over 2 centres")
    assert "leave_one_centre_out" not in made.meta["not_applicable"]


def test_survival_without_centres_says_why_none_is_left_out(planted):
    assert planted.meta["not_applicable"]["leave_one_centre_out"] == "no_centre"
    assert planted.centres.empty


def test_a_centre_with_four_events_is_not_held_out():
    data = two_centres()
    event = data.values.event.copy()
    b = np.flatnonzero(np.array(data.centres) == "B")
    event[b] = 0
    event[b[:4]] = 1
    data = replace(data, values=EndpointValues(ENDPOINT, data.case_ids, event, data.values.time))
    made = evaluate(data, AnalysisSettings(repeats=1, shuffles=0, inputs=("radiomics",)))
    assert made.centres.set_index("centre")["note"].to_dict() == {
        "A": "few_to_train",
        "B": "few_events",
    }
    assert made.meta["not_applicable"]["leave_one_centre_out"] == "too_few_centres"


def test_delayed_entry_is_refused_rather_than_counted_from_time_zero():
    data = cohort(n=60)
    late = replace(ENDPOINT, entry_column="enrolled")
    values = EndpointValues(late, data.case_ids, data.values.event, data.values.time, np.zeros(60))
    with pytest.raises(NotApplicableError, match=r"delayed entry \(column 'enrolled'\)"):
        run.units_of_work(replace(data, values=values), QUICK)
