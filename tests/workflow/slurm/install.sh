#!/usr/bin/env bash
# Install Slurm and munge from Debian's packages, without starting their services.
# Where that cannot be, the tests say what is missing and skip.
set -euo pipefail

if command -v sbatch >/dev/null && [ -x /usr/sbin/slurmctld ] && [ -x /usr/sbin/slurmd ]; then
    exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "Slurm is not installed, and only root can install it from Debian's packages." >&2
    exit 0
fi

policy=/usr/sbin/policy-rc.d # what it says keeps packages from starting services
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
    trap 'rm -f "$policy"' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
packages="munge slurm-wlm slurm-client slurm-wlm-basic-plugins"
install() {
    # shellcheck disable=SC2086
    timeout 300 apt-get install -y -qq --no-install-recommends $packages >/dev/null
}
install || { timeout 120 apt-get update -qq && install; } ||
    echo "Slurm could not be installed; its tests will skip." >&2
