"""Reading a golden and judging runs by it: section 15 of docs/spec."""

import hashlib
import os

import fingerprints
import text


class Golden:
    def __init__(self, path):
        with open(path, "rb") as file:
            content = file.read()
        hashed, root = content.split(b"root sha256:")
        self.claims = [line.split()[1:] for line in root.decode("ascii").splitlines()[1:]]
        self.root_holds = hashlib.sha256(hashed).hexdigest() == root[:64].decode()
        self.lines, self.rows, run = {}, {}, None
        for line in hashed.decode("ascii").splitlines():
            words = line.split()
            if words[0].isdigit():
                run = int(words[0])
                self.rows[run] = dict(zip(self.lines["columns"], words))
            elif words[0] == "trail":
                self.rows[run]["trail"] = words[1:]
            else:
                self.lines[words[0]] = words[1:]
        self.name = self.lines["name"][0]
        self.manifest = os.path.join(os.path.dirname(path),
                                     text.unword(self.lines["manifest"][0]))

    def row(self, number, values, run):
        """What the golden would say of a run, and by which columns."""
        found = {"run": str(number), "status": run.status,
                 "experiment": run.experiment.hex(), "chain": run.trace.hashes[-1].hex(),
                 "sha256": hashlib.sha256(run.trace.bytes).hexdigest(),
                 "trail": trail(run.trace.hashes)}
        found |= {axis: text.scalar(value) for axis, value in values.items()}
        for column in self.lines["columns"]:
            found.setdefault(column, text.scalar(run.results.get(column)))
        return found

    def differences(self, number, values, run):
        expected, found = self.rows[number], self.row(number, values, run)
        return [f"{key}: expected {expected.get(key)}, found {found[key]}"
                for key in found if expected.get(key) != found[key]]

    def head(self, runs, of_figure):
        """The lines `numerics`, `math`, `base` and `runs` of all runs, and of a figure
        that calls those functions."""
        called = sorted({name for run in runs for name in fingerprints.called(run.part)}
                        | of_figure)
        found = {"numerics": ["1"], "base": [runs[0].canonical.hex()],
                 "runs": [str(len(runs))]}
        if called:
            known = fingerprints.published()
            found["math"] = [f"{name}:{known[name]}" for name in called]
        return found


def trail(hashes):
    """The first digits of up to 64 chain hashes, the first and the last among them."""
    n, m = len(hashes), min(len(hashes), 64)
    places = [j * (n - 1) // (m - 1) if m > 1 else 0 for j in range(m)]
    return [f"{k}:{hashes[k].hex()[:8]}" for k in places]
