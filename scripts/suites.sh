#!/usr/bin/env bash
# Runs the suites of a list, all of them or the named ones: scripts/suites.sh LIST [NAME…]
# A line of a list is `NAME BUDGET_MINUTES COMMAND`; adding a suite is adding a line. A suite that fails does not stop
# the others; the table at the end shows all.
set -uo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

[ $# -ge 1 ] || die "usage: scripts/suites.sh LIST [NAME…]"
list="$1"
shift
wanted=" $* "
ROADBOOK_SUITES_TABLE="$(mktemp)"
export ROADBOOK_SUITES_TABLE
trap 'rm -f "$ROADBOOK_SUITES_TABLE"' EXIT

failed=0
run=0
while read -r name budget command <&3; do
    case "$name" in '' | '#'*) continue ;; esac
    if [ "$wanted" != "  " ] && [[ "$wanted" != *" $name "* ]]; then
        continue
    fi
    run=$((run + 1))
    scripts/suite.sh "$name" "$budget" -- "$command" || failed=$((failed + 1))
done 3<"$list"

say ""
cat "$ROADBOOK_SUITES_TABLE"
[ "$run" -gt 0 ] || die "no suite of $list was run"
[ "$failed" -eq 0 ] || die "$failed of $run suites failed"
say "all $run suites passed"
