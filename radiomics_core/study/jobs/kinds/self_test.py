"""A job that proves the machinery on this computer: units compute keyed random numbers, and fail when told to."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np

from radiomics_core.errors import CaseError
from radiomics_core.files.atomic import write_json
from radiomics_core.settings import digest_of
from radiomics_core.study.jobs.kind import JobKind, Parts, Plan, Unit
from radiomics_core.study.storage.results import ResultKey
from radiomics_core.study.study import Study


class SelfTestJob(JobKind):
    """Payload: ``n`` units, ``seconds`` each, ``bad`` / ``crash`` / ``kill`` lists of unit numbers that go wrong."""

    name = "self_test"

    def plan(self, study: Study, payload: dict[str, Any]) -> Plan:
        """One unit per number."""
        units = [
            Unit(f"unit-{number:04d}", f"unit {number}", number, {"case_id": f"C{number}"})
            for number in range(int(payload["n"]))
        ]
        return Plan(tuple(units), payload, digest_of(payload))

    def run(self, shared: dict[str, Any], work: int) -> dict[str, Any]:
        """Sleep, go wrong if told to, else return keyed random numbers and the process that made them."""
        time.sleep(float(shared.get("seconds", 0)))
        if work in shared.get("bad", ()):
            raise CaseError(f"C{work}", "mask has 3 voxels, needs 8", remedy="Check the label value")
        if work in shared.get("crash", ()):
            raise ZeroDivisionError("nobody foresaw this")
        if work in shared.get("kill", ()):
            os.kill(os.getpid(), signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
        numbers = np.random.default_rng(np.random.SeedSequence([7, work])).normal(size=3)
        return {"numbers": numbers.tolist(), "threads": os.environ.get("OMP_NUM_THREADS", "")}

    def finish(self, study: Study, payload: dict[str, Any], plan: Plan, parts: Parts) -> dict[str, Any]:
        """Save all numbers in order."""
        values = {unit.key: value for unit, value in parts.values()}
        key = ResultKey("self_test", plan.digest, payload)
        study.results.save(key, lambda folder: _save(folder, values))
        return {"digest": key.digest}


def _save(folder: Path, values: dict[str, Any]) -> None:
    write_json(folder / "numbers.json", values)
