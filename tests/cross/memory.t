#!/bin/sh
# Memory sanitizer (clang): what reads bytes of strangers reads none that was never written.
# Each fuzz target over its corpus, and with SLT_LONG=1 some seconds of looking for more.
# What libraries read and write is told by tests/fuzz/borders/memory.c.
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$top/tests/fuzz/fuzz" --memory --build "$work" --seed "${SLT_SEED-1}" --seconds "${SLT_FUZZ_SECONDS-0}"
