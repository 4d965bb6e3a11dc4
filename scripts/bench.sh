#!/usr/bin/env bash
# The suite `bench`: every row of `roadbook bench` with small inputs, on the program that the other suites test. What fails
# it is a row that is missing or measured nothing; its numbers are not those of a release build, which `docs/bench.md` tells.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

rows=30
target="${CARGO_TARGET_DIR:-target}"
compile
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
"$target/debug/roadbook" bench --smoke 2>&1 | tee "$log"
found=$(sed -n 's/^inputs: \([0-9][0-9]*\) rows measured$/\1/p' "$log")
[ "$found" = "$rows" ] || die "$rows rows are measured, not ${found:-none}"
