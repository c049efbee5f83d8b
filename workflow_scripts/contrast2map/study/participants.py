"""The subjects of a cohort."""

import re
from pathlib import Path

from contrast2map.study import tsv
from contrast2map.study.findings import printable
from contrast2map.study.groups import UNGROUPED

N_SHOWN = 6  # names in a message


def simulated_participants(n_subjects):
    """Label the subjects of a simulated cohort.

    Args:
        n_subjects: Dict mapping group name to number of subjects.

    Returns:
        Dict mapping subject label ("01", "02", ...) to group name.
    """
    names = [group for group, n in n_subjects.items() for _ in range(n)]
    width = max(2, len(str(len(names))))
    return {f"{number:0{width}d}": name for number, name in enumerate(names, start=1)}


def read_participants(path_to_table, group_column):
    """Read the subjects of a BIDS dataset.

    Args:
        path_to_table: The dataset's participants.tsv.
        group_column: Column with the group of each subject, by which the folds are stratified; None
            if the subjects are one group, UNGROUPED.

    Returns:
        Dict mapping subject label (without "sub-") to group name, in the table's order.

    Raises:
        ValueError: The table is missing, empty or damaged (`tsv.read`), or has a subject that is
            invalid, repeated or without a group.
    """
    if not Path(path_to_table).is_file():
        raise ValueError(
            f"cohort: {path_to_table} does not exist; set cohort.path to the root of a BIDS dataset"
        )
    try:
        needed = ["participant_id", *([group_column] if group_column else [])]
        rows = tsv.read(path_to_table, needed, {group_column: "set cohort.group_column: null"})
    except ValueError as error:
        raise ValueError(f"cohort: {error}") from error
    groups = {}
    for line, row in rows:
        here = f"cohort: {path_to_table}, line {line}"
        label = row["participant_id"].removeprefix("sub-")
        if not re.fullmatch("[A-Za-z0-9]+", label):
            raise ValueError(
                f"{here}: '{printable(row['participant_id'])}' is not a BIDS subject label; use "
                "sub- followed by letters and digits"
            )
        if label in groups:
            raise ValueError(f"{here}: subject sub-{label} is listed twice; keep one row")
        group = row[group_column] if group_column else UNGROUPED
        if group in tsv.MISSING:
            raise ValueError(f"{here}: subject sub-{label} has no {group_column}; add it")
        groups[label] = group
    if not groups:
        raise ValueError(f"cohort: {path_to_table} lists no subject; add one row per subject")
    return groups


def require_folders(path_to_dataset, subjects):
    """Raise if no subject of a dataset has a folder.

    Args:
        path_to_dataset: Root of a BIDS dataset.
        subjects: Labels of its subjects, without "sub-".

    Raises:
        ValueError: One line with the labels and the folders that there are.
    """
    root = Path(path_to_dataset)
    if any((root / f"sub-{label}").is_dir() for label in subjects):
        return
    present = sorted(path.name for path in root.iterdir() if path.is_dir())
    folders = f"the folders there are {_some(present)}" if present else "there is no folder"
    raise ValueError(
        f"cohort: no subject of participants.tsv ({_some([f'sub-{s}' for s in subjects])}) has a "
        f"folder in {root}: {folders}; name the folders after the subjects"
    )


def _some(names):
    shown = ", ".join(list(names)[:N_SHOWN])
    return f"{shown} and {len(names) - N_SHOWN} more" if len(names) > N_SHOWN else shown


def assign_brainweb_models(subjects, folder, environment):
    """Assign one BrainWeb model to each simulated subject, in order.

    Args:
        subjects: Labels of the simulated subjects.
        folder: Folder of the models; None to use the one that the environment names.
        environment: Environment variables, among which CONTRAST2MAP_BRAINWEB may name a folder.

    Returns:
        Dict mapping subject label to the path of its model.

    Raises:
        ValueError: No folder is configured, or it contains fewer models than there are subjects.
    """
    folder = folder or environment.get("CONTRAST2MAP_BRAINWEB")
    if not folder:
        raise ValueError(
            "config: simulation.anatomy.brainweb_folder is null; set it, or the environment "
            "variable CONTRAST2MAP_BRAINWEB, to a folder of BrainWeb models"
        )
    models = [
        str(path)
        for pattern in ("*.mnc.gz", "subject_*.bin.gz")
        for path in sorted(Path(folder).glob(pattern))
    ]
    if len(models) < len(subjects):
        raise ValueError(
            f"config: simulation.anatomy.brainweb_folder: {folder} contains {len(models)} BrainWeb "
            f"models (*.mnc.gz, subject_*.bin.gz), fewer than the {len(subjects)} subjects of the "
            "cohort; add models or simulate fewer subjects"
        )
    return dict(zip(subjects, models, strict=False))


def spread_over_groups(groups, n_subjects):
    """Choose subjects from each group in turn, in the order of groups and labels.

    Args:
        groups: Dict mapping subject label to group name.
        n_subjects: Largest number of subjects to choose.

    Returns:
        List of subject labels.
    """
    members = {group: [] for group in groups.values()}
    for subject in sorted(groups):
        members[groups[subject]].append(subject)
    turns = sorted(
        (turn, place, subject)
        for place, group in enumerate(members)
        for turn, subject in enumerate(members[group])
    )
    return [subject for _, _, subject in turns[:n_subjects]]
