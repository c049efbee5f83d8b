"""Versions that a list of requirements pins."""

import re


def pinned_versions(path):
    """Versions by package name; several where Pythons need different ones."""
    versions = {}
    for name, version in re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", path.read_text(), re.MULTILINE):
        versions.setdefault(name, set()).add(version)
    return versions
