#!/usr/bin/env bash
# The suite `build`: everything compiles, tests included.
set -euo pipefail
cd "$(dirname "$0")/.."
say_size() { find crates xtask -name '*.rs' -not -path '*/target/*' | wc -l; }
echo "inputs: $(say_size) source files"
cargo build --workspace --all-targets --locked
# The optimized program that the suite `bench` measures; compiling is this suite's business.
cargo build --release --locked -p roadbook-cli
