"""What a run's results say of what CLAIM asks for, one function an item (report/claim.yaml).

Each takes `claim_facts.Facts` and returns a sentence.
"""

from contrast2map.report.claim_answers import included
from contrast2map.study.records import where
from contrast2map.tables.layout import number, population

MAIN = {"against": "reference", "region": "excluding_csf", "convention": "paper"}  # of Table 1


def partitions(facts):
    held_out = included(facts)["fold"].value_counts().sort_index()
    sizes = ", ".join(map(str, held_out))
    return (
        f"{len(held_out)}-fold cross-validation, folds stratified by group, {sizes} subjects held "
        "out; no third part for tuning: the default settings were chosen while looking at held-out "
        "errors of the default cohort."
    )


def disjointness(facts):
    leaked = int(facts.leakage["n_leaked"].sum())
    return (
        f"Subject. Of {len(facts.leakage)} fits, whose files were all recorded, {leaked} files "
        "were of a held-out subject."
    )


def sample_size(facts):
    evaluated = population(len(included(facts)), facts.simulated)
    return f"{evaluated} were evaluated; no sample size was computed."


def internal_testing(facts):
    return f"Each of {population(len(included(facts)), facts.simulated)} was held out once."


def numbers(facts):
    n_listed, kept = len(facts.subjects), len(included(facts))
    left_out = facts.subjects[~facts.subjects["included"]]
    reasons = [f"sub-{row.subject} ({row.stage}): {row.reason}" for row in left_out.itertuples()]
    return f"{n_listed} listed, {kept} included, {n_listed - kept} excluded" + (
        f": {'; '.join(reasons)}." if reasons else "."
    )


def characteristics(facts):
    groups = included(facts)["group"].value_counts(sort=False)
    told = ", ".join(f"{group} {n}" for group, n in groups.items())
    return f"Groups: {told}." + (
        " Simulated subjects have no age and no sex." if facts.simulated else ""
    )


def performance(facts):
    """Error of the network and of the cohort mean, against the reference."""
    told = []
    for quantity in facts.config["reference"]:
        network, mean = (
            _error_ms(facts.errors, name, quantity) for name in (facts.network, "cohort_mean")
        )
        told.append(f"{quantity} {number(network)} ms (cohort mean {number(mean)} ms)")
    return f"Mean absolute error excluding CSF: {'; '.join(told)}."


def failures(facts):
    rows = where(facts.errors_by_subject, predictor=facts.network, **MAIN)
    told = []
    for quantity in facts.config["reference"]:
        ours = rows[rows["quantity"] == quantity].set_index("subject")["mae_ms"]
        told.append(f"{quantity} {number(ours.max())} ms (sub-{ours.idxmax()})")
    return f"Largest error of a subject excluding CSF: {'; '.join(told)}."


def _error_ms(errors, predictor, quantity):
    rows = where(errors, predictor=predictor, quantity=quantity, metric="mae", **MAIN)
    return rows["mean_over_slices"].item()
