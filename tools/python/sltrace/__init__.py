"""sltrace from Python: traces and tables into arrays, the program's verdicts, manifests of
PyTorch modules.  See the package's README and docs/manual/python.md."""

from .program import Failed, Verdict, command, record, run, verify
from .study import Study
from .trace import Chain, Checkpoint, Fixed, Trace

__all__ = ["Chain", "Checkpoint", "Failed", "Fixed", "Study", "Trace", "Verdict", "command",
           "from_torch", "record", "run", "verify"]


def __getattr__(name):
    if name == "from_torch":  # PyTorch is loaded when it is asked for
        from .torch import from_torch
        return from_torch
    raise AttributeError(f"module 'sltrace' has no attribute '{name}'")
