"""Endpoints from clinical columns: known counts of real tables, hand counts, and every trap as a finding."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from radiomics_core.clinical.endpoint_values import (
    arithmetic_examples,
    compute_endpoint_values,
    endpoint_columns,
    outcome_column,
)
from radiomics_core.clinical.tables import read_table
from radiomics_core.cohort.endpoints import (
    BinaryEndpoint,
    ContinuousEndpoint,
    MulticlassEndpoint,
    OrdinalEndpoint,
    TimeToEventEndpoint,
)
from radiomics_core.errors import EndpointError


def table(**columns):
    n = len(next(iter(columns.values())))
    return pd.DataFrame(columns, index=[f"P{i}" for i in range(n)], dtype=object)


def codes(findings):
    return [f.code for f in findings]


def survival(name="os", **changes):
    return TimeToEventEndpoint(**{"name": name, "time_column": "time", "event_column": "event", **changes})


@pytest.fixture(scope="module")
def sarcoma(shared_data):
    return read_table(shared_data / "sts" / "clinical.csv").set_index("patient_id")


def test_lung_metastases_of_the_sarcoma_table(sarcoma):
    values, findings = compute_endpoint_values(sarcoma, BinaryEndpoint(name="m", column="lung_mets", positive="1.0"))
    assert (values.n, values.n_events, findings) == (51, 19, [])


@pytest.mark.parametrize(("name", "events"), [("os", 15), ("efs", 27), ("lmfs", 19)])
def test_survival_events_of_the_sarcoma_table(sarcoma, name, events):
    endpoint = TimeToEventEndpoint(name=name, time_column=f"{name}_days", event_column=f"{name}_event")
    values, findings = compute_endpoint_values(sarcoma, endpoint)
    assert (values.n, values.n_events, findings) == (51, events, [])
    assert values.time is not None
    assert values.time[0] == {"os": 845, "efs": 266, "lmfs": 845}[name]


@pytest.mark.parametrize(
    ("file", "id_column", "time", "event", "n", "events"),
    [
        ("owkin_nsclc_train", "PatientID", "SurvivalTime", "Event", 300, 162),
        ("tcga_lgg_mri", "PatientID", "daystolastordeath", "death01", 100, 27),
        ("lung1_pyradiomics_ssm", "PatientID", "Survival.time", "deadstatus.event", 421, 373),
    ],
)
def test_survival_events_of_published_tables(shared_data, file, id_column, time, event, n, events):
    frame = read_table(shared_data / "survival" / f"{file}.csv").set_index(id_column)
    endpoint = TimeToEventEndpoint(name="os", time_column=time, event_column=event)
    values, findings = compute_endpoint_values(frame, endpoint)
    assert (values.n, values.n_events) == (n, events)
    assert not {"RX242", "RX243", "RX244", "RX245"} & set(codes(findings))


def test_binary_values_are_compared_as_text_and_as_numbers():
    clinical = table(response=["1.0", "0", " 1", pd.NA, "1", "0.0"])
    values, findings = compute_endpoint_values(clinical, BinaryEndpoint(name="r", column="response", positive="1"))
    assert values.case_ids == ("P0", "P1", "P2", "P4", "P5")
    assert list(values.event) == [1, 0, 1, 1, 0]
    assert values.missing == ("P3",)
    assert codes(findings) == ["RX230", "RX232"]


def test_a_third_value_is_left_out_when_no_event_is_named_and_reported_when_not():
    clinical = table(grade=["high"] * 12 + ["low"] * 12 + ["mid"] * 6)
    named = BinaryEndpoint(name="g", column="grade", positive="high", negative="low")
    values, findings = compute_endpoint_values(clinical, named)
    assert (values.n, values.n_events, codes(findings)) == (24, 12, ["RX234", "RX230"])
    open_ended = BinaryEndpoint(name="g", column="grade", positive="high")
    values, findings = compute_endpoint_values(clinical, open_ended)
    assert (values.n, values.n_events, codes(findings)) == (30, 12, ["RX233"])


def test_an_event_value_that_does_not_occur_names_those_that_do():
    clinical = table(status=["dead", "alive"])
    with pytest.raises(EndpointError, match=r"'yes' does not occur in column 'status'. The column holds: dead, alive"):
        compute_endpoint_values(clinical, BinaryEndpoint(name="d", column="status", positive="yes"))
    values, findings = compute_endpoint_values(
        clinical, BinaryEndpoint(name="d", column="status", positive="yes"), strict=False
    )
    assert values.n_events == 0
    assert "RX231" in codes(findings)


def test_a_missing_column_names_those_there_are():
    with pytest.raises(EndpointError, match=r"needs column 'os', which the table does not have. Available: status"):
        compute_endpoint_values(table(status=["1"]), BinaryEndpoint(name="d", column="os", positive="1"))


def test_a_constant_endpoint_stops():
    clinical = table(status=["1"] * 20)
    _, findings = compute_endpoint_values(clinical, BinaryEndpoint(name="d", column="status", positive="1"))
    assert [(f.code, f.severity) for f in findings if f.code == "RX231"] == [("RX231", "stop")]


@pytest.mark.parametrize(("events", "expected"), [(9, ["RX232"]), (10, [])])
def test_fewer_than_ten_events_are_reported(events, expected):
    clinical = table(status=["1"] * events + ["0"] * 30)
    _, findings = compute_endpoint_values(clinical, BinaryEndpoint(name="d", column="status", positive="1"))
    assert codes(findings) == expected


def test_classes_orders_and_numbers():
    clinical = table(kind=["a", "b", "c", "a"] * 10, value=["1,5", "2", pd.NA, "3"] * 10)
    multiclass, _ = compute_endpoint_values(
        clinical, MulticlassEndpoint(name="k", column="kind", classes=("a", "b", "c"))
    )
    assert list(multiclass.event[:4]) == [0, 1, 2, 0]
    ordinal, findings = compute_endpoint_values(clinical, OrdinalEndpoint(name="k", column="kind", classes=("c", "a")))
    assert list(ordinal.event[:3]) == [1, 0, 1]
    assert "RX234" in codes(findings)
    continuous, _ = compute_endpoint_values(clinical, ContinuousEndpoint(name="v", column="value"))
    assert list(continuous.event[:3]) == [1.5, 2, 3]
    with pytest.raises(EndpointError, match=r"40 cells that are no numbers, e.g. 'a'"):
        compute_endpoint_values(clinical, ContinuousEndpoint(name="v", column="kind"))


def test_times_from_two_dates_in_five_spellings():
    clinical = table(
        start=["31.12.2014", "2015-01-01", "2015年1月1日", "42005", "2015-01-01"],
        end=["2015-12-31", "2016-01-01", "2016-01-01", "2016-01-01", pd.NA],
        event=["1", "0", "1", "0", "1"],
    )
    # 42005 is 2015-01-01 in a spreadsheet; 2015 has 365 days
    endpoint = survival(time_column="", start_column="start", end_column="end", unit="months")
    values, findings = compute_endpoint_values(clinical, endpoint)
    assert values.time == pytest.approx([365 * 12 / 365.25] * 4)
    assert values.missing == ("P4",)
    contact = next(f for f in findings if f.code == "RX246")
    assert (contact.params["events"], contact.params["censored"]) == (1, 0)
    assert "RX221" in codes(findings)


def test_the_arithmetic_of_five_patients_can_be_followed():
    clinical = table(start=["01.02.2015"] * 8, end=["03.03.2015", "13.03.2015"] * 4, status=["dead", "alive"] * 4)
    endpoint = survival(
        time_column="", start_column="start", end_column="end", event_column="status", event_codes=("dead",)
    )
    shown = arithmetic_examples(clinical, endpoint)
    assert list(shown.columns) == ["case_id", "start", "end", "days", "event_value", "read_as"]
    assert list(shown.iloc[0]) == ["P0", "2015-02-01", "2015-03-03", 30.0, "dead", "event"]
    assert list(shown.iloc[1]) == ["P1", "2015-02-01", "2015-03-13", 40.0, "alive", "censored"]
    assert len(shown) == 5


def test_durations_are_shown_in_days_and_in_their_unit():
    clinical = table(time=["12", "24"], event=["1", "0"])
    shown = arithmetic_examples(clinical, survival(unit="months"))
    assert list(shown["days"]) == [365.2, 730.5]
    assert list(shown["months"]) == [12, 24]


def test_competing_causes_and_delayed_entry_are_stored():
    clinical = table(time=["5", "6", "7", "8"], event=["1", "2", "0", "3"], entry=["0", "1", "7", "2"])
    endpoint = survival(other_causes=("2", "3"), entry_column="entry")
    values, findings = compute_endpoint_values(clinical, endpoint)
    assert list(values.event) == [1, 2, 3]
    assert values.entry is not None
    assert list(values.entry) == [0, 1, 2]
    assert values.missing == ("P2",)
    assert {"RX247", "RX248"} <= set(codes(findings))
    assert "RX248" not in codes(compute_endpoint_values(clinical, survival(other_causes=("2", "3")))[1])
    assert values.take(np.array([1])).entry == pytest.approx([1])


def test_negative_times_stop_and_are_left_out_and_zero_is_reported():
    clinical = table(time=["-3", "0", "5", "7"], event=["1", "0", "1", "0"])
    values, findings = compute_endpoint_values(clinical, survival())
    assert values.case_ids == ("P1", "P2", "P3")
    assert {"RX240", "RX241"} <= set(codes(findings))


def test_months_among_days_are_found_and_honest_times_are_not():
    rng = np.random.default_rng(1)
    days = rng.weibull(1.2, 120) * 900 + 60
    event = rng.integers(0, 2, 120).astype(str)
    honest = table(time=[f"{t:.0f}" for t in days], event=event)
    assert not {"RX242", "RX243"} & set(codes(compute_endpoint_values(honest, survival())[1]))
    other_centre = np.where(np.arange(120) < 40, days.clip(250, 1500) / 30.4, days.clip(250, None))
    mixed = table(time=[f"{t:.1f}" for t in other_centre], event=event)
    finding = next(f for f in compute_endpoint_values(mixed, survival())[1] if f.code == "RX242")
    assert 15 < finding.params["factor"] < 60


def test_a_centre_that_counts_in_months_is_found_where_times_overlap():
    rng = np.random.default_rng(7)
    days = rng.exponential(800, 60) + 3
    times = np.where(np.arange(60) < 30, days, days / 30.4)
    clinical = table(time=[f"{t:.1f}" for t in times], event=["1", "0"] * 30)
    centres = {f"P{i}": "A" if i < 30 else "B" for i in range(60)}
    assert "RX242" in codes(compute_endpoint_values(clinical, survival(), centres=centres)[1])
    shuffled = {f"P{i}": "AB"[i % 2] for i in range(60)}
    assert "RX242" not in codes(compute_endpoint_values(clinical, survival(), centres=shuffled)[1])


@pytest.mark.parametrize("seed", range(20))
def test_ordinary_survival_times_are_never_called_two_units(seed):
    rng = np.random.default_rng(seed)
    times = rng.exponential(700, 60) + 1
    clinical = table(time=[f"{t:.0f}" for t in times], event=["1", "0"] * 30)
    assert "RX242" not in codes(compute_endpoint_values(clinical, survival())[1])


@pytest.mark.parametrize(
    ("unit", "scale", "better"), [("months", 900, "days"), ("days", 20, "months"), ("years", 40, "months")]
)
def test_an_improbable_unit_is_reported(unit, scale, better):
    times = np.linspace(0.2, 2, 40) * scale
    clinical = table(time=[f"{t:.1f}" for t in times], event=["1", "0"] * 20)
    finding = next(f for f in compute_endpoint_values(clinical, survival(unit=unit))[1] if f.code == "RX243")
    assert finding.params["better"] == better


def test_inverted_coding_is_reported():
    # 40 survivors followed for years carry code 1, 15 deaths within the first year code 0
    clinical = table(
        time=[str(900 + 10 * i) for i in range(40)] + [str(100 + 10 * i) for i in range(15)],
        event=["1"] * 40 + ["0"] * 15,
    )
    finding = next(f for f in compute_endpoint_values(clinical, survival())[1] if f.code == "RX244")
    assert finding.params["share"] == 1.0
    right_way = compute_endpoint_values(clinical, survival(event_codes=("0",)))[1]
    assert "RX244" not in codes(right_way)


@pytest.mark.parametrize(
    ("column", "code", "expected"),
    [("status", "alive", True), ("status", "存活", True), ("alive", "1", True), ("status", "dead", False),
     ("dead", "1", False), ("status", "died of disease", False)],
)  # fmt: skip
def test_an_event_value_that_means_alive_is_reported(column, code, expected):
    clinical = table(time=["5", "6"] * 12, **{column: [code, "other"] * 12})
    _, findings = compute_endpoint_values(clinical, survival(event_column=column, event_codes=(code,)))
    assert ("RX245" in codes(findings)) is expected


def test_an_endpoint_without_any_time_column_says_what_to_choose():
    with pytest.raises(EndpointError, match="neither a time column nor two date columns"):
        compute_endpoint_values(table(event=["1", "0"]), survival(time_column=""))


def test_causes_values_beside_the_event_and_few_events_are_said_with_their_numbers():
    clinical = table(time=["5"] * 12, event=["a", "b", "c", "d", "e", pd.NA] * 2)
    endpoint = survival(event_codes=("a", "x"), other_causes=("b", "c"))
    values, findings = compute_endpoint_values(clinical, endpoint)
    assert values.event.tolist() == [1, 2, 3, 0, 0] * 2
    said = {f.code: f.fields() for f in findings}
    assert (said["RX233"]["positive"], said["RX233"]["values"]) == ("a, x", "d, e")
    assert [said["RX232"][name] for name in ("endpoint", "events", "others", "n")] == ["os", 2, 8, 10]
    assert [said["RX230"][name] for name in ("n", "total", "examples")] == [2, 12, "P5, P11"]
    with pytest.raises(
        EndpointError, match=r"'x, y' does not occur in column 'event'. The column holds: a, b, c, d, e$"
    ):
        compute_endpoint_values(clinical, survival(event_codes=("x", "y")))


def test_classes_that_occur_nowhere_are_refused_and_strangers_are_counted():
    clinical = table(kind=["A", "b", "z", "z", "q"])
    with pytest.raises(EndpointError, match=r"'c, d' does not occur in column 'kind'\. The column holds: A, b, z, q"):
        compute_endpoint_values(clinical, MulticlassEndpoint(name="k", column="kind", classes=("c", "d")))
    values, findings = compute_endpoint_values(
        clinical, MulticlassEndpoint(name="k", column="kind", classes=("a", "b", "c"))
    )
    assert (values.case_ids, values.event.tolist()) == (("P0", "P1"), [0, 1])
    neither = next(f for f in findings if f.code == "RX234").fields()
    assert [neither[name] for name in ("column", "n", "values")] == ["kind", 3, "z, q"]
    few = next(f for f in findings if f.code == "RX232").fields()
    assert [few[name] for name in ("events", "others", "n")] == [1, 1, 2]


def test_the_columns_of_an_endpoint_are_those_it_reads():
    both = survival(time_column="", start_column="s", end_column="e", entry_column="n")
    assert endpoint_columns(both) == ("s", "e", "event", "n")
    assert outcome_column(both) == "event"
    binary = BinaryEndpoint(name="b", column="c", positive="1")
    assert (endpoint_columns(binary), outcome_column(binary)) == (("c",), "c")
