"""Whether there is enough data for what is asked of it."""

from __future__ import annotations

from radiomics_core.checks import kinds
from radiomics_core.checks.facts import AnalysisFacts, not_applicable
from radiomics_core.clinical.endpoint_values import MIN_EVENTS
from radiomics_core.findings import Finding, found
from radiomics_core.i18n import lazy_

EVENTS_PER_PARAMETER = 10
IMBALANCE_SHARE = 0.2
FEATURES_PER_CASE = 5


def check_few_events(facts: AnalysisFacts) -> list[Finding]:
    """Find fewer than 10 cases in the smaller group."""
    values, smaller = facts.required_values(), facts.smaller_group()
    if smaller >= MIN_EVENTS:
        return []
    return [found(kinds.TOO_FEW_EVENTS, endpoint=values.endpoint.name, smaller=smaller, n=values.n)]


def check_events_per_parameter(facts: AnalysisFacts) -> list[Finding]:
    """Find fewer than 10 events for each estimated parameter (Peduzzi, J Clin Epidemiol 49 (1996) 1373-1379)."""
    if facts.n_parameters <= 0:
        raise not_applicable(lazy_("the number of parameters is not known"))
    smaller = facts.smaller_group()
    per = smaller / facts.n_parameters
    if per >= EVENTS_PER_PARAMETER:
        return []
    return [found(kinds.FEW_EVENTS_PER_PARAMETER, parameters=facts.n_parameters, events=smaller, per=per)]


def check_imbalance(facts: AnalysisFacts) -> list[Finding]:
    """Find a smaller class below one fifth of the cases."""
    values = facts.required_values()
    if values.kind not in ("binary", "multiclass", "ordinal"):
        raise not_applicable(lazy_("the endpoint has no classes"))
    smaller = facts.smaller_group()
    share = smaller / values.n
    if share >= IMBALANCE_SHARE:
        return []
    return [found(kinds.IMBALANCE, endpoint=values.endpoint.name, share=share, smaller=smaller, n=values.n)]


def check_many_features(facts: AnalysisFacts) -> list[Finding]:
    """Find more than five features for each case."""
    features = facts.required_features()
    cases = facts.values.n if facts.values is not None and facts.values.n else len(features)
    if features.shape[1] <= FEATURES_PER_CASE * cases:
        return []
    return [found(kinds.MANY_FEATURES, features=features.shape[1], cases=cases)]
