#!/bin/sh
# The committed results of binary64 operations are what their generator makes.
top=$(cd "$(dirname "$0")/../.." && pwd)
echo 1..1
name="binary64.txt is made by tools/gen/binary64.py"
if message=$("${PYTHON:-/usr/bin/python3}" "$top/tools/gen/binary64.py" --check 2>&1); then
    echo "ok 1 - $name"
else
    echo "not ok 1 - $name"
    echo "$message" | sed 's/^/# /'
    exit 1
fi
