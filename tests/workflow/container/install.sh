#!/usr/bin/env bash
# Install podman, runc and mmdebstrap from Debian's packages.
# Where that cannot be, the tests say what is missing and skip.
set -euo pipefail

if command -v podman >/dev/null && command -v runc >/dev/null && command -v mmdebstrap >/dev/null; then
    exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "podman is not installed, and only root can install it from Debian's packages." >&2
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
install() {
    timeout 900 apt-get install -y -qq --no-install-recommends podman buildah runc mmdebstrap >/dev/null
}
install || { timeout 120 apt-get update -qq && install; } ||
    echo "podman could not be installed; its tests will skip." >&2
