"""Make the jobs of a study import the copy of this package that belongs to it."""

import os
import sys


def prefer(folder):
    """Make this process and its children import the package from a folder, not the installed one.

    Args:
        folder: Folder that contains the package.
    """
    folder = str(folder)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    others = [each for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if each]
    kept = [each for each in others if each != folder]
    os.environ["PYTHONPATH"] = os.pathsep.join([folder, *kept])
