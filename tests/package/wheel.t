#!/bin/sh
# The wheel of the Python package: two builds have the same bytes, no network is asked, and
# in a fresh environment it installs, reads a trace, and tells what verifies from what does
# not.  In the longer tier (SLT_LONG=1); tools/deps package installs what it needs.
. "$(dirname "$0")/lib.sh"

longer "makes a wheel"
python=/usr/bin/python3
$python -c 'import setuptools, wheel, venv, ensurepip, numpy, msgpack, xxhash' 2>/dev/null ||
    skip "no setuptools, wheel, venv, numpy, msgpack and xxhash (tools/deps package)"

# Whatever would go to a network finds none.
http_proxy=http://127.0.0.1:1 https_proxy=http://127.0.0.1:1
export http_proxy https_proxy
expect 0 "a wheel is made" "$top/tools/package/wheel" "$work/one"
(umask 077 && TZ=Asia/Tokyo LC_ALL=C "$top/tools/package/wheel" "$work/two") >/dev/null 2>&1
wheel=$(basename "$work"/one/*.whl)
expect 0 "the same bytes again, whatever umask and time zone" \
    cmp "$work/one/$wheel" "$work/two/$wheel"
version=$("$sltrace" --version | sed -n 's/^sltrace \([0-9.]*\).*/\1/p')
[ "$wheel" = "sltrace-$version-py3-none-any.whl" ]
ok $? "its version is the program's, and it is for any machine"

expect 0 "a fresh environment" $python -m venv --system-site-packages "$work/venv"
expect 0 "it installs" "$work/venv/bin/pip" install --no-index --no-deps "$work/one/$wheel"
mkdir -p "$work/golden" "$work/manifests"
cp -R "$top/golden/smoke" "$work/golden"
cp -R "$top/manifests/smoke" "$work/manifests"
cat >"$work/use.py" <<'END'
import importlib.metadata
import sys

import sltrace

assert sltrace.__file__.startswith(sys.prefix), sltrace.__file__
names = [file.name for file in importlib.metadata.files("sltrace")]
assert "LICENSE" in names, names
sltrace.run("manifests/smoke/linear.yaml", out="study", only="2")
trace = sltrace.Trace("study/traces/000002.trace")
assert trace.checkpoints[-1].tensors["W1"].shape == (3, 6), trace.checkpoints[-1].tensors
verdict = sltrace.verify("golden/smoke/linear.golden", only="2")
print("identical", verdict.identical, verdict.failures())
sys.exit(verdict.status)
END
use() {
    (cd "$work" && rm -rf study && SLTRACE="$sltrace" venv/bin/python -I use.py)
}
expect 0 "it reads a trace, and a golden verifies" use
grep -qx 'identical 1 \[\]' "$work/output"
ok $? "one run is identical, and nothing failed"
sed -i 's/^\( *steps: \)[0-9]*/\112/' "$work/manifests/smoke/linear.yaml"
expect 1 "one whose manifest was changed does not" use
grep -q "manifest is the golden's" "$work/output"
ok $? "and the failure says so"
finish
