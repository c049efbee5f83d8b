"""The table of participants: which subjects are included, and why the others are not."""

from contrast2map.study.groups import group_words, has_groups
from contrast2map.tables.layout import NOTHING, Layout, sentence_case


def layout_subjects(rows, population):
    """Table of all listed subjects, included or not; with their groups if there are groups.

    Args:
        rows: Rows from `participation.decide`, with folds.
        population: Words for the subjects, such as "6 simulated subjects".
    """
    grouped = has_groups(row["group"] for row in rows)
    return Layout(
        title="Participants",
        caption=(
            f"{sentence_case(population)} listed, "
            f"{sum(row['included'] for row in rows)} included. Verdict and reasons are those of "
            "quality control or, for subjects that did not reach it, of the input gate. A "
            "rating is entered by hand and overrides the verdict of quality control. Each "
            "subject is predicted by networks and baselines that were fitted without its fold."
        ),
        columns=[
            ("", label)
            for label in (
                "Subject",
                *(["Group"] if grouped else []),
                "Included",
                "Held out in",
                "Slices",
                "Verdict",
                "Rating",
                "Reasons",
            )
        ],
        rows=[
            [
                f"sub-{row['subject']}",
                *([group_words(row["group"])] if grouped else []),
                "yes" if row["included"] else f"no: {row['stage']}",
                row["fold"].replace("_", " ") or NOTHING,
                str(row["n_slices"]) or NOTHING,
                row["verdict"],
                row["rating"] or NOTHING,
                row["reason"] or NOTHING,
            ]
            for row in rows
        ],
    )
