#!/usr/bin/env bash
# Install what the tests of the pages need: Debian's Chromium, and axe-core from npm.
# Where that cannot be, the tests say what is missing and skip.
set -euo pipefail
cd "$(dirname "$0")"

if ! command -v chromium >/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        export DEBIAN_FRONTEND=noninteractive
        install() { timeout 300 apt-get install -y -qq --no-install-recommends chromium >/dev/null; }
        install || { timeout 120 apt-get update -qq && install; } ||
            echo "Chromium could not be installed; the tests of the pages will skip." >&2
    else
        echo "Chromium is not installed, and only root can install it; the tests of the pages will skip." >&2
    fi
fi

if command -v npm >/dev/null; then
    timeout 300 npm ci --silent --no-audit --no-fund ||
        echo "axe-core could not be installed from npm; the tests of accessibility will skip." >&2
else
    echo "npm is not installed; the tests of accessibility will skip." >&2
fi
