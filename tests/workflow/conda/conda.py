"""Stand-in for conda: the calls that Snakemake makes of it, by py-rattler's solver and installer.

conda.py ROOT --version | info | config --get ... | clean ... | env create --file F --prefix P
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import rattler
import yaml

PLATFORM = "linux-64"
ACTIVATE = 'export CONDA_PREFIX="$1" PATH="$1/bin:$PATH"\n'


def set_up(root):
    """Write a `conda` and an `activate` to the folder `bin` of a root."""
    programs = Path(root) / "bin"
    programs.mkdir(parents=True)
    (programs / "activate").write_text(ACTIVATE)
    (programs / "conda").write_text(f'#!/bin/sh\nexec {sys.executable} {__file__} {root} "$@"\n')
    (programs / "conda").chmod(0o755)


def main(root, *words):
    """Answer one call."""
    match words:
        case ["--version"]:
            print("conda 26.1.0")
        case ["info", *_]:
            print(json.dumps({"conda_prefix": root, "platform": PLATFORM}))
        case ["config", "--get", *_]:
            print(json.dumps({"get": {"channel_priority": "strict"}}))
        case ["clean", *_]:
            pass
        case ["env", "create", *options]:
            parser = argparse.ArgumentParser()
            parser.add_argument("--file", type=Path)
            parser.add_argument("--prefix", type=Path)
            known, _ = parser.parse_known_args(options)
            create(yaml.safe_load(known.file.read_text()), known.prefix, Path(root) / "pkgs")
        case _:
            sys.exit(f"not in this stand-in for conda: {' '.join(words)}")


def create(environment, prefix, cache):
    """Solve and install an environment, then what it asks of pip, as conda does."""
    entries = environment["dependencies"]
    asyncio.run(
        install(
            [rattler.Channel(name) for name in environment["channels"] if name != "nodefaults"],
            [rattler.MatchSpec(entry) for entry in entries if isinstance(entry, str)],
            prefix,
            cache,
        )
    )
    lines = [line for entry in entries if isinstance(entry, dict) for line in entry["pip"]]
    if lines:
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write("\n".join(lines))
            file.flush()
            command = [prefix / "bin" / "python", "-m", "pip", "install", "--upgrade"]
            subprocess.run([*command, "--requirement", file.name], check=True)


async def install(channels, specifications, prefix, cache):
    """Solve specifications by channels, and install the packages."""
    platforms = [PLATFORM, "noarch"]
    records = await rattler.solve(channels, specifications, platforms=platforms)
    await rattler.install(records, prefix, cache_dir=cache, show_progress=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
