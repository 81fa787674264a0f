#!/bin/sh
# SLT_LONG=1: how many branches of the readers the tests take, and that each other one has
# its reason in tests/fuzz/uncovered.txt.  Branches are those of one version of gcc.
top=$(cd "$(dirname "$0")/../.." && pwd)
if [ "${SLT_LONG-}" != 1 ]; then
    echo "1..0 # SKIP SLT_LONG=1 counts branches"
    exit
fi
exec "$top/tests/fuzz/coverage"
