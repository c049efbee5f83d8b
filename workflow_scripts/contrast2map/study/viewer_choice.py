"""Which subjects the report's viewer shows: chosen before any result is known."""


def spread_over_groups(groups, n_subjects):
    """Subjects in turn from each group, in the order of the groups and of the labels.

    Args:
        groups: Dict of subject label to group name.
        n_subjects: How many to choose at most.

    Returns:
        List of subject labels, those of the first groups first.
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
