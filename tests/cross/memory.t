#!/bin/sh
# Memory sanitizer (clang): what reads bytes of strangers reads none that was never written.
# Each target of tests/fuzz over its corpus, in the longer tier (SLT_LONG=1).  What libraries
# read and write is told by tests/fuzz/borders/memory.c; of numbers there are the scalar
# kernels.
if [ -z "${SLT_LONG-}" ]; then
    echo "1..0 # SKIP SLT_LONG is not set"
    exit 0
fi
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$top/tests/fuzz/fuzz" --memory --build "$work" --seed "${SLT_SEED-1}" --seconds "${SLT_FUZZ_SECONDS-0}"
