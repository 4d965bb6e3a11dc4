# Shared by the scripts: where tools that the tests install are kept. Sourced, never run.

ROADBOOK_CACHE="${ROADBOOK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/roadbook}"
export ROADBOOK_CACHE
export ROADBOOK_TEST_PYTHON="${ROADBOOK_TEST_PYTHON:-$ROADBOOK_CACHE/python/bin/python}"
export ROADBOOK_TEST_NODE_MODULES="${ROADBOOK_TEST_NODE_MODULES:-$ROADBOOK_CACHE/node/node_modules}"
# What is compiled for tests: every feature, so that all suites run what the first of them built. Only the crash tests arm
# the fail points; never in a release.
export EVERYTHING="--locked --workspace --exclude xtask --all-features"
compile() { cargo build $EVERYTHING --all-targets; }

say() { printf '%s\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }
