"""Each subject is held out once by every predictor, and no fit read its held-out subjects."""

QUANTITIES = ("T1", "T2")


def test_each_subject_is_held_out_by_one_fold(folds):
    subjects = [row["subject"] for row in folds]
    assert len(set(subjects)) == len(subjects) > 0
    assert all(row["fold"] for row in folds)


def test_each_predictor_predicts_each_map_of_each_subject_exactly_once(map_files, fold_of):
    expected = {(subject, quantity) for subject in fold_of for quantity in QUANTITIES}
    for predictor, files in map_files.groupby("predictor"):
        counts = files.groupby(["subject", "quantity"]).size()
        assert set(counts.index) == expected, f"{predictor}: maps missing or unexpected"
        assert counts.eq(1).all(), f"{predictor}, predicted twice: {counts[counts > 1].to_dict()}"


def test_each_map_comes_from_the_fold_that_holds_its_subject_out(map_files, fold_of):
    others = map_files[map_files["fold"] != map_files["subject"].map(fold_of)]
    assert others.empty, ", ".join(map(str, others["path"]))


def test_no_fit_read_a_file_of_a_held_out_subject(tables):
    leaked = tables["leakage"][tables["leakage"]["n_leaked"] != 0]
    assert leaked.empty, leaked[["fold", "predictor", "n_leaked"]].to_string()


def test_every_fit_was_checked_for_leaks(tables, map_files, fold_of):
    leakage = tables["leakage"]
    checked = list(zip(leakage["predictor"], leakage["fold"], strict=True))
    predicting = set(zip(map_files["predictor"], map_files["fold"], strict=True))
    assert len(set(checked)) == len(checked)
    assert set(checked) == predicting
    n_held_out = {fold: list(fold_of.values()).count(fold) for fold in fold_of.values()}
    n_others = len(fold_of) - leakage["fold"].map(n_held_out)
    n_validation = leakage["validation_subjects"].fillna("").str.split().str.len()
    assert (leakage["n_training_subjects"] + n_validation == n_others).all()
    assert (leakage["n_files"] > 0).all()
