"""The table of what each fit read."""

from contrast2map.study import predictors
from contrast2map.tables.layout import Layout


def layout_leakage(table, population):
    """Subjects and files of each fit, as they are read.

    Args:
        table: List of dicts of `check`.
        population: Words for the subjects, such as "6 simulated subjects".
    """
    return Layout(
        title="What each fit read",
        caption=(
            f"{population[0].upper()}{population[1:]}. Files: those that the fit opened, told by "
            "Python's audit hook and not by the rules, and those that the normalisation of its "
            "training subjects opened; not those of the steps before, which work on one subject "
            "at a time by their rules. Leaked: files of a held-out subject's folder, or of the "
            "same SHA-256 as one of its images, among them. Each fit's own list, with the hashes, "
            "is its training_files.tsv."
        ),
        columns=[
            ("", "Fold"),
            ("", "Predictor"),
            ("Trained on", "n"),
            ("Trained on", "Subjects"),
            ("Trained on", "Files"),
            ("Held out", "Subjects"),
            ("Held out", "Leaked"),
        ],
        rows=[
            [
                row["fold"],
                _words(row["predictor"]),
                str(row["n_training_subjects"]),
                row["training_subjects"],
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
