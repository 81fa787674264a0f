#!/bin/sh
# tools/release: in this tree all that names the version agrees; where one place names
# another it says which; and a tag is made of a committed tree with a day of release alone.
. "$(dirname "$0")/../cross/lib.sh"

export SLTRACE="$sltrace"
expect 0 "all that names the version agrees" "$top/tools/release"
version=$(sed 's/:.*//' "$work/output")

# A repository of what the check reads, released on a day.
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
repository() {
    rm -rf "$work/tree" && mkdir -p "$work/tree/include/sltrace" "$work/tree/tools/python" &&
        cd "$work/tree" || exit 1
    cp "$top"/*.md . && cp -R "$top/docs" . && cp -R "$top/tools/gitlab" "$top/tools/release" tools/
    cp "$top/tools/python/pyproject.toml" tools/python/
    cp "$top/include/sltrace/version.h" include/sltrace/
    mkdir -p tools/package && cp -R "$top/tools/package/conda" tools/package/
    sed -i "s/^## $version .*/## $version (2026-12-24)/" CHANGELOG.md
    git init -q . && git config user.name "A maintainer"
    git config user.email maintainer@example.org
    git add -A && git commit -q -m "tree: begin"
}
repository
expect 0 "it is tagged" tools/release --tag
[ "$(git cat-file -t "v$version")" = tag ]
ok $? "by an annotated tag"
[ "$(git tag -l --format='%(contents:subject)' "v$version")" = "sltrace $version" ]
ok $? "of this subject"
first=$(sed '1,/^## /d' CHANGELOG.md | grep -m 1 .)
git tag -l --format='%(contents:body)' "v$version" | grep -qxF -e "$first"
ok $? "with what CHANGELOG.md says"
expect 1 "a second time it is not" tools/release --tag

# refused NAME FILE SED WORDS: with FILE changed there is no tag, and WORDS say why.
refused() {
    repository
    sed -i "$3" "$2"
    ! git diff --quiet
    ok $? "$1: changed"
    git commit -q -a -m "tree: change"
    expect 1 "$1: no tag" tools/release --tag
    grep -q "$4" "$work/output"
    ok $? "$1: it says so"
    [ -z "$(git tag -l)" ]
    ok $? "$1: there is none"
}
refused "another version of the library" include/sltrace/version.h \
    's/^\(#define SLT_VERSION_PATCH\) .*/\1 77/' 'pyproject.toml: .* not 0.*\.77$'
refused "another package" tools/python/pyproject.toml 's/^version = .*/version = "7.7.7"/' \
    'pyproject.toml: .* 7\.7\.7, not'
refused "another recipe" tools/package/conda/meta.yaml 's/^{% set .*/{% set version = "7.7.7" %}/' \
    'meta.yaml: .* 7\.7\.7, not'
refused "another change" CHANGELOG.md '0,/^## .*/s//## 7.7.7 (2026-12-24)/' 'CHANGELOG.md: .* 7\.7\.7, not'
refused "no day of release" CHANGELOG.md "s/^## $version .*/## $version (unreleased)/" 'no day of release'
refused "another tag on a page" README.md "s/@v$version/@v7.7.7/" 'README.md:[0-9]*: the tag is 7\.7\.7'
refused "another tag in the job" tools/gitlab/verify.yml "s,/v$version/,/v7.7.7/," \
    'verify.yml:[0-9]*: the tag is 7\.7\.7'
refused "another image" docs/manual/publish.md 's,/sltrace:[0-9.]*,/sltrace:7.7.7,' \
    'publish.md:[0-9]*: the tag is 7\.7\.7'
repository
echo more >>README.md
expect 1 "what is not committed: no tag" tools/release --tag
grep -q 'not committed' "$work/output"
ok $? "it says so"
repository
printf '#!/bin/sh\nexec "%s" "$@"\n' "$sltrace" >"$work/other"
sed -i "2s/.*/[ \"\$1\" != --version ] || { echo sltrace 7.7.7, numerics revision 1; exit; }\n&/" "$work/other"
chmod +x "$work/other"
SLTRACE=$work/other
expect 1 "another program" tools/release
grep -q 'says is 7\.7\.7' "$work/output"
ok $? "it says so"
cd "$top" || exit 1
finish
