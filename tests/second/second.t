#!/usr/bin/python3
"""The second implementation against the published numbers: the fingerprints of section 4
of docs/spec, every run of every golden of golden/smoke, and of the goldens of papers
the claims by their published data."""

import glob
import os
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import fingerprints  # noqa: E402
import ieee  # noqa: E402
import scalars  # noqa: E402
import second  # noqa: E402

for name, digits in fingerprints.published().items():
    second.report(fingerprints.fingerprint(name) == digits, f"fingerprint {name}")
for name, function in (("exp", scalars.exp), ("log", scalars.log),
                       ("sincospi", scalars.sincospi)):
    second.report(fingerprints.fingerprint(name, function)
                  == fingerprints.published()[name], f"fingerprint {name} in steps")
# Rounded to binary64 first, the one ends halfway and the other is no halfway number.
for x, b, s in ((1 + 2.0**-15, 2.0**-24 * (1 - 2.0**-15), 1 + 2.0**-23),
                (2.0**-75 * (1 - 2.0**-23), 2.0**-75 * (1 + 2.0**-23), 1025 * 2.0**-149)):
    row = ieee.fma32_row(x, [b, 0.5], [s, 1.25])
    second.report(row == [ieee.fma32(x, b, s), ieee.fma32(x, 0.5, 1.25)], "fma32_row")
goldens = sorted(glob.glob(os.path.join(HERE, "../../golden/smoke/*.golden")))
second.report(len(goldens) > 0, "there are goldens")
for path in goldens:
    second.judge(path)
for path in sorted(glob.glob(os.path.join(HERE, "../../golden/*/*.golden"))):
    if path not in goldens:
        second.judge_data(path)
second.plan()
