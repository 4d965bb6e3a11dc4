#!/usr/bin/env bash
# The suite `demo`: sample people carry both releases of the demo to their end, on its fast clock; doctor and the
# archive bundles are checked at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
echo "inputs: 24 sites"
cargo run --locked -p roadbook-cli -- demo --script 80
