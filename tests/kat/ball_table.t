#!/bin/sh
# The committed table of a ball's tail is what its generator makes.
top=$(cd "$(dirname "$0")/../.." && pwd)
echo 1..1
if message=$("${PYTHON:-/usr/bin/python3}" "$top/tools/gen/ball.py" --check 2>&1); then
    echo "ok 1 - ball_table.h and ball.txt are made by tools/gen/ball.py"
else
    echo "not ok 1 - ball_table.h and ball.txt are made by tools/gen/ball.py"
    echo "$message" | sed 's/^/# /'
    exit 1
fi
