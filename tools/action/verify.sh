#!/bin/bash
# Says whether this machine can judge, verifies goldens, and writes a job summary.
# Environment: SLT_PROGRAM, SLT_GOLDEN, SLT_SAMPLE, SLT_ONLY, SLT_JOBS, SLT_PUBLIC_KEY;
# SLT_JUNIT, a folder that gets a report of JUnit for each golden; GITHUB_STEP_SUMMARY and
# GITHUB_OUTPUT where there are such files.  Exit status: that of the worst golden, 2 over 1
# over 3 over 0.
set -u

program=${SLT_PROGRAM:-sltrace}
summary=${GITHUB_STEP_SUMMARY:-/dev/null}
options=()
[ -z "${SLT_SAMPLE-}" ] || options+=("--sample=$SLT_SAMPLE")
[ -z "${SLT_ONLY-}" ] || options+=("--only=$SLT_ONLY")
[ -z "${SLT_JOBS-}" ] || options+=("--jobs=$SLT_JOBS")
[ -z "${SLT_PUBLIC_KEY-}" ] || options+=("--public-key=$SLT_PUBLIC_KEY")

worst=0
rank() {
    case $1 in 0) echo 0 ;; 3) echo 1 ;; 1) echo 2 ;; *) echo 3 ;; esac
}
note() {
    [ "$(rank "$1")" -le "$(rank "$worst")" ] || worst=$1
}
words() {
    case $1 in
    0) echo identical ;;
    1) echo differs ;;
    3) echo not-judged ;;
    *) echo trouble ;;
    esac
}

# Text in the summary, which is Markdown with HTML in it: every sign that either could
# read is a number; what is not UTF-8, or controls, is left out, lines stay.
escaped() {
    iconv -f UTF-8 -t UTF-8 -c | LC_ALL=C tr -d '\000-\010\013-\037\177' | LC_ALL=C sed \
        -e 's/&/\&#38;/g' -e 's/</\&#60;/g' -e 's/>/\&#62;/g' -e 's/|/\&#124;/g' \
        -e 's/`/\&#96;/g' -e 's/\*/\&#42;/g' -e 's/_/\&#95;/g' -e 's/\[/\&#91;/g' \
        -e 's/]/\&#93;/g' -e 's/\\/\&#92;/g' -e 's/~/\&#126;/g' -e 's/\$/\&#36;/g' \
        -e 's/@/\&#64;/g' -e "s/'/\&#39;/g" -e 's/"/\&#34;/g'
}

# What a program prints is no command to the runner, whatever names it holds.
mute() {
    [ -z "${GITHUB_ACTIONS-}" ] || echo "::stop-commands::$token"
}
unmute() {
    [ -z "${GITHUB_ACTIONS-}" ] || printf '\n::%s::\n' "$token"
}
token=sltrace-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')

# Word splitting and globbing are what the input is for.
# shellcheck disable=SC2206
goldens=(${SLT_GOLDEN-})
if [ ${#goldens[@]} = 0 ]; then
    echo "verify.sh: SLT_GOLDEN names no golden" >&2
    exit 2
fi

[ -z "${SLT_JUNIT-}" ] || mkdir -p -- "$SLT_JUNIT" || exit 2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
mute
{
    echo "## sltrace"
    echo
    echo '<pre>'
    "$program" --version | escaped
} >>"$summary"
"$program" doctor --strict 2>&1 | tee "$log"
note "${PIPESTATUS[0]}"
{
    escaped <"$log"
    echo '</pre>'
    echo
    echo "| golden | verdict | identical | differ | not judged |"
    echo "| --- | --- | ---: | ---: | ---: |"
} >>"$summary"

number=0
for golden in "${goldens[@]}"; do
    number=$((number + 1))
    "$program" verify ${options[@]+"${options[@]}"} \
        ${SLT_JUNIT:+"--junit=$SLT_JUNIT/$number.xml"} -- "$golden" 2>&1 | tee "$log"
    status=${PIPESTATUS[0]}
    note "$status"
    counts=$(sed -n \
        's/^# \([0-9]*\) identical, \([0-9]*\) differs\{0,1\}, \([0-9]*\) not judged.*/\1 | \2 | \3/p' \
        "$log" | tail -n 1)
    name=$(printf '%s' "$golden" | tr '\n' ' ' | escaped)
    echo "| <code>$name</code> | $(words "$status") | ${counts:- | | } |" >>"$summary"
done
unmute
[ -z "${GITHUB_OUTPUT-}" ] || echo "verdict=$(words "$worst")" >>"$GITHUB_OUTPUT"
exit "$worst"
