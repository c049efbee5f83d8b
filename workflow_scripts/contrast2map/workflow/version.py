"""Version of the program, with its git commit if known, and versions of installed packages."""

import subprocess
from importlib import metadata
from pathlib import Path

from contrast2map import __version__


def version_of(folder):
    """Version of the program in a folder.

    Args:
        folder: Root of the project.

    Returns:
        The version number, followed by "+" and the commit if the folder is the root of a git
        checkout, and by ".dirty" if its files differ from that commit.
    """
    top = _git(folder, "rev-parse", "--show-toplevel")
    if top is None or Path(top).resolve() != Path(folder).resolve():
        return __version__
    commit = _git(folder, "describe", "--always", "--exclude=*", "--abbrev=12", "--dirty")
    return f"{__version__}+{commit.replace('-', '.')}" if commit else __version__


def installed(packages):
    """Versions and home pages of packages.

    Args:
        packages: Names of packages; packages that are not installed are omitted.

    Returns:
        Dict mapping name to {"version", "url"}; url is None if it is unknown.
    """
    found = {}
    for package in packages:
        try:
            about = metadata.metadata(package)
        except metadata.PackageNotFoundError:
            continue
        pages = dict(line.lower().split(", ", 1) for line in about.get_all("Project-URL") or [])
        url = about["Home-page"] or pages.get("homepage") or pages.get("home")
        found[package] = {"version": about["Version"], "url": url}
    return found


def _git(folder, *arguments):
    try:
        asked = subprocess.run(["git", "-C", folder, *arguments], capture_output=True, text=True)
    except FileNotFoundError:
        return None
    return None if asked.returncode else asked.stdout.strip()
