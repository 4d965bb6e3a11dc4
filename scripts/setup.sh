#!/usr/bin/env bash
# Sets up what `make demo` or `make test` needs. Does nothing, quickly, when everything is there. As root it installs
# Debian packages itself; otherwise it names exactly what is missing. Python and Node packages go to the user's cache.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
purpose="${1:-test}"

have() { command -v "$1" >/dev/null 2>&1; }
# Installed by hand or from elsewhere counts too, therefore tools are looked for and not only packages.
has_postgres() { have postgres || ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1; }
has_package() { dpkg -s "$1" 2>/dev/null | grep -q '^Status: install ok installed'; }
has_cjk_font() { has_package fonts-noto-cjk || has_package fonts-wqy-microhei; }
has_venv() { python3 -c 'import venv, ensurepip' >/dev/null 2>&1; }

missing=()
need() { # need PACKAGE CHECK...
    local package="$1"
    shift
    "$@" || missing+=("$package")
}

need gcc have cc
if [ "$purpose" = test ]; then
    need postgresql has_postgres
    need minisign have minisign
    need git have git
    need chromium have chromium
    need chromium-driver have chromedriver
    need fonts-wqy-microhei has_cjk_font
    need python3 have python3
    need python3-venv has_venv
    need nodejs have node
    need npm have npm
    need swupdate have swupdate
    need cpio have cpio
    need openssl have openssl
fi

if ! have cargo; then
    die "cargo is not here: install Rust $(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml) or newer from https://rustup.rs"
fi
if [ "${#missing[@]}" -gt 0 ]; then
    if [ "$(id -u)" -ne 0 ] || ! have apt-get; then
        die "these Debian packages are missing: ${missing[*]}
hint: as root: apt-get install --no-install-recommends ${missing[*]}"
    fi
    say "setup: installing from Debian: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
[ "$purpose" = test ] || exit 0

# The stamp is the digest of what was asked for: a change of the pinned list sets up anew.
fresh() { # fresh STAMP FILE... : true when the stamp was written for these very files
    local stamp="$1"
    shift
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(cat "$@" | sha256sum)" ]
}

mkdir -p "$ROADBOOK_CACHE"
exec 9>"$ROADBOOK_CACHE/setup.lock"
flock 9

python_home="$ROADBOOK_CACHE/python"
if ! fresh "$python_home/stamp" tests/requirements.txt; then
    say "setup: installing Python packages for the tests into $python_home"
    rm -rf "$python_home"
    python3 -m venv "$python_home"
    "$python_home/bin/pip" install --quiet --disable-pip-version-check --requirement tests/requirements.txt
    cat tests/requirements.txt | sha256sum >"$python_home/stamp"
fi

node_home="$ROADBOOK_CACHE/node"
if ! fresh "$node_home/stamp" tests/browser/package.json tests/browser/package-lock.json; then
    say "setup: installing Node packages for the tests into $node_home"
    rm -rf "$node_home"
    mkdir -p "$node_home"
    cp tests/browser/package.json tests/browser/package-lock.json "$node_home/"
    npm ci --prefix "$node_home" --no-audit --no-fund --ignore-scripts --loglevel=error
    cat tests/browser/package.json tests/browser/package-lock.json | sha256sum >"$node_home/stamp"
fi
