#!/bin/sh
# Coverage-guided fuzzing under clang's sanitizers: the corpus of each target holds, and
# a thousand executions that look for more find nothing.  The search is the same each time,
# on a slow machine too; SLT_SEED takes another, SLT_FUZZ_SECONDS searches for so long.
# Then a reader with a leak planted: the corpus must tell.
. "$(dirname "$0")/lib.sh"

build=$work/fuzz
fuzz() {
    "$top/tests/fuzz/fuzz" --build "$build" --seed "${SLT_SEED-1}" "$@"
}

# planted WHAT TARGET FILE PERL WORDS: with one file of the library changed, the corpus of a
# target fails, and what is said has the words.
planted() {
    perl -0pe "$4" "$top/$3" >"$work/planted.c"
    ! cmp -s "$top/$3" "$work/planted.c"
    ok $? "$1: the source is doctored"
    ninja -C "$build" -t commands "fuzz/$2" >"$work/commands"
    unit=$(grep -F -- "-c $top/$3" "$work/commands" | head -n 1)
    compile=$(echo "$unit" |
        sed "s|-MD -MT [^ ]* -MF [^ ]* -o [^ ]* -c [^ ]*|-o $work/planted.o -c $work/planted.c|")
    link=$(tail -n 1 "$work/commands" | sed "s| libsltrace.a | $work/planted.o libsltrace.a |")
    (cd "$build" && sh -c "$compile && $link") >"$work/log" 2>&1
    bad=$?
    ok $bad "$1: it builds"
    [ $bad = 0 ] || comment "$work/log"
    ! fuzz --seconds 0 "$2" >"$work/log" && grep -qF "$5" "$work/log"
    bad=$?
    ok $bad "$1: $5"
    [ $bad = 0 ] || comment "$work/log"
}

search="--runs 1000"
[ -z "${SLT_FUZZ_SECONDS-}" ] || search="--seconds $SLT_FUZZ_SECONDS"
fuzz $search >"$work/found" || failed=1
sed '/^1\.\./d' "$work/found" # the plan is ours
! grep -q '^Bail out!' "$work/found" || exit 1
count=$(grep -c '^ok \|^not ok ' "$work/found")

planted "a leak" safetensors src/array/safetensors.c \
    's/    if \(status\)\n        slt_safetensors_free\(file\);\n//' \
    "LeakSanitizer: detected memory leaks"
finish
