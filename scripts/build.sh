#!/usr/bin/env bash
# The suite `build`: everything compiles, tests included.
set -euo pipefail
cd "$(dirname "$0")/.."
say_size() { find crates xtask -name '*.rs' -not -path '*/target/*' | wc -l; }
echo "inputs: $(say_size) source files"
# The optimized programs: the suite `bench` measures one, sites get the other, and the third plays whole rollouts; compiling
# is this suite's business.
# Both builds at once: each has stretches in which one crate keeps one core, and they lock folders of their own.
cargo build --release --locked -p roadbook-cli -p roadbook-agent -p roadbook-sim &
release=$!
trap 'kill "$release" 2>/dev/null || true' EXIT
cargo build --workspace --all-targets --locked
wait "$release"
for program in roadbook roadbook-agent; do
    echo "size of $program: $(stat -c %s "${CARGO_TARGET_DIR:-target}/release/$program") bytes"
done
