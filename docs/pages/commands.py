"""Facts of docs/commands.md: the help texts of the Makefile and of the command line."""

import re
import subprocess
import sys
from pathlib import Path

import contrast2map

MAKEFILE = Path(__file__).parents[2] / "Makefile"
PACKAGES = Path(contrast2map.__file__).parents[1]


def facts():
    """Facts of the page."""
    overview = help_of()
    names = re.search(r"\{([\w,]+)\}", overview)[1].split(",")
    return {
        "targets": targets(MAKEFILE.read_text()),
        "commands": {"": overview} | {name: help_of(name) for name in names},
    }


def targets(makefile):
    """Targets of a Makefile with their help text, in the order of the file, as dicts."""
    found = re.findall(r"^([a-z-]+):.*?## (.*)$", makefile, re.MULTILINE)
    return [{"name": name, "help": text} for name, text in found]


def help_of(*command):
    """Help text of a command of `python -m contrast2map`, in lines of 80 characters."""
    done = subprocess.run(
        [sys.executable, "-m", "contrast2map", *command, "--help"],
        env={"COLUMNS": "80", "PYTHONPATH": str(PACKAGES)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.rstrip()
