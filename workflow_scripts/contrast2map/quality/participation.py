"""Who of the listed subjects takes part, and why the others do not."""

from contrast2map.input_gate.cohort import reasons
from contrast2map.study import subject_lists
from contrast2map.tables.layout import NOTHING, Layout

COLUMNS = (
    "subject",
    "group",
    "included",
    "stage",
    "fold",
    "n_slices",
    "verdict",
    "rating",
    "reason",
)


def decide_by_files(groups, path_to_gate, path_to_quality, ratings):
    """Who takes part, by the files that the input gate and the quality control wrote.

    Args:
        groups: Dict of subject label to group name, of all listed subjects.
        path_to_gate: What the input gate found in all listed subjects, a JSON file.
        path_to_quality: What the quality control found in all admitted ones, a JSON file.
        ratings: As in `decide`.

    Returns:
        As `decide`.
    """
    gate, quality = map(subject_lists.read_by_subject, (path_to_gate, path_to_quality))
    return decide(groups, gate, quality, ratings)


def decide(groups, gate, quality, ratings):
    """Who takes part.

    A person's rating goes before the verdict of the quality control, in both directions; but for a
    subject without a single usable slice there is nothing to include.

    Args:
        groups: Dict of subject label to group name, of all listed subjects.
        gate: Dict of subject to what the input gate found (`input_gate_cohort.judge`).
        quality: Dict of subject to what the quality control found (`verdict`, `findings`,
            `measures`); of the admitted subjects only.
        ratings: Dict of subject to pair of rating ("include", "exclude") and comment.

    Returns:
        List of dicts with `COLUMNS`, one a subject, `fold` still empty.
    """
    rows = []
    for subject, group in groups.items():
        rating, comment = ratings.get(subject, ("", ""))
        row = dict.fromkeys(COLUMNS, "") | {"subject": subject, "group": group, "rating": rating}
        judged = quality.get(subject, gate[subject])
        row |= {"verdict": judged["verdict"], "reason": reasons(judged)}
        if subject not in quality:
            row["stage"] = "input gate"
            rows.append(row | {"included": False})
            continue
        row["n_slices"] = judged["measures"]["n_slices"]
        if rating == "exclude":
            row |= {"stage": "rating", "reason": comment or "rated exclude"}
        elif judged["verdict"] == "fail" and not _is_overruled(rating, judged):
            row["stage"] = "quality control"
        rows.append(row | {"included": not row["stage"]})
    return rows


def _is_overruled(rating, judged):
    return rating == "include" and judged["measures"]["n_slices"] > 0


def require_enough(rows, n_folds, strict):
    """Raise where the study cannot go on with those who are left in.

    Args:
        rows: Rows of `decide`.
        n_folds: Number of folds.
        strict: Whether one subject left out is one too many.

    Raises:
        ValueError: One line that names those left out, each with its reason.
    """
    left_out = [row for row in rows if not row["included"]]
    n_included = len(rows) - len(left_out)
    named = "; ".join(f"sub-{row['subject']} ({row['stage']}: {row['reason']})" for row in left_out)
    if strict and left_out:
        raise ValueError(
            f"cohort.strict: {len(left_out)} of {len(rows)} subjects would be left out; mend their "
            f"files, or set cohort.strict to false: {named}"
        )
    if n_included < max(n_folds, 2):
        raise ValueError(
            f"too few subjects: {n_included} of {len(rows)} are left in, folds.n_folds is "
            f"{n_folds}; mend the files of those left out, or use fewer folds: {named}"
        )


def layout_subjects(rows, population):
    """Who takes part as a table.

    Args:
        rows: Rows of `decide`, with folds.
        population: Words for the subjects, such as "6 simulated subjects".
    """
    return Layout(
        title="Who takes part",
        caption=(
            f"{population[0].upper()}{population[1:]} listed, "
            f"{sum(row['included'] for row in rows)} left in. Verdict and reasons: of the quality "
            "control, or of the input gate for those that it did not admit. A rating is a person's "
            "and goes before the verdict of the quality control. Each subject is predicted by "
            "networks and baselines that were fitted without its fold."
        ),
        columns=[
            ("", label)
            for label in (
                "Subject",
                "Group",
                "Takes part",
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
                str(row["group"]).replace("_", " "),
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
