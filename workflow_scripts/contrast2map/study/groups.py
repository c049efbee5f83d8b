"""The groups of a cohort in words; a cohort without groups is not described by any."""

UNGROUPED = "participant"  # group of all subjects if cohort.group_column is null


def group_words(group):
    """A group's name in words; empty if there is none or the cohort has no groups."""
    return "" if group == UNGROUPED else str(group or "").replace("_", " ")


def has_groups(groups):
    """Whether a cohort has groups.

    Args:
        groups: Groups of its subjects, as any iterable of names.
    """
    return any(map(group_words, groups))
