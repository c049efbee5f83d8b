"""The CLAIM checklist: the answers that a run can give, and what its authors must write."""

from dataclasses import asdict

import pandas as pd

from contrast2map.report.study_description import describe
from contrast2map.study import demographics
from contrast2map.study.groups import has_groups
from contrast2map.study.records import where
from contrast2map.tables.layout import Layout, number, population, sentence_case
from contrast2map.tables.seeds import TITLE as TITLE_OF_SEEDS

ANSWERED, IN_PART, OPEN = "answered by this run", "answered in part", "open"
NOT_APPLICABLE = "not applicable (simulated)"
STATUSES = (ANSWERED, IN_PART, OPEN, NOT_APPLICABLE)
ANSWERS = {"answer", "answer_simulated", "answer_in_vivo"}
SEE = "See {} in report or supplement."
KEYS = {"item", "section", "asks", "write", "write_if_in_vivo", "simulated", "where"} | ANSWERS
REFERENCE = (
    "Checklist for Artificial Intelligence in Medical Imaging, 2024 update (Tejani et al., Radiol "
    "Artif Intell 2024;6(4):e240300, doi:10.1148/ryai.240300)"
)
MAIN = {"against": "reference", "region": "excluding_csf", "convention": "paper"}  # of Table 1


def check(items):
    """Raise unless there are items 1 to 44, each with an answer or something to write.

    Args:
        items: List of dicts, as in report/claim.yaml.

    Raises:
        ValueError: One line that names the item.
    """
    if [each["item"] for each in items] != list(range(1, 45)):
        raise ValueError("claim: the items must be numbered from 1 to 44 in this order")
    for each in items:
        if unknown := set(each) - KEYS:
            raise ValueError(f"claim: item {each['item']}: unknown key {min(unknown)}")
        if not each.keys() & (ANSWERS | {"write"}):
            raise ValueError(f"claim: item {each['item']} has neither an answer nor what to write")


def settings(config):
    """Settings that the answers quote, as a dict mapping name to text or number.

    Args:
        config: The study's configuration.
    """
    return asdict(describe(config)) | {
        "seed": config["seed"],
        "stratification": ", stratified by group" if config["cohort"]["group_column"] else "",
        "n_slices_excluded": sum(map(len, config["cohort"]["excluded_slices"].values())),
        "networks": _networks(len(config["input_sets"]) * len(config["training"]["seeds"])),
        "robustness": ", ".join(
            name
            for name, several in (
                ("Table S1", config["input_sets"]),
                (TITLE_OF_SEEDS, config["training"]["seeds"]),
            )
            if len(several) > 1
        ),
        "n_draws": config["evaluation"]["n_bootstrap_draws"],
    }


def _networks(n_per_fold):
    """Which networks were trained and are shown, as one or two sentences without a full stop."""
    if n_per_fold == 1:
        return "One network per fold was trained"
    return (
        "The main tables show the first set of inputs and the first seed. "
        f"{n_per_fold} networks per fold were trained, and all are reported"
    )


def results(subjects, errors, errors_by_subject, leakage, network, simulated, participants=()):
    """Results that the answers quote, as a dict mapping name to text or number.

    Args:
        subjects: Table of subjects.csv.
        errors: Table 1 (table_1.csv).
        errors_by_subject: Table of errors_by_subject.csv.
        leakage: Table of leakage.csv.
        network: Name of the main network.
        simulated: Whether the subjects are simulated.
        participants: Rows of participants.tsv of a dataset, as dicts of column name to cell.
    """
    included, excluded = subjects[subjects["included"]], subjects[~subjects["included"]]
    reasons = [f"sub-{row.subject} ({row.stage}): {row.reason}" for row in excluded.itertuples()]
    held_out = included["fold"].value_counts().sort_index()
    groups = included["group"].value_counts(sort=False)
    errors = where(errors, metric="mae", **MAIN).set_index(["predictor", "quantity"])
    errors_ms = errors["mean_over_slices"]
    by_subject = where(errors_by_subject, predictor=network, **MAIN)
    worst = by_subject.loc[by_subject.groupby("quantity")["mae_ms"].idxmax()]
    return {
        "population": population(len(included), simulated),
        "n_listed": len(subjects),
        "n_included": len(included),
        "n_excluded": len(excluded),
        "reasons": f": {'; '.join(reasons)}" if reasons else "",
        "n_folds": len(held_out),
        "fold_sizes": ", ".join(map(str, held_out)),
        "groups_included": (
            f"Groups: {', '.join(f'{group} {n}' for group, n in groups.items())}."
            if has_groups(groups.index)
            else "The subjects have no groups."
        ),
        "demographics": demographics.describe(participants, included["subject"]),
        "n_fits": len(leakage),
        "n_leaked": int(leakage["n_leaked"].sum()),
        "errors": "; ".join(
            f"{quantity} {number(errors_ms[network, quantity])} ms (tissue mean "
            f"{number(errors_ms['cohort_mean', quantity])} ms)"
            for quantity in worst["quantity"]
        ),
        "largest_errors": "; ".join(
            f"{row.quantity} {number(row.mae_ms)} ms (sub-{row.subject})"
            for row in worst.itertuples()
        ),
    }


def fill_in(items, known, simulated):
    """Answer each item as far as the run allows.

    Args:
        items: List of dicts, as in report/claim.yaml.
        known: Dict of the values that answers quote: `settings` and `results` merged.
        simulated: Whether the subjects are simulated.

    Returns:
        Table with one row per item: item, section, asks, status, answer, to_write, where.

    Raises:
        KeyError: An answer quotes an unknown name.
    """
    check(items)
    kind = "simulated" if simulated else "in_vivo"
    records = []
    for each in items:
        answer = each.get("answer") or each.get(f"answer_{kind}") or ""
        to_write = [each.get("write"), None if simulated else each.get("write_if_in_vivo")]
        to_write = "; ".join(filter(None, to_write))
        if simulated and each.get("simulated") == "not applicable":
            status, to_write = NOT_APPLICABLE, ""
        elif not answer:
            status = OPEN
        else:
            status = IN_PART if to_write else ANSWERED
        records.append(
            {name: each[name] for name in ("item", "section", "asks")}
            | {"status": status, "answer": answer.format(**known), "to_write": to_write}
            | {"where": each.get("where", "").format(**known)}
        )
    return pd.DataFrame(records)


def layout_checklist(table):
    """Layout of the checklist.

    Args:
        table: Table of `fill_in`.
    """
    counts = table["status"].value_counts()
    found = ", ".join(f"{counts[status]} {status}" for status in STATUSES if status in counts)
    return Layout(
        title="CLAIM checklist",
        caption=(
            f"{REFERENCE}; the items are abridged. {len(table)} items: {found}. Answers come from "
            "the settings and results of this run; the authors must complete the open items."
        ),
        columns=[
            ("", label)
            for label in ("Section", "Item", "Asked", "Status", "Answer", "Authors write")
        ],
        rows=[
            [
                row["section"],
                str(row["item"]),
                row["asks"],
                sentence_case(row["status"]),
                row["answer"] + (f" {SEE.format(row['where'])}" if row["where"] else ""),
                row["to_write"],
            ]
            for row in table.to_dict("records")
        ],
        n_headings=2,
        is_text=True,
    )
