"""Make the jobs of a study import the study's own copy of this package."""

import os
import sys


def prefer(folder):
    """Make this process and its children import the package from a folder, even if installed.

    Args:
        folder: Folder that contains the package.
    """
    folder = str(folder)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    others = [each for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if each]
    kept = [each for each in others if each != folder]
    os.environ["PYTHONPATH"] = os.pathsep.join([folder, *kept])
