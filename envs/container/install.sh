#!/bin/sh
# Install the locked packages into the image; "yes" adds those of CUDA.
set -eu
cd /opt/contrast2map
install() {
    venv/bin/python -I -m pip install --no-cache-dir --no-deps --require-hashes --no-input \
        --disable-pip-version-check "$@"
}

case "$1" in
    yes) cuda=requirements-cuda.txt ;;
    no) cuda= ;;
    *) echo "CUDA=$1: choose yes or no" >&2; exit 2 ;;
esac
python3 -m venv venv
# connection-pool has no wheel: it is built with the setuptools of the lock, after all others.
awk '/^[a-z0-9]/ { file = /^connection-pool==/ ? "/tmp/source.txt" : "/tmp/wheels.txt" } { print > file }' \
    requirements.txt
for wheels in /tmp/wheels.txt $cuda; do
    install --only-binary :all: --requirement "$wheels"
done
install --no-build-isolation --requirement /tmp/source.txt
rm /tmp/wheels.txt /tmp/source.txt
