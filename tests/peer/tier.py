"""What tests of the longer tier begin with: they are asked for, and the program is built."""

import os
import sys


def program(does):
    """The program's path; ends a test that is not to run, having said what it does."""
    path = os.path.abspath(os.environ.get(
        "SLTRACE", os.path.dirname(__file__) + "/../../build/sltrace"))
    if not os.environ.get("SLT_LONG"):
        print(f"1..0 # SKIP SLT_LONG=1 {does}")
        sys.exit()
    if not os.access(path, os.X_OK):
        print("1..0 # SKIP the program is not built")
        sys.exit()
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[variable] = "1"
    return path
