"""``python -m radiomics_core``: the same as the command ``radiomics-explorer``."""

from __future__ import annotations

import sys

from radiomics_core.cli import main

if __name__ == "__main__":
    sys.exit(main())
