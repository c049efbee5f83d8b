"""Which copy of this package a study's jobs import."""

import os
import sys


def prefer(folder):
    """Let this process and its children import the package from a folder, whatever is installed.

    Args:
        folder: Folder that holds the package.
    """
    folder = str(folder)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    others = [each for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if each]
    kept = [each for each in others if each != folder]
    os.environ["PYTHONPATH"] = os.pathsep.join([folder, *kept])
