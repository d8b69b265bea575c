"""What a kind of background job is: how it divides the work, what one unit does, and how the parts become a result."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from radiomics_core.errors import RadiomicsError
from radiomics_core.files.atomic import read_json, write_json
from radiomics_core.findings import Finding, found
from radiomics_core.study import kinds

if TYPE_CHECKING:
    from radiomics_core.study.study import Study


Report = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Unit:
    """One unit of work.

    Attributes
    ----------
    key : str
        Name of its part file: letters, digits, ``-``, ``_`` and ``.`` only, unique in the job.
    label : str
        What the progress line says.
    work : object
        What the unit function gets beside the shared context (picklable, small).
    about : dict
        ``case_id``, ``image``, ``roi``: what a finding about this unit is about.
    """

    key: str
    label: str
    work: Any = None
    about: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """The units of a job and what they share; ``digest`` names the inputs, so that old parts are never mixed in."""

    units: tuple[Unit, ...]
    shared: Any = None
    digest: str = ""


@dataclass(frozen=True)
class Failure:
    """Why a unit gave no result.

    ``code`` is the error's code, ``"unexpected"`` for an error nobody foresaw, ``"killed"`` when its process was.
    """

    unit: Unit
    code: str
    reason: str
    details: str = ""

    def finding(self, job: str) -> Finding:
        """Return the finding the user sees."""
        about: dict[str, Any] = {**self.unit.about, "what": self.unit.label}
        if self.code == "killed":
            return found(kinds.WORKER_KILLED, **about)
        if self.code == "unexpected":
            return found(kinds.UNIT_CRASHED, **about, reason=self.reason, job=job)
        return found(kinds.UNIT_FAILED, **about, reason=self.reason)


class Parts:
    """Part files of a job: what each unit gave, or why it gave nothing."""

    def __init__(self, folder: Path, kind: JobKind, units: tuple[Unit, ...]) -> None:
        self.folder, self._kind, self.units = folder, kind, units

    def path(self, unit: Unit) -> Path:
        """Return the part file of a unit, there or not."""
        return self.folder / f"{unit.key}{self._kind.part_suffix}"

    def failed_path(self, unit: Unit) -> Path:
        """Return the file that says why a unit failed, there or not."""
        return self.folder / f"{unit.key}.failed.json"

    def is_done(self, unit: Unit) -> bool:
        """Return whether a unit has its part."""
        return self.path(unit).exists()

    def missing(self) -> list[Unit]:
        """Return the units that have neither a part nor a failure."""
        return [u for u in self.units if not self.is_done(u) and not self.failed_path(u).is_file()]

    def values(self) -> Iterator[tuple[Unit, Any]]:
        """Yield each finished unit with its value, in the order of the plan."""
        for unit in self.units:
            if self.is_done(unit):
                yield unit, self._kind.load_part(self.path(unit))

    def fail(self, unit: Unit, code: str, reason: str, details: str = "") -> None:
        """Note why a unit failed."""
        write_json(self.failed_path(unit), {"code": code, "reason": reason, "details": details})

    def failures(self) -> list[Failure]:
        """Return why units failed, in the order of the plan."""
        files = [(unit, self.failed_path(unit)) for unit in self.units if not self.is_done(unit)]
        return [Failure(unit, **read_json(file)) for unit, file in files if file.is_file()]

    def forget_failures(self) -> None:
        """Let failed units be tried again."""
        for file in self.folder.glob("*.failed.json"):
            file.unlink()


class JobKind(ABC):
    """One kind of job. The unit function sees only the shared context and its unit, never the study."""

    name: str
    part_suffix = ".json"
    report: Report = staticmethod(lambda done, total, what: None)
    """Says how far the plan is when planning itself takes long: ``report(done, total, what)``; set by the worker."""

    @abstractmethod
    def plan(self, study: Study, payload: dict[str, Any]) -> Plan:
        """Read the study and return the units of work (in the worker process)."""

    @abstractmethod
    def run(self, shared: Any, work: Any) -> Any:
        """Do one unit (in a pool process): same input, same output, whatever ran before."""

    @abstractmethod
    def finish(self, study: Study, payload: dict[str, Any], plan: Plan, parts: Parts) -> dict[str, Any]:
        """Put the parts together, save the result, and return what identifies it (``{"digest": ...}``)."""

    def dump_part(self, path: Path, value: Any) -> None:
        """Write a unit's value."""
        write_json(path, value, durable=False)

    def load_part(self, path: Path) -> Any:
        """Read a unit's value."""
        return read_json(path)


def error_to_dict(error: RadiomicsError) -> dict[str, Any]:
    """Return an error as codes and parameters, to be worded when it is shown."""
    params = {name: str(value) for name, value in error.params.items()}
    return {
        "problem": str(getattr(error.problem, "template", error.problem)),
        "remedy": str(getattr(error.remedy, "template", error.remedy)),
        "params": params,
        "prefix": error.prefix(),
    }


def error_message(stored: dict[str, Any]) -> str:
    """Return the words of a stored error in the session's language."""
    error = RadiomicsError(stored["problem"], remedy=stored["remedy"], **stored["params"])
    return f"{stored['prefix']}{error.message()}"
