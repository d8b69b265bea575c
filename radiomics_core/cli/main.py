"""Entry of the command line: parse, run, word errors, give the exit code."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Sequence

from radiomics_core.cli.arguments import make_parser
from radiomics_core.cli.console import say, say_findings
from radiomics_core.errors import RadiomicsError
from radiomics_core.files.private import new_files_are_private
from radiomics_core.findings import StoppedError
from radiomics_core.i18n import _

DONE, STOPPED, USAGE = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments without the program's name; from the command line when not given.
    """
    multiprocessing.freeze_support()
    parser = make_parser()
    try:
        chosen = parser.parse_args(argv)
    except SystemExit as asked:
        return int(asked.code or 0)
    try:
        with new_files_are_private():
            return int(chosen.run(chosen))
    except StoppedError as error:
        say_findings(error.findings)
        say(_("stopped: no result, because of the findings above"))
        return STOPPED
    except RadiomicsError as error:
        say(_("stopped: {why}", why=error.message()))
        return STOPPED
    except KeyboardInterrupt:
        say(_("cancelled; what is finished is kept"))
        return STOPPED


if __name__ == "__main__":
    sys.exit(main())
