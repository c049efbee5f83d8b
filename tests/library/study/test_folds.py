"""Each subject is in one fold; folds are balanced in size and groups."""

from collections import Counter

import pytest

from contrast2map.study.folds import (
    fold_names,
    folds_of,
    hold_back,
    require_validation,
    split_folds,
)


def cohort(**sizes):
    names = [group for group, n_subjects in sizes.items() for _ in range(n_subjects)]
    return {f"{number:02d}": name for number, name in enumerate(names, start=1)}


PAPER = cohort(MS=9, suspected_MS=6, healthy=3)
COHORTS = [
    (PAPER, 6),
    (cohort(MS=3, suspected_MS=2, healthy=1), 3),
    (cohort(a=5, b=4, c=4), 6),
    (cohort(a=1, b=1, c=1), 2),
    (cohort(a=7), 7),
    (cohort(a=10, b=3), 4),
]


@pytest.mark.parametrize(("groups", "n_folds"), COHORTS)
@pytest.mark.parametrize("seed", range(5))
def test_each_subject_is_in_one_fold_and_each_fold_has_subjects(groups, n_folds, seed):
    fold_of = split_folds(groups, n_folds, seed)
    assert list(fold_of) == list(groups)
    assert sorted(set(fold_of.values())) == fold_names(n_folds)


@pytest.mark.parametrize(("groups", "n_folds"), COHORTS)
@pytest.mark.parametrize("seed", range(5))
def test_folds_differ_by_at_most_one_subject_in_total_and_in_each_group(groups, n_folds, seed):
    fold_of = split_folds(groups, n_folds, seed)
    for members in (groups, *({s for s in groups if groups[s] == g} for g in groups.values())):
        sizes = Counter({fold: 0 for fold in fold_names(n_folds)})
        sizes.update(fold_of[subject] for subject in members)
        assert max(sizes.values()) - min(sizes.values()) <= 1


def test_the_papers_cohort_gives_six_folds_of_three_with_a_healthy_person_in_three():
    fold_of = split_folds(PAPER, 6, seed=20220107)
    assert set(Counter(fold_of.values()).values()) == {3}
    healthy = [fold_of[subject] for subject in PAPER if PAPER[subject] == "healthy"]
    assert len(set(healthy)) == 3


def test_the_same_seed_gives_the_same_folds_whatever_the_order_of_the_subjects():
    backwards = dict(reversed(PAPER.items()))
    assert split_folds(PAPER, 6, seed=3) == split_folds(PAPER, 6, seed=3)
    assert split_folds(backwards, 6, seed=3) == split_folds(PAPER, 6, seed=3)


def test_another_seed_gives_other_folds():
    partitions = {tuple(split_folds(PAPER, 6, seed).values()) for seed in range(10)}
    assert len(partitions) == 10


def test_fewer_subjects_than_folds_are_refused():
    with pytest.raises(ValueError, match="6 folds need at least 6 subjects, the cohort has 5"):
        split_folds(cohort(a=5), 6, seed=1)
    assert len(split_folds(cohort(a=6), 6, seed=1)) == 6


def test_folds_are_read_with_labels_as_they_are_written(tmp_path):
    path = tmp_path / "folds.tsv"
    path.write_text("subject\tgroup\tfold\n002\tMS\tfold_1\nNA\tMS\tfold_0\n")
    assert folds_of(path) == {"002": "fold_1", "NA": "fold_0"}


def test_held_back_subjects_depend_on_labels_seed_and_fold_only():
    subjects = ["03", "01", "07", "05", "02"]
    chosen = hold_back(subjects, 2, seed=1, fold="fold_0")
    assert len(chosen) == 2 and chosen < set(subjects)
    assert hold_back(sorted(subjects), 2, seed=1, fold="fold_0") == chosen
    others = [hold_back(subjects, 2, seed, f"fold_{n}") for seed in (1, 2) for n in range(3)]
    assert len({frozenset(each) for each in others}) > 1
    assert hold_back(subjects, 0, seed=1, fold="fold_0") == set()


@pytest.mark.parametrize(("n_subjects", "n_folds", "largest"), [(6, 3, 3), (5, 2, 1), (2, 2, 0)])
def test_a_fold_keeps_a_subject_to_train_on(n_subjects, n_folds, largest):
    require_validation(n_subjects, n_folds, largest)
    with pytest.raises(ValueError, match=rf"training.validation_subjects: .*choose {largest} at"):
        require_validation(n_subjects, n_folds, largest + 1)
    with pytest.raises(ValueError, match="fold_0: 2 training .*lower training.validation_subjects"):
        hold_back(["01", "02"], 2, seed=1, fold="fold_0")
