"""A second implementation of sltrace's runs, by the text of docs/spec alone.

    second.py GOLDEN ...               run all runs again and compare: TAP
    second.py --trace FILE MANIFEST N  write the trace of run N
"""

import csv
import hashlib
import itertools
import os
import sys

import claims
import figure
import manifest
import text
from golden import Golden
from trace import Run

_numbers = itertools.count(1)


def report(holds, what, *remarks):
    print(f"{'ok' if holds else 'not ok'} {next(_numbers)} - {what}", flush=True)
    for remark in remarks:
        print(f"# {remark}")


def judge(path):
    """One TAP line for a golden's head, one for each run, one for its figure data."""
    golden = Golden(path)
    read = manifest.read(golden.manifest)
    folder = os.path.dirname(golden.manifest)
    runs = [(values, Run(part, folder)) for values, part in manifest.runs(read)]
    called = figure.called(read.get("figure", {}))
    head = golden.head([run for _, run in runs], called)
    wrong = [key for key in head if golden.lines.get(key) != head[key]]
    report(golden.root_holds and not wrong, f"{golden.name}: root and head", *wrong)
    for number, (values, run) in enumerate(runs):
        differences = golden.differences(number, values, run.compute())
        sweep = " ".join(f"{axis}={value}" for axis, value in values.items())
        report(not differences, f"{golden.name}[{number}] {sweep}", *differences)
    if "data" in golden.lines:
        table = figure.table(read["figure"], runs, folder)
        digest = "sha256:" + hashlib.sha256(figure.data(table).encode()).hexdigest()
        report(golden.lines["data"][1] == digest, f"{golden.name}: figure data")
        judge_claims(golden, read, table)


def judge_claims(golden, read, table):
    _, run = next(iter(manifest.runs(read)))
    found = list(claims.lines(read["figure"], table, run))
    wrong = [claim for claim in found if claim not in golden.claims]
    same = not wrong and len(found) == len(golden.claims)
    report(same, f"{golden.name}: claims", *wrong)


def judge_data(path):
    """A TAP line for the data published with a golden: its hash, and the claims."""
    golden = Golden(path)
    if "data" not in golden.lines:
        return
    name = text.unword(golden.lines["data"][0])
    with open(os.path.join(os.path.dirname(path), name), "rb") as file:
        content = file.read()
    digest = "sha256:" + hashlib.sha256(content).hexdigest()
    report(golden.lines["data"][1] == digest, f"{golden.name}: published data")
    table = list(csv.reader(content.decode().splitlines()))
    judge_claims(golden, manifest.read(golden.manifest), table)


def write_trace(file_name, manifest_name, number):
    runs = manifest.runs(manifest.read(manifest_name))
    _, part = next(itertools.islice(runs, int(number), None))
    with open(file_name, "wb") as file:
        file.write(Run(part, os.path.dirname(manifest_name)).compute().trace.bytes)


def plan():
    print(f"1..{next(_numbers) - 1}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--trace"]:
        write_trace(*sys.argv[2:])
    else:
        for name in sys.argv[1:]:
            judge(name)
        plan()
