#!/usr/bin/python3
"""The program against the second implementation: what the smoke goldens leave out of
fixed point, early ends, shared weights and records, one manifest each in manifests/."""

import glob
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import second  # noqa: E402

program = os.path.abspath(os.environ.get("SLTRACE", HERE + "/../../build/sltrace"))
if not os.access(program, os.X_OK):
    print("1..0 # SKIP the program is not built")
    sys.exit()


def golden(manifest, folder):
    """The golden that the program makes of a manifest."""
    path = os.path.join(folder, os.path.basename(manifest)[:-5])
    for words in (["run", "--jobs", "1", "--out", path, manifest],
                  ["record", "--from", path, "--golden", path + ".golden", "--force",
                   "of one study all runs end early", manifest]):
        done = subprocess.run([program, "--quiet", *words], stdout=subprocess.DEVNULL,
                              check=False)
        what = f"sltrace {words[0]} {os.path.basename(manifest)}"
        second.report(done.returncode == 0, what)
    return path + ".golden"


with tempfile.TemporaryDirectory() as temporary:
    for name in sorted(glob.glob(HERE + "/manifests/*.yaml")):
        second.judge(golden(name, temporary))
second.plan()
