#!/usr/bin/env bash
# The suite `bench`: every row of `roadbook bench` with small inputs, from a release build. Numbers are for reading;
# what fails it is a row that is missing or measured nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

rows=30
target="${CARGO_TARGET_DIR:-target}"
# The same set as in the suite `build`: what stands is not compiled a second time.
cargo build --release --locked -p roadbook-cli -p roadbook-agent -p roadbook-sim
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
"$target/release/roadbook" bench --smoke 2>&1 | tee "$log"
found=$(sed -n 's/^inputs: \([0-9][0-9]*\) rows measured$/\1/p' "$log")
[ "$found" = "$rows" ] || die "$rows rows are measured, not ${found:-none}"
