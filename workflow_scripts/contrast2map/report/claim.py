"""The CLAIM checklist: what a run answers, and what its authors must write."""

import pandas as pd

from contrast2map.report import claim_answers, claim_results
from contrast2map.tables.layout import Layout

ANSWERED, IN_PART, OPEN = "answered by this run", "answered in part", "open"
NOT_APPLICABLE = "not applicable (simulated)"
STATUSES = (ANSWERED, IN_PART, OPEN, NOT_APPLICABLE)
KEYS = {"item", "section", "asks", "answer", "write", "write_if_in_vivo", "simulated", "where"}
REFERENCE = (
    "Checklist for Artificial Intelligence in Medical Imaging, 2024 update (Tejani et al., Radiol "
    "Artif Intell 2024;6(4):e240300, doi:10.1148/ryai.240300)"
)


def check(items):
    """Raise where the items are not 44, or one could be answered in no way.

    Args:
        items: List of dicts, as report/claim.yaml has them.

    Raises:
        ValueError: One line that names the item.
    """
    if [each["item"] for each in items] != list(range(1, 45)):
        raise ValueError("claim: the items are not those from 1 to 44")
    for each in items:
        if unknown := set(each) - KEYS:
            raise ValueError(f"claim: item {each['item']}: unknown key {min(unknown)}")
        if not each.keys() & {"answer", "write"}:
            raise ValueError(f"claim: item {each['item']} has neither an answer nor what to write")


def fill_in(items, facts):
    """Answer what can be answered.

    Args:
        items: List of dicts, as report/claim.yaml has them.
        facts: `claim_facts.Facts`.

    Returns:
        Table with one row an item: item, section, asks, status, answer, to_write, where.
    """
    check(items)
    records = []
    for each in items:
        answer = answer_of(each["answer"])(facts) if "answer" in each else ""
        to_write = [each.get("write"), None if facts.simulated else each.get("write_if_in_vivo")]
        to_write = "; ".join(filter(None, to_write))
        if facts.simulated and each.get("simulated") == "not applicable":
            status, to_write = NOT_APPLICABLE, ""
        elif not answer:
            status = OPEN
        else:
            status = IN_PART if to_write else ANSWERED
        records.append(
            {name: each[name] for name in ("item", "section", "asks")}
            | {"status": status, "answer": answer, "to_write": to_write}
            | {"where": each.get("where", "")}
        )
    return pd.DataFrame(records)


def answer_of(name):
    """The function that answers an item, from the settings or from the results."""
    return getattr(claim_answers, name, None) or getattr(claim_results, name)


def layout_checklist(table):
    """The checklist as it is read.

    Args:
        table: Table of `fill_in`.
    """
    counts = table["status"].value_counts()
    told = ", ".join(f"{counts[status]} {status}" for status in STATUSES if status in counts)
    return Layout(
        title="CLAIM checklist",
        caption=(
            f"{REFERENCE}, items in our own short words. Of {len(table)} items: {told}. An answer "
            "is made from the settings and the results of this run; what is open, the authors must "
            "write."
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
                row["status"][0].upper() + row["status"][1:],
                row["answer"] + (f" Report: {row['where']}." if row["where"] else ""),
                row["to_write"],
            ]
            for row in table.to_dict("records")
        ],
        n_headings=2,
        is_text=True,
    )
