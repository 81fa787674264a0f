#!/bin/sh
# Which sltrace verifies: SLT_PROGRAM, else one that is installed, else one that is built
# from the checkout that holds this script, under PREFIX.  Only building it may need root,
# where what it takes is missing (tools/deps).
#
#   tools/action/program.sh PREFIX
#
# Writes program=PATH to GITHUB_OUTPUT, or prints it.
set -eu

prefix=${1?"usage: program.sh PREFIX"}
program=${SLT_PROGRAM:-$(command -v sltrace || true)}
if [ -z "$program" ]; then
    "$(dirname "$0")/install.sh" "$prefix" >&2
    program=$prefix/bin/sltrace
fi
case $program in
*'
'*)
    echo "program.sh: a path of two lines" >&2
    exit 2
    ;;
esac
if ! command -v "$program" >/dev/null; then
    echo "program.sh: $program: not a program" >&2
    exit 2
fi
echo "program=$program" >>"${GITHUB_OUTPUT:-/dev/stdout}"
