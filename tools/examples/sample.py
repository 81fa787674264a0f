#!/usr/bin/env python3
"""Trains a manifest's run and samples the chains of its first estimate, by ctypes:

    sample.py MANIFEST [RUN]

The library is libsltrace.so.0, or what $SLTRACE_LIBRARY names."""
import ctypes
import os
import sys
from ctypes import POINTER, Structure, byref, c_char, c_char_p, c_double, c_int, c_size_t
from ctypes import c_uint64, c_void_p

slt = ctypes.CDLL(os.environ.get("SLTRACE_LIBRARY", "libsltrace.so.0"))


class Error(Structure):
    _fields_ = [("status", c_int), ("text", c_char * 1024)]


class Options(Structure):
    _fields_ = [("size", c_size_t), ("run", c_size_t), ("jobs", c_size_t),
                ("path", c_char_p), ("cancel", c_void_p)]


class Chain(Structure):
    _fields_ = [("chain", c_size_t), ("status", c_int), ("losses", POINTER(c_double)),
                ("draws", c_size_t), ("weights", POINTER(c_double)),
                ("parameters", c_size_t), ("nbeta", c_double), ("init_loss", c_double)]


ChainCall = ctypes.CFUNCTYPE(c_int, c_void_p, POINTER(Chain), POINTER(Error))


class Page(Structure):
    _fields_ = [("context", c_void_p), ("chain", ChainCall), ("result", c_void_p),
                ("later", c_size_t * 8)]


class Estimate(Structure):
    _fields_ = [("status", c_int), ("mean", c_double), ("std", c_double),
                ("chains", c_size_t)]


def call(name, *arguments):
    """Calls a function that can fail; what it says then is raised."""
    error = Error()
    if getattr(slt, name)(*arguments, byref(error)):
        raise RuntimeError(error.text.decode())


def main():
    call("slt_start", None)
    options = Options()
    slt.slt_core_options_init(byref(options), c_size_t(ctypes.sizeof(options)))
    options.run = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    core = c_void_p()
    call("slt_core_open", sys.argv[1].encode(), byref(options), byref(core))

    def tell(_context, told, _error):
        chain = told.contents
        mean = sum(chain.losses[i] for i in range(chain.draws)) / chain.draws
        print(f"chain {chain.chain}: nbeta {chain.nbeta:.6g}, mean loss {mean:.6g}")
        return 0

    try:
        call("slt_core_train", core, c_uint64(2**64 - 1), None)
        found = Estimate()
        call("slt_core_sample", core, c_size_t(0), byref(Page(None, ChainCall(tell), None)),
             byref(found))
        print(f"llc {found.mean!r}, std {found.std!r}")
    finally:
        slt.slt_core_free(core)


if __name__ == "__main__":
    try:
        main()
    except (RuntimeError, IndexError) as error:
        sys.exit(f"sample.py: {error}")
