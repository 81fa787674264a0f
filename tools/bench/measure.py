"""Races: things timed in turns, and what comes of them."""

import statistics
import sys
from dataclasses import dataclass

# Of a side's ways those that come to the race after a trial: so many of the best, and
# within this much of the best.
WAYS_MAX = 3
TRIAL_MARGIN = 1.1


@dataclass
class Entry:
    """One of a race: whose it is, how it is set up, who does what.  Of each side only the
    fastest counts."""

    side: str
    way: str
    worker: object
    task: str
    count: int = 0


class Measure:
    def __init__(self, workers, options, sections):
        """sections: what is measured so far, by name."""
        self.workers, self.options, self.sections = workers, options, sections
        self.quick = options.quick

    # ---- Progress --------------------------------------------------------------------

    def tell(self, text):
        """What is going on, on a terminal."""
        if sys.stderr.isatty():
            print(f"\r\033[Kbench: {text}", end="", file=sys.stderr, flush=True)

    def done(self):
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    # ---- Rounds ----------------------------------------------------------------------

    def fit(self, entry, seconds):
        """Sets the count so that a round takes about `seconds`."""
        entry.count, took = 1, entry.worker.seconds(entry.task, 1)
        while True:
            took = entry.worker.seconds(entry.task, entry.count)
            if took > seconds / 8:
                break
            entry.count *= 4 if took < seconds / 64 else 2
        entry.count = max(1, round(entry.count * seconds / took))

    def trial(self, entries, seconds):
        """Leaves of each side those that may be its fastest."""
        sides = {}
        for entry in entries:
            sides.setdefault(entry.side, []).append(entry)
        kept = []
        for side in sides.values():
            for entry in side:
                self.fit(entry, seconds / 4)
            if len(side) > 1:
                best = {id(entry): min(entry.worker.seconds(entry.task, entry.count) / entry.count
                                       for _ in range(3)) for entry in side}
                side = sorted(side, key=lambda entry, best=best: best[id(entry)])[:WAYS_MAX]
                side = [entry for entry in side
                        if best[id(entry)] <= TRIAL_MARGIN * best[id(side[0])]]
            kept += side
        for entry in kept:
            entry.count = max(1, entry.count * 4)
        return kept

    def race(self, entries, seconds=0.02, rounds=11):
        """Seconds a unit of each side's fastest way, in turns: {side: {seconds, way, of:
        [seconds of each round]}}."""
        if self.quick:
            seconds, rounds = min(seconds, 0.004), 3
        entries = self.trial(entries, seconds)
        times = {id(entry): [] for entry in entries}
        for _ in range(rounds):
            for entry in entries:
                took = entry.worker.seconds(entry.task, entry.count)
                times[id(entry)].append(took / entry.count)
        found = {}
        for entry in entries:
            middle = statistics.median(times[id(entry)])
            if entry.side not in found or middle < found[entry.side]["seconds"]:
                found[entry.side] = {"seconds": middle, "way": entry.way,
                                     "of": times[id(entry)]}
        return found

    @staticmethod
    def ratio(found, side, ours="ours"):
        """How many times the time of ours a side takes: the median over the rounds."""
        if side not in found:
            return None
        return statistics.median(
            theirs / own for theirs, own in zip(found[side]["of"], found[ours]["of"]))
