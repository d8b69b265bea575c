"""The differences that only describe are corrected for being several; the one named before looking is not among them."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from radiomics_core.analysis.differences import decided_by, make_differences
from radiomics_core.analysis.row_key import KEY, RowKey
from radiomics_core.analysis.rows import Collected

VALUES = {
    "combined|none|logistic_ridge": [0.80, 0.82, 0.78, 0.81, 0.79],
    "radiomics|none|logistic_ridge": [0.74, 0.77, 0.70, 0.75, 0.76],
    "clinical|none|logistic_ridge": [0.70, 0.71, 0.69, 0.73, 0.72],
    "volume|none|logistic": [0.66, 0.69, 0.60, 0.70, 0.62],
    "centre|none|logistic": [0.50, 0.55, 0.48, 0.61, 0.49],
}


@pytest.fixture
def differences():
    rows = [
        {**dict(zip(KEY, row.split("|"), strict=True)), "repeat": 0, "fold": fold, "value": value}
        for row, values in VALUES.items() for fold, value in enumerate(values)
    ]  # fmt: skip
    nothing = pd.DataFrame({name: [] for name in (*KEY, "moved", "shuffle", "value")})
    collected = Collected(
        data=None, settings=None, n_folds=5, predictions=nothing, folds=pd.DataFrame(rows), inner=nothing,
        chosen=nothing, shuffles=nothing, shuffled_cases=nothing, headline=RowKey("radiomics", "none", "logistic_ridge"),
    )  # fmt: skip
    return make_differences(collected).set_index("name")


def by_hand(first, second):
    """Corrected resampled t: variance times 1/5 + 1/4 for five folds."""
    change = np.subtract(VALUES[f"{first}"], VALUES[f"{second}"])
    error = np.sqrt((1 / 5 + 1 / 4) * change.var(ddof=1))
    return 2 * stats.t.sf(abs(change.mean()) / error, 4)


def test_each_described_p_is_the_corrected_t_and_then_corrected_by_holm_over_the_three(differences):
    ridge = "radiomics|none|logistic_ridge"
    p = {
        "radiomics - clinical": by_hand(ridge, "clinical|none|logistic_ridge"),
        "radiomics - volume": by_hand(ridge, "volume|none|logistic"),
        "radiomics - centre": by_hand(ridge, "centre|none|logistic"),
    }
    assert differences.loc[list(p), "p"].to_list() == pytest.approx(list(p.values()))
    first, second, third = sorted(p, key=p.get)
    assert differences.loc[first, "p_holm"] == pytest.approx(3 * p[first])
    assert differences.loc[second, "p_holm"] == pytest.approx(max(3 * p[first], 2 * p[second]))
    assert differences.loc[third, "p_holm"] == pytest.approx(max(3 * p[first], 2 * p[second], p[third]))
    assert (differences.loc[[first, second], "p_holm"] > 1.5 * differences.loc[[first, second], "p"]).all()


def test_the_words_of_a_described_difference_show_the_corrected_p(differences):
    record = differences.reset_index().set_index("name", drop=False).loc["radiomics - clinical"].to_dict()
    assert f"p = {record['p_holm']:.3f} after correction" in decided_by(record)


def test_the_primary_comparison_is_first_and_has_no_p_of_its_folds(differences):
    assert differences.index[0] == "combined - clinical"
    assert differences["primary"].tolist() == [True, False, False, False]
    assert differences.iloc[0][["p", "p_holm"]].isna().all()
    assert differences.iloc[0]["difference"] == pytest.approx(0.09)
