#!/usr/bin/env bash
# Runs one suite: scripts/suite.sh NAME BUDGET_MINUTES -- COMMAND…
# Prints its inputs with their number and the minutes it took. Fails when the command fails, when the budget is
# exceeded, when a test was ignored, and when the suite was empty. What counts as input: the tests that cargo reports
# as passed, and lines `inputs: NUMBER WHAT` that other commands print. A line `skipped: WHAT: WHY` names what this
# machine cannot test.
set -uo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

[ $# -ge 4 ] && [ "$3" = -- ] || die "usage: scripts/suite.sh NAME BUDGET_MINUTES -- COMMAND…"
name="$1"
budget="$2"
shift 3

log="$(mktemp)"
trap 'rm -f "$log"' EXIT
say "== $name: $* (budget $budget min)"
start=$(date +%s%N)
timeout --foreground --kill-after=30 "$((budget * 60))" bash -c "$*" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
minutes=$(awk -v ns=$(($(date +%s%N) - start)) 'BEGIN { printf "%.1f", ns / 6e10 }')

passed=$(sed -n 's/^test result: .* \([0-9][0-9]*\) passed; .*/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
ignored=$(sed -n 's/^test result: .* \([0-9][0-9]*\) ignored; .*/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
# A condition that this machine does not have is said in the table too, not only where it was met.
skipped=$(grep -c '^skipped: ' "$log")
inputs=$(sed -n 's/^inputs: \([0-9][0-9]*\) .*/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')

verdict=ok
if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then
    verdict="over the budget of $budget min"
elif [ "$status" -ne 0 ]; then
    verdict="failed with status $status"
elif [ "$ignored" -gt 0 ]; then
    verdict="$ignored tests are ignored"
elif [ $((passed + inputs)) -eq 0 ]; then
    verdict="empty: no input was seen"
fi
[ "$skipped" -eq 0 ] || said="$verdict; $skipped skipped, see above"
line="$(printf '%-12s %6s min of %3s   %6s tests %6s other inputs   %s' \
    "$name" "$minutes" "$budget" "$passed" "$inputs" "${said:-$verdict}")"
say "== $line"
[ -z "${ROADBOOK_SUITES_TABLE:-}" ] || printf '%s\n' "$line" >>"$ROADBOOK_SUITES_TABLE"
[ "$verdict" = ok ]
