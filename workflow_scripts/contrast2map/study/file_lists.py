"""Lists of subjects' files by role.

A job that reads all subjects of a fold has the fold's list as its input instead of every file of
every subject, because Snakemake's planning time grows with the number of inputs.
"""

import json
from collections import defaultdict
from pathlib import Path

from contrast2map.study.subject_paths import by_subject, subject_of


def require(paths_by_role):
    """Raise if a file is missing.

    Args:
        paths_by_role: As in `write`.

    Raises:
        ValueError: One line with the file, its subject and the remedy.
    """
    for role, paths in paths_by_role.items():
        for path in paths:
            if not Path(path).exists():
                raise ValueError(
                    f"sub-{subject_of(path)}: {path} ({role}) is missing, but files made from it "
                    f"exist; make it again with `snakemake {path}`, then repeat the run"
                )


def write(paths_by_role, path):
    """Write a list.

    Args:
        paths_by_role: Dict mapping role (such as "slices") to a list of paths, at most one per
            subject.
        path: JSON file.

    Raises:
        ValueError: Two files have the same role and subject.
    """
    sorted_paths = {role: by_subject(paths) for role, paths in paths_by_role.items()}
    Path(path).write_text(json.dumps(sorted_paths, indent=1) + "\n")


def read(paths):
    """Read one or several lists, such as those of several folds, and merge them.

    Args:
        paths: Path of a JSON file, or list of several paths.

    Returns:
        Default dict mapping role to a dict that maps subject label to path, sorted by label; a
        role that no list contains gives an empty dict.

    Raises:
        ValueError: Two lists contain files with the same role and subject.
    """
    found = defaultdict(dict)
    for path in [paths] if isinstance(paths, str | Path) else paths:
        for role, files in json.loads(Path(path).read_text()).items():
            if twice := found[role].keys() & files.keys():
                raise ValueError(f"{path}: {role} of sub-{min(twice)} is also in another list")
            found[role] |= files
    return defaultdict(dict, {role: dict(sorted(files.items())) for role, files in found.items()})
