"""The command line: every action of the pages without a browser, through the same functions.

Exit codes: 0 done, 1 a finding or an error stops, 2 wrong usage. Progress goes to stderr, results to files.
"""

from __future__ import annotations

from radiomics_core.cli.main import main

__all__ = ["main"]
