#!/bin/sh
# Double-click: sets up Radiomics Explorer when needed and opens it in the browser.
cd "$(dirname "$0")" || exit 1
for python in python3.11 python3.12 python3.13 python3; do
    if command -v "$python" >/dev/null 2>&1; then
        exec "$python" start.py "$@"
    fi
done
echo "Python is missing: install Python 3.11 from https://www.python.org/downloads/ and run this again."
exit 1
