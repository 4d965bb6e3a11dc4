#!/usr/bin/env bash
# The suite `interop`: clients that others wrote, an update, a stop and a consent each against a running server.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
scripts/setup.sh test
target="${CARGO_TARGET_DIR:-$PWD/target}"
compile
CARGO_TARGET_DIR="$target/interop" cargo build --locked --manifest-path interop/Cargo.toml
python3 tests/interop/run.py "$target/debug/roadbook" "$target/interop/debug/roadbook-interop"
