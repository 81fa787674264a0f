# Shared by the tests of this folder: TAP, builds in a temporary folder, smoke goldens.
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0
failed=0

# A build that is thrown away compiles files of a room together, which takes half of the time.
# What is to be near a Release has its kernels of vectors, and all else at -O1.
# SLT_LONG=1: each file by itself, and Release.
together=-DSLT_UNITY=ON
near_release="-DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS=-O1 $together"
[ -z "${SLT_LONG-}" ] || together='' near_release=''

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

# expect_all NAME PREFIX PROGRAM...: every program exits with 0, as many at once as there
# are CPUs; each a test, called NAME and the program's.  PREFIX, if any, goes before them.
expect_all() {
    of=$1 prefix=$2
    shift 2
    rm -rf "$work/all" && mkdir "$work/all"
    printf '%s\n' "$@" | xargs -P "$(nproc)" -I '{}' sh -c \
        'at=$2/$(basename "$1")
        $3 "$1" >"$at.output" 2>&1 </dev/null
        echo $? >"$at.status"' sh '{}' "$work/all" "$prefix"
    for program; do
        at=$work/all/$(basename "$program")
        got=$(cat "$at.status" 2>/dev/null || echo none)
        [ "$got" = 0 ]
        ok $? "$of$(basename "$program")"
        [ "$got" = 0 ] || {
            echo "# exit status $got"
            comment "$at.output"
        }
    done
}

# ---- The program again, with some of its units changed -------------------------------

sltrace=${SLTRACE:-$top/build/sltrace}
build_of_sltrace=$(cd "$(dirname "$sltrace")" && pwd)

# needs_ninja: skips the test where the program's build folder cannot tell its commands.
needs_ninja() {
    if ! ninja -C "$build_of_sltrace" -t commands sltrace >"$work/commands" 2>/dev/null; then
        echo "1..0 # SKIP $build_of_sltrace is not a build folder of ninja"
        exit 0
    fi
}

# relink NAME OPTION...: $work/NAME, the program linked with objects or options before the
# library, whose units of the same name give way.
relink() {
    linked=$1
    shift
    line=$(grep -- ' -o sltrace ' "$work/commands" |
        sed "s| -o sltrace | -o $work/$linked |; s| libsltrace.a | $* libsltrace.a |")
    (cd "$build_of_sltrace" && sh -c "$line") >"$work/log" 2>&1
}

# doctor NAME FILE PERL: $work/NAME, the program with one file of the library changed.
doctor() {
    perl -0pe "$3" "$top/$2" >"$work/$1.c"
    ! cmp -s "$top/$2" "$work/$1.c"
    ok $? "$1: the source is doctored"
    compile=$(grep -F -- "-c $top/$2" "$work/commands" | head -n 1 |
        sed "s|-MD -MT [^ ]* -MF [^ ]* -o [^ ]* -c [^ ]*|-o $work/$1.o -c $work/$1.c|")
    (cd "$build_of_sltrace" && sh -c "$compile") >"$work/log" 2>&1 &&
        relink "$1" "$work/$1.o"
    bad=$?
    ok $bad "$1: it builds"
    [ $bad = 0 ] || comment "$work/log"
}

finish() {
    echo "1..$count"
    exit $failed
}
