"""The program's commands, and what they answer."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass

OK, DIFFERS, TROUBLE, UNFIT = range(4)


class Failed(Exception):
    """A command that ended with another status than 0, or than it may; `status` is its exit
    status, 2 for trouble, 3 where this machine cannot judge, -N for signal N."""

    def __init__(self, message, status):
        super().__init__(message)
        self.status = status


def program():
    """The path of the program: $SLTRACE, else sltrace on the path."""
    path = os.environ.get("SLTRACE") or shutil.which("sltrace")
    if not path:
        raise Failed("the program sltrace is not on the path; set SLTRACE to its path", UNFIT)
    return path


def command(*arguments, statuses=(OK,), json_out=False):
    """Runs `sltrace ARGUMENTS...` and returns (exit status, output): text, or the object that
    --json gives.  Failed, with the program's message, for a status that is not among
    `statuses`."""
    words = [program(), *map(os.fspath, map(_text, arguments))]
    if json_out:
        words.append("--json")
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode not in statuses:
        message = done.stderr.decode("utf-8", "replace").strip()
        raise Failed(message or f"sltrace ended with status {done.returncode}", done.returncode)
    text = done.stdout.decode("utf-8")
    return done.returncode, json.loads(text) if json_out else text


def _text(argument):
    return argument if isinstance(argument, (str, os.PathLike)) else str(argument)


def run(manifest, out=None, only=None, jobs=None):
    """Computes a study, or goes on with it; returns the program's account of it."""
    return command("run", manifest, *_given("--out", out), *_given("--only", only),
                   *_given("--jobs", jobs), "--quiet", json_out=True)[1]


def record(manifest, from_=None, golden=None, force=None):
    """Writes the golden of a finished study; returns the program's account of it."""
    return command("record", manifest, *_given("--from", from_), *_given("--golden", golden),
                   *_given("--force", force), json_out=True)[1]


@dataclass(frozen=True)
class Verdict:
    """What `verify` says of one golden.  `status` is 0 where all that was judged is identical,
    1 where something differs, 2 for trouble, 3 where this machine cannot judge; `report` is
    the whole object of --json for the golden."""

    golden: str
    status: int
    message: str | None
    runs: int
    judged: int
    identical: int
    report: dict

    @property
    def ok(self):
        return self.status == OK

    def failures(self):
        """Names and diagnostics of the lines that are not ok."""
        return [(line["name"], line["diagnostic"]) for line in self.report["tests"]
                if not line["ok"]]


def verify(*goldens, sample=None, only=None, traces=None, jobs=None, segments=False):
    """Runs goldens again and compares every bit: a Verdict, or a list of them for several
    goldens.  It does not raise where bits differ: look at `ok`."""
    if not goldens:
        raise ValueError("verify: no golden is given")
    status, report = command("verify", *goldens, *_given("--sample", sample),
                             *_given("--only", only), *_given("--traces", traces),
                             *_given("--jobs", jobs), *(["--segments"] if segments else []),
                             "--quiet", statuses=(OK, DIFFERS, TROUBLE, UNFIT), json_out=True)
    told = report.get("goldens") or []
    if len(told) != len(goldens):
        error = report.get("error") or {}
        raise Failed(error.get("message") or "verify judged no golden", status or TROUBLE)
    verdicts = [Verdict(one["golden"], one["exit"], one["message"], one["runs"], one["judged"],
                        one["identical"], one) for one in told]
    worst = next((s for s in (TROUBLE, DIFFERS, UNFIT) if any(v.status == s for v in verdicts)), OK)
    if worst != status:
        raise Failed(f"verify ended with status {status}, its verdicts say {worst}", TROUBLE)
    return verdicts[0] if len(verdicts) == 1 else verdicts


def _given(option, value):
    return [] if value is None else [option, value]
