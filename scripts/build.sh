#!/usr/bin/env bash
# The suite `build`: everything compiles, tests included.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
echo "inputs: $(find crates xtask -name '*.rs' -not -path '*/target/*' | wc -l) source files"
compile
