"""Divide the subjects of a cohort into folds for cross-validation."""

import csv

import numpy as np

from contrast2map.study import seeds


def split_folds(groups, n_folds, seed):
    """Assign each subject to one fold, with each group spread evenly over the folds.

    The subjects of each group are shuffled. Starting with the largest group, each subject is
    assigned to the fold with the fewest subjects so far. Fold sizes thus differ by at most one
    subject, in total and within each group.

    Args:
        groups: Dict mapping subject label to group name.
        n_folds: Number of folds.
        seed: Seed of the shuffle.

    Returns:
        Dict mapping subject label to fold name ("fold_0", ...), in the order of `groups`.

    Raises:
        ValueError: There are fewer subjects than folds.
    """
    if len(groups) < n_folds:
        raise ValueError(
            f"config: folds.n_folds: {n_folds} folds need at least {n_folds} subjects, "
            f"the cohort has {len(groups)}; use fewer folds or more subjects"
        )
    rng = np.random.default_rng([seed, n_folds])
    members = {group: [] for group in groups.values()}
    for subject in sorted(groups):
        members[groups[subject]].append(subject)
    n_in_fold = [0] * n_folds
    fold_of = {}
    for group in sorted(members, key=lambda name: (-len(members[name]), name)):
        for index in rng.permutation(len(members[group])):
            fold = n_in_fold.index(min(n_in_fold))
            fold_of[members[group][index]] = f"fold_{fold}"
            n_in_fold[fold] += 1
    return {subject: fold_of[subject] for subject in groups}


def require_validation(n_subjects, n_folds, n_validation):
    """Raise unless each fold can hold back subjects for validation and still train.

    Args:
        n_subjects: Number of subjects of the cohort.
        n_folds: Number of folds.
        n_validation: Number of training subjects of each fold to hold back.

    Raises:
        ValueError: One line with the key and the remedy.
    """
    n_training = n_subjects - -(-n_subjects // n_folds)
    if n_validation and n_validation >= n_training:
        raise ValueError(
            f"config: training.validation_subjects: a fold has {n_training} training subjects, "
            f"of which {n_validation} cannot be held back; choose {max(n_training - 1, 0)} at most "
            "(0: convergence is not assessed)"
        )


def hold_back(training_subjects, n_validation, seed, fold):
    """Choose the training subjects of a fold that are held back for validation.

    The choice depends on labels, seed and fold only, so that all networks of a fold share it.

    Args:
        training_subjects: Labels.
        n_validation: Number of subjects to hold back.
        seed: Seed of the study.
        fold: Name of the fold.

    Returns:
        Set of labels.

    Raises:
        ValueError: No subject would remain to train on.
    """
    if n_validation and n_validation >= len(training_subjects):
        raise ValueError(
            f"{fold}: {len(training_subjects)} training subjects are left, of which {n_validation} "
            "cannot be held back; lower training.validation_subjects"
        )
    order = seeds.generator(seed, "validation", fold).permutation(len(training_subjects))
    labels = sorted(training_subjects)
    return {labels[index] for index in order[:n_validation]}


def fold_names(n_folds):
    """Names of the folds, in order."""
    return [f"fold_{fold}" for fold in range(n_folds)]


def folds_of(path_to_folds):
    """Read the fold table as a dict mapping included subject to fold, in the order of the table."""
    with open(path_to_folds, newline="", encoding="utf-8") as table:
        return {row["subject"]: row["fold"] for row in csv.DictReader(table, delimiter="\t")}
