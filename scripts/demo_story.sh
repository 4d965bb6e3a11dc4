#!/usr/bin/env bash
# The suite `demo`: sample people carry the releases of the demo to their end, on its fast clock. Sites with an agent
# install for real: one fails its check and goes back by itself, one is taken back by order, and both are looked at here
# past the server, in the directories that are left. Doctor and the archive bundles are checked at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

compile
built="${CARGO_TARGET_DIR:-target}/debug"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
TMPDIR="$work" "$built/roadbook" demo --script 80 --keep --agent "$built/roadbook-agent" 2>&1 | tee "$work/log"

sites="$(echo "$work"/roadbook-demo-*/sites)"
runs() { basename "$(readlink "$sites/$1/apps/ledger/current")"; }
schema() { sed -n 's/^ "schema": \([0-9]*\),$/\1/p' "$sites/$1/apps/ledger/data/ledger.json"; }
expect() { [ "$2" = "$3" ] || die "$1: $2, where $3 was expected"; }
for site in busan-02 da-nang ningbo qingdao; do
    expect "$site runs" "$(runs "$site")" V1.5.0.0001
    expect "schema of the data of $site" "$(schema "$site")" 2
done
# Ordered back while the cause was looked for: the version before, with its data.
expect "incheon runs" "$(runs incheon)" V1.4.0.0117
expect "schema of the data of incheon" "$(schema incheon)" 1
# What busan-02 said of its first try, before its locale was set right.
grep -q "rolled_back" "$sites/busan-02/journal.json" || die "busan-02 never took itself back"
for site in "$sites"/*/; do
    ! pgrep -f "$site" >/dev/null || die "something still runs in $site"
done
echo "inputs: 24 sites, 5 of them with an agent that installed for real"
