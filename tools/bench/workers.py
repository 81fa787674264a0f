"""Children that time things: worker.h has their protocol."""

import contextlib
import json
import os
import re
import shutil
import subprocess

# OpenBLAS's core types worth a try, and the CPU flag that each needs; without AVX-512 as
# well, for a comparison at AVX2.
CORE_TYPES = {"SkylakeX": "avx512bw", "Cooperlake": "avx512_bf16", "SapphireRapids": "amx_bf16",
              "Haswell": "avx2", "Zen": "avx2", "Prescott": "sse3", "NEOVERSEN1": "asimd",
              "CORTEXA57": "asimd"}
# The same for PyTorch, which also has vectors of its own (ATEN_CPU_CAPABILITY).
PEER_CORE_TYPES = ("SkylakeX", "Zen", "Haswell", "NEOVERSEN1")
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def cpu_flags():
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
            found = re.search(r"^(?:flags|Features)\s*:(.*)$", file.read(), re.MULTILINE)
    except OSError:
        return set()
    return {"sse3", *found[1].split()} if found else set()


class Worker:
    """A child.  It lives in a process group of its own: Ctrl-C is for its parent alone."""

    def __init__(self, name, command, top, environment):
        self.name, self.environment = name, {**ONE_THREAD, **(environment or {})}
        self.given, self.told = set(), None
        self.child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            start_new_session=True, cwd=top,
            env={**os.environ, **self.environment})

    def ask(self, line):
        try:
            self.child.stdin.write(line + "\n")
            self.child.stdin.flush()
        except BrokenPipeError:
            pass
        answer = self.child.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.name} ended at: {line[:200]}")
        return answer

    def info(self):
        """What it says of itself."""
        if self.told is None:
            self.told = json.loads(self.ask("info"))
        return self.told

    def seconds(self, task, count):
        return float(self.ask(f"{count} {task}"))

    def settings(self, name, text):
        """Gives a peer the settings of a run, once."""
        if name not in self.given:
            self.given.add(name)
            self.ask(f"settings {name} {text}")

    def close(self):
        """It may be in the middle of something."""
        self.child.kill()
        with contextlib.suppress(BrokenPipeError):
            self.child.stdin.close()
        self.child.stdout.close()
        self.child.wait()


class Workers:
    """All children, each started when it is first needed."""

    def __init__(self, top, options):
        self.top, self.options = top, options
        self.build = os.path.abspath(options.build)
        self.flags = cpu_flags()
        if options.isa in ("avx2", "scalar"):
            self.flags = {flag for flag in self.flags if not flag.startswith(("avx512", "amx"))}
        self.running, self.lists = {}, {}

    def start(self, name, command, environment=None):
        if name not in self.running:
            self.running[name] = Worker(name, command, self.top, environment)
        return self.running[name]

    def ours(self):
        isa = [self.options.isa] if self.options.isa else []
        return self.start("ours", [f"{self.build}/bench-worker", *isa])

    def blas(self):
        """OpenBLAS by core type, those that it really has; none where it is missing."""
        if "blas" not in self.lists:
            program = f"{self.build}/bench-blas"
            self.lists["blas"] = [] if not os.path.exists(program) else self.distinct([
                self.start(f"OpenBLAS {core}", [program], {"OPENBLAS_CORETYPE": core})
                for core, flag in CORE_TYPES.items() if flag in self.flags], "corename")
        return self.lists["blas"]

    def distinct(self, workers, field):
        """One worker for each value of a field of what they say of themselves."""
        kept = {}
        for worker in workers:
            kept.setdefault(worker.info()[field], worker)
        return list(kept.values())

    def peers(self):
        """PyTorch by OpenBLAS's core type; none where it is missing."""
        if "peers" not in self.lists:
            self.lists["peers"] = self.start_peers()
        return self.lists["peers"]

    def start_peers(self):
        python = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else shutil.which(
            "python3")
        there = subprocess.run([python, "-c", "import torch"], capture_output=True, check=False)
        if there.returncode:
            return []
        vectors = "avx512" if "avx512bw" in self.flags else "avx2"
        found = [core for core in PEER_CORE_TYPES if CORE_TYPES[core] in self.flags]
        peers = [self.start(f"PyTorch {core}", [python, f"{self.top}/tools/bench/peer.py"],
                            {"OPENBLAS_CORETYPE": core, "ATEN_CPU_CAPABILITY": vectors})
                 for core in found[:1 if self.options.quick else None]]
        for peer in peers:
            peer.info()
        return peers

    def close(self):
        """Ends all; how the rivals were started, and what they said of themselves."""
        for worker in self.running.values():
            worker.close()
        return {worker.name: {**worker.environment, **worker.told}
                for worker in self.running.values() if worker.name != "ours" and worker.told}
