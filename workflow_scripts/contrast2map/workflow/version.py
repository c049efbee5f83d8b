"""Which version of the program this is: its number, and the commit of its sources if git knows."""

import subprocess
from pathlib import Path

from contrast2map import __version__


def version_of(folder):
    """Version of the program in a folder.

    Args:
        folder: Root of the project.

    Returns:
        The number; with "+" and the commit where the folder is the root of a git checkout, and
        ".dirty" where its files differ from that commit.
    """
    top = _git(folder, "rev-parse", "--show-toplevel")
    if top is None or Path(top).resolve() != Path(folder).resolve():
        return __version__
    commit = _git(folder, "describe", "--always", "--exclude=*", "--abbrev=12", "--dirty")
    return f"{__version__}+{commit.replace('-', '.')}" if commit else __version__


def _git(folder, *arguments):
    try:
        asked = subprocess.run(["git", "-C", folder, *arguments], capture_output=True, text=True)
    except FileNotFoundError:
        return None
    return None if asked.returncode else asked.stdout.strip()
