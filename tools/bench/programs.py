"""Whole programs: how long they take and how much memory."""

import glob
import json
import os
import re
import subprocess
import tempfile
import time
from dataclasses import dataclass


@dataclass
class Took:
    status: int
    wall: float
    cpu: float
    peak_kb: int  # resident


def folder():
    """A temporary one; after Ctrl-C a child may still write there."""
    return tempfile.TemporaryDirectory(prefix="sltrace-bench-", ignore_cleanup_errors=True)


def resident_peak(pid):
    """Of a process that runs; resource usage would count its parent's pages too."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
            found = re.search(r"VmHWM:\s*(\d+) kB", file.read())
    except OSError:
        return 0
    return int(found[1]) if found else 0


def sltrace(measure, *words, cores=None):
    """`sltrace WORDS`, on the bench's core or on those given."""
    options = measure.options
    command = [f"{options.build}/sltrace", *words]
    if words[0] != "verify":
        command.append("--quiet")
    environment = {**os.environ, **({"SLTRACE_ISA": options.isa} if options.isa else {})}
    start, peak = time.monotonic(), 0
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                             cwd=measure.workers.top, env=environment)
    if cores:
        os.sched_setaffinity(child.pid, cores)
    while True:
        pid, status, usage = os.wait4(child.pid, os.WNOHANG)
        if pid:
            break
        peak = max(peak, resident_peak(child.pid))
        time.sleep(0.005)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{' '.join(command)}: exit status {child.returncode}")
    return Took(child.returncode, time.monotonic() - start,
                usage.ru_utime + usage.ru_stime, peak)


def counts_of(measure, folder):
    """Steps, checkpoints and SGLD updates of the one run in a study's folder."""
    trace, = glob.glob(f"{folder}/traces/*.trace")
    shown = json.loads(subprocess.run(
        [f"{measure.options.build}/sltrace", "show", trace, "--json"], check=True,
        capture_output=True, text=True).stdout)
    checkpoints = [record["step"] for record in shown["records"]
                   if record["kind"] == "checkpoint"]
    updates = 0
    for record in shown["records"]:
        if record["kind"] == "chain":
            estimate = shown["run"]["llc"][record["llc"]]
            updates += (estimate.get("num_burnin_steps", 0)
                        + estimate["num_draws"] * estimate.get("num_steps_bw_draws", 1))
    return {"train": checkpoints[-1], "metrics": len(checkpoints), "chain": updates}
