# Shared by the tests of this folder: TAP, builds in a temporary folder, smoke goldens.
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0
failed=0

# ok STATUS NAME: one test; STATUS 0 passes.
ok() {
    count=$((count + 1))
    if [ "$1" = 0 ]; then
        echo "ok $count - $2"
    else
        echo "not ok $count - $2"
        failed=1
    fi
}

# comment FILE: its lines as TAP comments.
comment() {
    sed 's/^/# /' "$1" | tail -n 40
}

# expect STATUS NAME COMMAND...: the exit status of a command, its output shown if other.
expect() {
    want=$1 name=$2
    shift 2
    got=0
    "$@" >"$work/output" 2>&1 </dev/null || got=$?
    if [ "$got" = "$want" ]; then
        ok 0 "$name"
    else
        ok 1 "$name"
        echo "# exit status $got, expected $want: $*"
        comment "$work/output"
    fi
}

finish() {
    echo "1..$count"
    exit $failed
}
