#!/bin/sh
# The committed constants of fixed point, and known answers of its functions, are what
# their generators make.
top=$(cd "$(dirname "$0")/../.." && pwd)
echo 1..2
number=0
failed=0
for name in fixed fixed_functions; do
    number=$((number + 1))
    message=$("${PYTHON:-/usr/bin/python3}" "$top/tools/gen/$name.py" --check 2>&1)
    case $? in
    0) echo "ok $number - what tools/gen/$name.py makes is what is there" ;;
    77) echo "ok $number - constants of fixed point # SKIP python3-mpmath is not installed" ;;
    *)
        echo "not ok $number - what tools/gen/$name.py makes is what is there"
        echo "$message" | sed 's/^/# /'
        failed=1
        ;;
    esac
done
exit $failed
