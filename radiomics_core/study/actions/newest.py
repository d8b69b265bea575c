"""Which stored analysis is shown: one of the study as it is now, else the newest, which is then out of date."""

from __future__ import annotations

from radiomics_core.study.storage.digests import upstream_digest
from radiomics_core.study.storage.results import ResultMeta
from radiomics_core.study.study import Study


def newest(study: Study, kind: str, endpoint: str | None = None) -> ResultMeta | None:
    """Return the newest analysis (of an endpoint) that fits the study as it is now, else the newest of all.

    After a change is undone, the result from before the change is valid again and newer ones are not.
    """
    metas = study.results.all(kind, **({} if endpoint is None else {"endpoint": endpoint}))
    return next((meta for meta in metas if is_current(study, meta)), metas[0] if metas else None)


def is_current(study: Study, meta: ResultMeta) -> bool:
    """Return whether the data, the method and the libraries of an analysis are those of now."""
    endpoint = str(meta.about["endpoint"])
    if endpoint not in study.endpoints or meta.inputs != upstream_digest(study, endpoint):
        return False
    from radiomics_core.study.jobs.kinds.analysis import key_of_plain

    return key_of_plain(study, endpoint, meta.settings).digest == meta.digest


def method_now() -> str:
    """Return the version of the method that would make such an analysis now; words for results are written for it."""
    from radiomics_core.study.jobs.kinds.analysis import method_version

    return method_version()
