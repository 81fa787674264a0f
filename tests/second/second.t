#!/usr/bin/python3
"""The second implementation against the published numbers: the fingerprints of section 4
of REPRODUCING.md, and every run of every golden of golden/smoke."""

import glob
import os
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import fingerprints  # noqa: E402
import second  # noqa: E402

for name, digits in fingerprints.published().items():
    second.report(fingerprints.fingerprint(name) == digits, f"fingerprint {name}")
goldens = sorted(glob.glob(os.path.join(HERE, "../../golden/smoke/*.golden")))
second.report(len(goldens) > 0, "there are goldens")
for path in goldens:
    second.judge(path)
second.plan()
