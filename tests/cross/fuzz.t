#!/bin/sh
# Coverage-guided fuzzing under clang's sanitizers: the corpus of each target holds, and
# some seconds of looking for more find nothing.  The search is the same each time;
# SLT_SEED takes another.
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$top/tests/fuzz/fuzz" --build "$work" --seed "${SLT_SEED-1}" --seconds "${SLT_FUZZ_SECONDS-4}"
