"""Set up Radiomics Explorer and start it.

python start.py                  set up when needed, then open the dashboard on this computer
python start.py --port 8600      the same, from another port upwards
python start.py --no-browser     the same, without opening a browser
python start.py test [...]       run the whole test suite (arguments go to pytest)
python start.py cli ...          the command line: python start.py cli --help
python start.py repair           install everything again, also what could not be installed before

Standard library only. The first run makes .venv beside this file; later runs find its stamp and start at once.
The work is done in bootstrap/; this file is written so that any Python, even 2.7, can read it and say what it lacks.
"""

import sys

OLDEST, NEWEST = (3, 11), (3, 13)


def unfit(version, largest_int):
    """Return why this Python cannot run the dashboard and the way out, empty when it can."""
    way_out = "Install Python 3.11 from https://www.python.org/downloads/, then run again with it."
    here = ".".join(str(part) for part in tuple(version)[:3])
    if not OLDEST <= tuple(version)[:2] <= NEWEST:
        return "Radiomics Explorer needs Python 3.11 to 3.13, this is " + here + ". " + way_out
    if largest_int <= 2**32:
        return "Radiomics Explorer needs a 64-bit Python, this " + here + " is a 32-bit one. " + way_out
    return ""


def start(arguments):
    """Check this Python, then hand over to the code that needs it; return the exit code."""
    if arguments and arguments[0] in ("-h", "--help", "help"):
        sys.stdout.write(__doc__)
        return 0
    cause = unfit(sys.version_info, sys.maxsize)
    if cause:
        sys.stderr.write("start.py: " + cause + "\n")
        return 1
    from bootstrap.launch import main

    return main(arguments)


if __name__ == "__main__":
    sys.exit(start(sys.argv[1:]))
