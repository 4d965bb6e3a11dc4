#!/usr/bin/env bash
# The suite `api-fuzz`: the built server over an empty folder, one valid call of every operation, then what schemathesis
# makes of the OpenAPI document, as a manager, an approver and a contact of a site.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
scripts/setup.sh test
compile
target="${CARGO_TARGET_DIR:-target}"
"$ROADBOOK_TEST_PYTHON" tests/fuzz/run.py "$target/debug/roadbook"
