#!/bin/sh
# Make the project importable and compile it: the image is read-only when it runs.
set -eu
cd /opt/contrast2map
venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' | {
    read -r packages
    echo /opt/contrast2map/workflow_scripts > "$packages/contrast2map.pth"
}
venv/bin/python -m compileall -q workflow_scripts
chmod -R a+rX .
