"""Errors that tell a user what happened, what was found, what was expected and the way out.

An error carries a code, a text to translate and its parameters; it is worded when shown. ``str(error)`` is English.
"""

from __future__ import annotations

from radiomics_core.i18n import Text, english, translate


class RadiomicsError(Exception):
    """Base of every error this package raises on purpose.

    Parameters
    ----------
    problem : text
        What happened, what was got and what was expected; ``{name}`` fields are filled from ``params``.
    remedy : text, optional
        The way out, as an instruction.
    **params
        Values of the fields of ``problem`` and ``remedy``.
    """

    code = "error"

    def __init__(self, problem: Text, *, remedy: Text = "", **params: object) -> None:
        self.problem, self.remedy, self.params = problem, remedy, params
        super().__init__(self._joined(english(problem, **params), english(remedy, **params)))

    def prefix(self) -> str:
        """Return what stands before the problem, for example the case."""
        return ""

    def message(self) -> str:
        """Return the problem and the remedy in the session's language."""
        return self._joined(translate(self.problem, **self.params), translate(self.remedy, **self.params))

    def _joined(self, problem: str, remedy: str) -> str:
        text = f"{self.prefix()}{problem}"
        if not remedy:
            return text
        return f"{text} {remedy}" if text.endswith("?") else f"{text.rstrip('.')}. {remedy}"


class CaseError(RadiomicsError):
    """One case cannot be used; the others go on."""

    code = "case"

    def __init__(self, case_id: str, problem: Text, *, remedy: Text = "", **params: object) -> None:
        self.case_id = case_id
        super().__init__(problem, remedy=remedy, **params)

    def prefix(self) -> str:
        """Return the case this is about."""
        return f"case '{self.case_id}': "


class SettingsError(RadiomicsError, ValueError):
    """A setting has a value that its method cannot use."""

    code = "settings"


class ImageError(RadiomicsError):
    """An image or mask cannot be read or used."""

    code = "image"


class TableError(RadiomicsError):
    """A clinical or feature table cannot be read or used."""

    code = "table"


class EndpointError(RadiomicsError):
    """An endpoint cannot be made from the given columns."""

    code = "endpoint"


class StudyError(RadiomicsError):
    """A study folder cannot be created, opened or written."""

    code = "study"


class StudyInUseError(StudyError):
    """Another session holds the study; it can be read."""

    code = "in_use"


class SealedError(RadiomicsError):
    """Outcomes of external cases were asked for before the seal was opened."""

    code = "sealed"


class JobError(RadiomicsError):
    """A background job cannot start, or ended without its result."""

    code = "job"


class NotApplicableError(RadiomicsError):
    """A method cannot run on this input and says why; it never falls back to another result."""

    code = "not_applicable"


class ExtractionError(RadiomicsError):
    """Features of one region cannot be computed."""

    code = "extraction"
