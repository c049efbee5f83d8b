"""Decide which listed subjects are included, and give the reason for each exclusion."""

from contrast2map.input_gate.admission import reasons
from contrast2map.study import subject_lists
from contrast2map.study.ratings import EXCLUDE, INCLUDE

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
    """As `decide`, but reads the results of the input gate and of quality control from files.

    Args:
        groups: Dict mapping label to group name, for all listed subjects.
        path_to_gate: JSON file with the input gate's results for all listed subjects.
        path_to_quality: JSON file with the quality-control results of all admitted subjects.
        ratings: As in `decide`.
    """
    gate, quality = map(subject_lists.read_by_subject, (path_to_gate, path_to_quality))
    return decide(groups, gate, quality, ratings)


def decide(groups, gate, quality, ratings):
    """Decide which subjects are included.

    A rating overrides the verdict of quality control in both directions, but cannot include a
    subject without a usable slice.

    Args:
        groups: Dict mapping label to group name, for all listed subjects.
        gate: Dict mapping subject to its input-gate results (`admission.judge`).
        quality: Dict mapping admitted subject to its quality-control results: verdict, findings
            and measures.
        ratings: Dict mapping subject to a pair of rating ("include", "exclude") and comment.

    Returns:
        List of dicts with `COLUMNS`, one per subject; `fold` is still empty.
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
        if rating == EXCLUDE:
            row |= {"stage": "rating", "reason": comment or "rated exclude"}
        elif judged["verdict"] == "fail" and not _is_overruled(rating, judged):
            row["stage"] = "quality control"
        rows.append(row | {"included": not row["stage"]})
    return rows


def _is_overruled(rating, judged):
    return rating == INCLUDE and judged["measures"]["n_slices"] > 0


def require_enough(rows, n_folds, strict):
    """Raise if the study cannot continue with the included subjects.

    Args:
        rows: Rows of `decide`.
        n_folds: Number of folds.
        strict: Whether a single excluded subject stops the study.

    Raises:
        ValueError: One line that names each excluded subject with the reason.
    """
    excluded = [row for row in rows if not row["included"]]
    n_included = len(rows) - len(excluded)
    named = "; ".join(f"sub-{row['subject']} ({row['stage']}: {row['reason']})" for row in excluded)
    if strict and excluded:
        raise ValueError(
            f"cohort.strict: {len(excluded)} of {len(rows)} subjects would be excluded; fix their "
            f"files or set cohort.strict to false: {named}"
        )
    if n_included < max(n_folds, 2):
        raise ValueError(
            f"too few subjects: {n_included} of {len(rows)} are included, but folds.n_folds is "
            f"{n_folds}; fix the files of the excluded subjects or use fewer folds: {named}"
        )
