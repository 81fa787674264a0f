#!/bin/sh
# The adopter's path, as docs/manual/publish.md tells it: an empty repository, an installed
# sltrace; write a manifest, run, record, commit, and verify in CI with the action's
# scripts.
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tests/cross/lib.sh"

build=${SLT_BUILD:-$top/build}
expect 0 "sltrace installs" cmake --install "$build" --prefix "$work/usr"
PATH=$work/usr/bin:$PATH
export PATH
cd "$work" || exit 1
expect 0 "an empty repository" git init -q figures
cd figures || exit 1
git config user.name "A reader"
git config user.email reader@example.org

sltrace new >fig1.yaml 2>/dev/null
expect 0 "new writes a manifest that shows its plan" sltrace show fig1.yaml
expect 0 "run" sltrace run fig1.yaml --quiet
expect 0 "record" sltrace record fig1.yaml --golden fig1.golden
expect 0 "manifest, golden and figure data are all there is" \
    test -s fig1.yaml -a -s fig1.golden -a -s fig1.csv
expect 0 "the figure data has a row a seed" \
    sh -c 'grep -c "^llc/mean,[01],[0-9.]*,,1$" fig1.csv | grep -qx 2'
expect 2 "record does not overwrite" sltrace record fig1.yaml --golden fig1.golden
git add fig1.yaml fig1.golden fig1.csv
expect 0 "commit" git commit -q -m "Figure 1"

# What the action does on the adopter's machine, in a clean clone.
cd "$work" || exit 1
expect 0 "clone" git clone -q figures clone
cd clone || exit 1
SLT_PROGRAM=$work/usr/bin/sltrace SLT_GOLDEN=fig1.golden SLT_SAMPLE=2
GITHUB_STEP_SUMMARY=$work/summary GITHUB_OUTPUT=$work/outputs
export SLT_PROGRAM SLT_GOLDEN SLT_SAMPLE GITHUB_STEP_SUMMARY GITHUB_OUTPUT
expect 0 "the action verifies" "$top/tools/action/verify.sh"
expect 0 "its summary has a row for the golden" \
    grep -q '^| <code>fig1.golden</code> | identical | [1-9][0-9]* | 0 | 0 |$' "$work/summary"
expect 0 "its output is the verdict" grep -qx verdict=identical "$work/outputs"

sed 's/^\( *seed: *\){from: 0/\1{from: 1/' fig1.yaml >moved.yaml
cmp -s fig1.yaml moved.yaml
expect 1 "the template sweeps over seeds" cmp -s fig1.yaml moved.yaml
mv moved.yaml fig1.yaml
expect 1 "the action tells another manifest" "$top/tools/action/verify.sh"
expect 0 "and says so" grep -qx verdict=differs "$work/outputs"

# A program of the adopter's own against the installed library.
mkdir "$work/user"
cat >"$work/user/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.25)
project(user C)
find_package(sltrace REQUIRED)
foreach(form shared static)
    add_executable(user-${form} user.c)
    target_link_libraries(user-${form} PRIVATE sltrace::${form})
endforeach()
END
cat >"$work/user/user.c" <<'END'
#include <sltrace/sltrace.h>
#include <stdio.h>

int main(void)
{
    slt_lambda result;
    slt_error err;
    if (slt_theory_rrr(5, 3, 5, 2, &result, &err) != SLT_OK)
        return 1;
    printf("%d/%d\n", (int)result.lambda.numerator, (int)result.lambda.denominator);
    return 0;
}
END
expect 0 "find_package(sltrace)" cmake -G Ninja -S "$work/user" -B "$work/user/build" \
    -DCMAKE_PREFIX_PATH="$work/usr"
expect 0 "a program builds" cmake --build "$work/user/build"
for form in shared static; do
    "$work/user/build/user-$form" >"$work/answer" 2>&1
    expect 0 "the $form library answers" grep -qx 19/2 "$work/answer"
done
pc=$(find "$work/usr" -name sltrace.pc | head -n 1)
PKG_CONFIG_PATH=$(dirname "${pc:-/nowhere/x}")
export PKG_CONFIG_PATH
expect 0 "pkg-config knows it" pkg-config --exists sltrace
# shellcheck disable=SC2046
expect 0 "and links with it" cc "$work/user/user.c" -o "$work/user/with-pc" \
    $(pkg-config --cflags --libs sltrace)
finish
