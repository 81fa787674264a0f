#!/bin/sh
# Builds sltrace from the checkout that holds this script and installs it under PREFIX:
#   tools/action/install.sh PREFIX
set -eu

prefix=${1?"usage: install.sh PREFIX"}
top=$(cd "$(dirname "$0")/../.." && pwd)
"$top/tools/deps" build
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
cmake -S "$top" -B "$build" -G Ninja -DSLT_TESTS=OFF -DCMAKE_INSTALL_PREFIX="$prefix"
cmake --build "$build"
cmake --install "$build"
