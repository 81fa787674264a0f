#!/bin/bash
# The recipe for conda: its hash of SLEEF is that of SLT_SLEEF, the tarball of the tag,
# where that is given; its build.sh, in folders like conda-build's, installs a program
# that passes the recipe's own tests, also after its prefix has moved, as conda moves it.
# Without SLT_SLEEF Debian's library stands in for what is built from the tarball.  In the
# longer tier (SLT_LONG=1); tools/deps package.
. "$(dirname "$0")/lib.sh"

longer "builds what a recipe of conda builds"
recipe=$top/tools/package/conda
export CPU_COUNT SRC_DIR=$work/source PREFIX=$work/prefix
export CMAKE_ARGS="-DSLT_SCALAR=ON -DCMAKE_C_FLAGS_RELEASE=-O1"
CPU_COUNT=$(nproc)
unset SLT_SLEEF_ROOT PKG_CONFIG_PATH

# The recipe as YAML, with what conda-build would put into it.
/usr/bin/python3 - "$recipe/meta.yaml" "$work" <<'END'
import re
import sys

import yaml

text = open(sys.argv[1], encoding="utf-8").read()
version = re.search(r'{% set version = "([0-9.]+)" %}\n', text)[1]
text = re.sub(r"{%.*?%}", "", text).replace("{{ version }}", version)
text = re.sub(r"{{ *(\w+)\(.*?\) *}}", r"\1", text)
recipe = yaml.safe_load(text)
path, sleef = recipe["source"]
assert path == {"path": "../../.."} and sleef["folder"] == "sleef", recipe["source"]
for name, value in (("sha256", sleef["sha256"]), ("version", version),
                    ("commands", "\n".join(recipe["test"]["commands"])),
                    ("files", "\n".join(recipe["test"]["source_files"]))):
    open(f"{sys.argv[2]}/{name}", "w", encoding="utf-8").write(value + "\n")
END
ok $? "the recipe is read"
"$sltrace" --version | grep -q "^sltrace $(cat "$work/version"),"
ok $? "its version is the program's"

mkdir "$SRC_DIR"
git -C "$top" -c safe.directory="$top" archive --format=tar HEAD | tar -x -C "$SRC_DIR"
if [ -n "${SLT_SLEEF-}" ]; then
    expect 0 "SLEEF's tarball has the recipe's hash" \
        sh -c "echo \"\$(cat '$work/sha256')  $SLT_SLEEF\" | sha256sum -c"
    mkdir "$SRC_DIR/sleef"
    tar -xzf "$SLT_SLEEF" --strip-components 1 -C "$SRC_DIR/sleef"
else
    # It installs what Debian built of the same tarball, and refuses other options.
    mkdir "$SRC_DIR/sleef"
    library=$(ldconfig -p | sed -n 's/.*libsleef\.so\.3 .*=> //p' | head -n 1)
    echo "INPUT($library)" >"$SRC_DIR/sleef/libsleef.a" # the linker takes it for a script
    cp "$(dpkg -L libsleef-dev | grep '/sleef\.h$')" "$SRC_DIR/sleef"
    cat >"$SRC_DIR/sleef/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.13)
project(SLEEF VERSION 3.5.1 LANGUAGES C)
if(BUILD_SHARED_LIBS OR BUILD_TESTS OR BUILD_DFT OR NOT CMAKE_POSITION_INDEPENDENT_CODE)
    message(FATAL_ERROR "options")
endif()
install(FILES libsleef.a DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES sleef.h DESTINATION include)
END
fi
expect 0 "build.sh builds and installs" bash "$recipe/build.sh"
mkdir "$work/test"
while read -r files; do
    mkdir -p "$work/test/$(dirname "$files")"
    cp -R "$top/$files" "$work/test/$files"
done <"$work/files"
tested() { # in the environment that conda-build tests in
    (cd "$work/test" && env -i PATH="$1/bin:/usr/bin:/bin" LC_ALL=C.UTF-8 bash -e "$work/commands")
}
expect 0 "the recipe's tests pass" tested "$PREFIX"
if [ -n "${SLT_SLEEF-}" ]; then
    grep -q '^ok   sleef  *linked in' "$work/output"
    ok $? "with the SLEEF that was built"
fi
grep -q "$PREFIX/lib/sltrace/sleef/lib/libsleef.a" "$SRC_DIR/sltrace-build/CMakeCache.txt"
ok $? "what was built first is what the program is linked with"
mv "$PREFIX" "$work/moved"
expect 0 "and where the prefix has moved" tested "$work/moved"
[ -e "$work/moved/lib/libsltrace.so" ] && [ -e "$work/moved/include/sltrace/sltrace.h" ]
ok $? "the library and its headers are there"
sed -i 's/^\( *steps: \)[0-9]*/\112/' "$work/test/manifests/smoke/linear.yaml"
expect 1 "and fail where a manifest was changed" tested "$work/moved"
finish
