"""Proportional-hazards test against R: survival 3.5-3, ``cox.zph(coxph(...))``, kept in ``r/cox_zph.json``."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from radiomics_core.survival.forest import cox_forest
from radiomics_core.survival.proportional_hazards import proportional_hazards

STORED = json.loads((Path(__file__).parent / "r" / "cox_zph.json").read_text(encoding="utf-8"))


def ovarian():
    """26 patients of R's ``ovarian``, no ties."""
    table = pd.DataFrame(STORED["ovarian"]["data"])
    return table[["age", "ecog.ps"]], table["futime"], table["fustat"], None


def simulated():
    """120 cases with many ties and a factor of three levels."""
    table = pd.DataFrame(STORED["simulated"]["data"])
    columns = {"siteliver": table["site"] == "liver", "sitelung": table["site"] == "lung"}
    x = table[["a", "b"]].assign(**{name: flag.astype(float) for name, flag in columns.items()})
    return x, table["time"], table["event"], ["a", "b", "site", "site"]


@pytest.mark.parametrize("cases", [ovarian, simulated])
def test_chi_square_df_and_p_of_each_covariate_and_globally_equal_cox_zph(cases):
    x, time, event, terms = cases()
    reference = STORED[cases.__name__]["km"]
    made = proportional_hazards(x, time, event, terms=terms).frame()
    assert made["term"].tolist() == reference["terms"]
    assert made["df"].tolist() == reference["df"]
    assert made["statistic"].to_numpy() == pytest.approx(np.array(reference["chisq"]), rel=1e-6, abs=1e-9)
    assert made["p"].to_numpy() == pytest.approx(np.array(reference["p"]), rel=1e-6)


@pytest.mark.parametrize("cases", [ovarian, simulated])
def test_residuals_and_their_time_axis_equal_cox_zph(cases):
    x, time, event, _terms = cases()
    reference = STORED[cases.__name__]["km"]
    made = proportional_hazards(x, time, event).residuals
    wide = np.array(reference["y"])
    for place, column in enumerate(reference["columns"]):
        part = made[made["column"] == column]
        assert part["time"].tolist() == reference["time"]
        assert part["transformed"].to_numpy() == pytest.approx(np.array(reference["x"]), abs=1e-12)
        # tied events may stand in another order: their sum is what the test uses
        expected = pd.Series(wide[:, place]).groupby(reference["time"]).sum()
        assert part.groupby("time")["residual"].sum().to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-6)


def test_a_factor_of_three_levels_has_one_p_in_the_table_and_one_finding():
    table = pd.DataFrame(STORED["simulated"]["data"])
    site = pd.Categorical(table["site"], categories=["bone", "liver", "lung"])
    made = cox_forest(table[["a", "b"]].assign(site=site), table["time"], table["event"])
    reference = dict(zip(STORED["simulated"]["km"]["terms"], STORED["simulated"]["km"]["p"], strict=True))
    of_site = made.table[made.table["name"] == "site"]
    assert of_site["ph_p"].tolist() == pytest.approx([reference["site"]] * 2, rel=1e-5)
    assert made.ph_global_p == pytest.approx(reference["GLOBAL"], rel=1e-5)
    said = [finding.column for finding in made.findings if finding.code == "RX604"]
    assert said == ["site"]
