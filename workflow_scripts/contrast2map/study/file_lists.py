"""Lists of subjects' files by role: one file that stands for many.

The input of a job that reads all subjects of a fold is the list of the fold, not each file of each
subject: Snakemake's planning time grows with the number of inputs.
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
                    f"exist; make it with `snakemake {path}`, then run the study again"
                )


def write(paths_by_role, path):
    """Write a list.

    Args:
        paths_by_role: Dict of role (such as "slices") to at most one path per subject.
        path: JSON file.

    Raises:
        ValueError: Two files have the same role and subject.
    """
    sorted_paths = {role: by_subject(paths) for role, paths in paths_by_role.items()}
    Path(path).write_text(json.dumps(sorted_paths, indent=1) + "\n")


def read(paths):
    """Read one or several lists, such as those of several folds, as one.

    Args:
        paths: JSON file, or several.

    Returns:
        Dict of role to dict of subject label to path, in the order of the labels; empty for a role
        that no list contains.

    Raises:
        ValueError: Two lists contain a file with the same role and subject.
    """
    found = defaultdict(dict)
    for path in [paths] if isinstance(paths, str | Path) else paths:
        for role, files in json.loads(Path(path).read_text()).items():
            if twice := found[role].keys() & files.keys():
                raise ValueError(f"{path}: {role} of sub-{min(twice)} is in another list too")
            found[role] |= files
    return defaultdict(dict, {role: dict(sorted(files.items())) for role, files in found.items()})
