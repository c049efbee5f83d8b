"""The subjects of a cohort."""

import csv
import re
from pathlib import Path


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
        group_column: Column with the group of each subject, by which the folds are stratified.

    Returns:
        Dict mapping subject label (without "sub-") to group name, in the table's order.

    Raises:
        ValueError: The table is missing or empty, lacks a column, or has a subject that is invalid,
            repeated or without a group.
    """
    if not Path(path_to_table).is_file():
        raise ValueError(
            f"cohort: {path_to_table} does not exist; set cohort.path to the root of a BIDS dataset"
        )
    with open(path_to_table, newline="", encoding="utf-8-sig") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    if not rows:
        raise ValueError(f"cohort: {path_to_table} lists no subject; add one row per subject")
    for column in ("participant_id", group_column):
        if column not in rows[0]:
            raise ValueError(
                f"cohort: {path_to_table} has no column '{column}'; its columns are "
                f"{', '.join(rows[0])}"
            )
    groups = {}
    for row in rows:
        label = row["participant_id"].removeprefix("sub-")
        if not re.fullmatch("[A-Za-z0-9]+", label):
            raise ValueError(
                f"cohort: {path_to_table}: '{row['participant_id']}' is not a BIDS subject label; "
                "use sub- followed by letters and digits"
            )
        if label in groups:
            raise ValueError(
                f"cohort: {path_to_table}: subject sub-{label} is listed twice; keep one row"
            )
        if not row[group_column]:
            raise ValueError(
                f"cohort: {path_to_table}: subject sub-{label} has no {group_column}; add it"
            )
        groups[label] = row[group_column]
    return groups


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
