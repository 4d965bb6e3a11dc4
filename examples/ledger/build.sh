#!/usr/bin/env bash
# Builds and signs the four versions of the ledger: build.sh OUT [SECRET_KEY PUBLIC_KEY]
# Without keys, a new pair is made in OUT. ROADBOOK names the program.
set -euo pipefail
out="${1:?usage: build.sh OUT [SECRET_KEY PUBLIC_KEY]}"
here="$(cd "$(dirname "$0")" && pwd)"
roadbook="${ROADBOOK:-roadbook}"
mkdir -p "$out"
secret="${2:-$out/release.key}"
public="${3:-$out/release.pub}"
[ -e "$secret" ] || "$roadbook" key new "${secret%.key}" >/dev/null
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

build() { # build VERSION FOLDER... : later folders lie over earlier ones
    local version="$1" folder
    local tree="$work/$version"
    shift
    mkdir "$tree"
    for folder in common "$@"; do cp -pR "$here/$folder/." "$tree/"; done
    echo "$version" >"$tree/VERSION"
    "$roadbook" -q package build "$tree" "$out/ledger-$version.rbpkg" --key "$public"
    "$roadbook" -q package sign "$out/ledger-$version.rbpkg" --key "$secret"
}

build 1.0.0 v1
build 2.0.0 v2
build 3.0.0 v2 v3
build 4.0.0 v2 v3 v4
