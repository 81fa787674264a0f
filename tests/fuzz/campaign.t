#!/bin/sh
# What tests/fuzz/campaign counts, with a target that executes nothing: to how many it goes
# on, what it counts of a session that is ended, and that a failure ends all.
. "$(dirname "$0")/../cross/lib.sh"

mkdir -p "$work/pack/corpus/quick" "$work/pack/corpus/other"
cp "$top/tests/fuzz/campaign" "$work/pack"
echo r1 >"$work/pack/revision"
cat >"$work/pack/quick" <<'END'
#!/bin/sh
here=$(dirname "$0")
for word; do
    case $word in
    -runs=*) runs=${word#-runs=} ;;
    -artifact_prefix=*) found=${word#-artifact_prefix=} ;;
    esac
done
status=0
if [ -e "$here/slow" ]; then
    trap 'runs=7 stop=1' TERM
    : >"$here/begun"
    while [ -z "$stop" ]; do sleep .1; done
elif [ -e "$here/fails" ]; then
    echo "what was wrong"
    echo input >"${found}crash-1"
    runs=5 status=77
fi
echo "stat::number_of_executed_units: $runs"
exit $status
END
chmod +x "$work/pack/quick"
cp "$work/pack/quick" "$work/pack/other"

campaign() {
    "$work/pack/campaign" "$@"
}
# counts FILE LINES NAME: the file has these lines, in any order.
counts() {
    printf "$2" | sort >"$work/want"
    [ "$(sort "$1" 2>/dev/null)" = "$(cat "$work/want")" ]
    ok $? "$3"
}

out=$work/pack/out
expect 0 "two targets" campaign --count 2500 --slice 1000 quick other=12e2
counts "$out/counts" 'quick r1 1000\nquick r1 1000\nquick r1 500\nother r1 1000\nother r1 200\n' \
    "slices, the last of what lacks"
grep -qx 'quick: 2500 of 2500' "$work/output" && grep -qx 'other: 1200 of 1200' "$work/output"
ok $? "and how many there are is told"
expect 0 "again" campaign --count 2500 --slice 1000 quick other=1200
[ "$(wc -l <"$out/counts")" = 5 ]
ok $? "what is enough is left"

# What a tree keeps.
printf 'other r0 10\nquick r1 100\n' >"$work/tree"
expect 0 "counts are added to a tree's" campaign --add "$work/tree"
counts "$work/tree" 'other r0 10\nother r1 1200\nquick r1 2600\n' \
    "a line for each target and revision"
[ ! -s "$out/counts" ]
ok $? "and none twice"
expect 0 "added again" campaign --add "$work/tree"
counts "$work/tree" 'other r0 10\nother r1 1200\nquick r1 2600\n' "they are the same"
rm -rf "$out"
expect 0 "another machine" campaign --count 2700 --slice 1000 quick other
counts "$out/counts" 'quick r1 100\nother r1 1000\nother r1 490\n' \
    "goes on from what the tree has, of any revision"

# A session that is ended.
: >"$work/pack/slow"
"$work/pack/campaign" --count 3000 quick >"$work/output" 2>&1 &
session=$!
for wait in $(seq 600); do
    [ ! -e "$work/pack/begun" ] || break
    sleep .1
done
kill -TERM $session
wait $session
rm "$work/pack/slow"
counts "$out/counts" 'quick r1 100\nother r1 1000\nother r1 490\nquick r1 7\n' \
    "a session that is ended counts what it did"

# A target that fails.
: >"$work/pack/fails"
expect 1 "an input that fails" campaign --count 3000 --slice 100 --jobs 2 quick other
grep -q 'what was wrong' "$work/output" && grep -q 'quick FAILED (status 77)' "$work/output"
ok $? "is told with what was said of it"
! grep -q '^other' "$work/output" && [ -e "$out/failed/quick-crash-1" ]
ok $? "is kept, and no other target is begun"
rm "$work/pack/fails"
lines=$(wc -l <"$out/counts")
expect 1 "while it lies there" campaign --count 3000 quick
[ "$(wc -l <"$out/counts")" = "$lines" ]
ok $? "no session begins"
rm "$out/failed"/*
expect 0 "when it has been taken away" campaign --count 3000 quick
grep -qx 'quick: 3000 of 3000' "$work/output"
ok $? "it goes on"

expect 2 "no target" campaign
expect 2 "a target that is not there" campaign none
expect 2 "no number" campaign --count many quick
expect 2 "a number of a target that is none" campaign quick=1x
expect 2 "a tree without counts" campaign --add "$work/nowhere"
finish
