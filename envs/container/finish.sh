#!/bin/sh
# Make the project importable and compile it: the image is read-only when it runs.
set -eu
cd /opt/contrast2map
packages=$(venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
echo /opt/contrast2map/workflow_scripts > "$packages/contrast2map.pth"
venv/bin/python -m compileall -q workflow_scripts
# Readable by all, whatever the permissions of the clone. A file that chmod touches is stored again: not those of venv.
find . -path ./venv -prune -o \( ! -perm -a=r -o -type d ! -perm -a=x \) -exec chmod a+rX {} +
