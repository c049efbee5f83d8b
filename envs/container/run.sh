#!/bin/sh
# Commands of the container: study (Snakemake), or a command of contrast2map, such as maps.
set -eu
project=/opt/contrast2map
if [ "${1:-}" != study ]; then
    exec python -m contrast2map "$@"
fi
shift
# A folder with a Snakefile is a study of its own; elsewhere the default study runs, with the options given.
if [ -e Snakefile ]; then
    exec snakemake "$@"
fi
exec snakemake --snakefile "$project/envs/container/Snakefile" --workflow-profile "$project/profiles/default" "$@"
