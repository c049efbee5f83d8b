"""Layout of the files that each fit read."""

from contrast2map.study import predictors
from contrast2map.tables.layout import NOTHING, Layout, sentence_case


def layout_leakage(table, population):
    """Layout of the subjects and files of each fit.

    Args:
        table: List of dicts from `leakage.check`.
        population: Words for the subjects, such as "6 simulated subjects".
    """
    return Layout(
        title="Files read by each fit",
        caption=(
            f"{sentence_case(population)}. Files: those opened by the fit, as recorded "
            "by Python's audit hook rather than declared in the rules, or by the normalisation of "
            "its subjects. Validated on: subjects whose error is logged after each epoch and to "
            "which the network does not adapt. Earlier steps process one subject at a time and "
            "are not counted. Leaked: files from the folder of a held-out subject, or with the "
            "same SHA-256 as one of its images. The files of each fit, with their hashes, are "
            "listed in its training_files.tsv and validation_files.tsv."
        ),
        columns=[
            ("", "Fold"),
            ("", "Predictor"),
            ("Trained on", "n"),
            ("Trained on", "Subjects"),
            ("Validated on", "Subjects"),
            ("Read", "Files"),
            ("Held out", "Subjects"),
            ("Held out", "Leaked"),
        ],
        rows=[
            [
                row["fold"],
                _words(row["predictor"]),
                str(row["n_training_subjects"]),
                row["training_subjects"],
                row["validation_subjects"] or NOTHING,
                str(row["n_files"]),
                row["held_out_subjects"],
                str(row["n_leaked"]),
            ]
            for row in table
        ],
        n_headings=2,
    )


def _words(predictor):
    seed = predictors.seed_of(predictor)
    return predictors.words(predictor) + (f", seed {seed}" if seed is not None else "")
