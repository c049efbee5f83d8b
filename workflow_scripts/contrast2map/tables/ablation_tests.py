"""Tests between input sets as a table."""

from contrast2map.study.terms import QUANTITIES
from contrast2map.tables.layout import NOTHING, Layout, interval, p_value

AGAINST = ("reference", "truth")


def layout_tests(tests, population, n_seeds):
    """Layout of the paired tests for pairs that differ in one contrast or, without any, all pairs.

    Args:
        tests: Table of `ablation.compare_inputs`.
        population: Words for the subjects, such as "6 simulated subjects".
        n_seeds: Number of seeds with which each network was trained.
    """
    shown = tests[tests["adds_one"]] if tests["adds_one"].any() else tests
    against = [name for name in AGAINST if name in set(tests["against"])]
    columns = [("", "Adding"), ("", "to"), ("", "instead of")]
    for each in against:
        for quantity in QUANTITIES:
            group = f"{quantity}, vs {each}"
            columns += [
                (group, "Difference of mean absolute error (ms) [95 % CI]"),
                (group, "Holm P"),
            ]
    cells = shown.set_index(["inputs", "other_inputs", "against", "quantity"])
    pairs = shown.drop_duplicates(["inputs", "other_inputs"])
    rows = []
    for _, pair in _contrast_by_contrast(pairs).iterrows():
        texts = list(_names(pair))
        for each in against:
            for quantity in QUANTITIES:
                test = cells.loc[pair["inputs"], pair["other_inputs"], each, quantity]
                bounds_ms = test["ci_lower_ms"], test["ci_upper_ms"]
                texts.append(interval(test["difference_ms"], *bounds_ms, 2, signed=True))
                texts.append(p_value(test["p_holm"]))
        rows.append(texts)
    if shown["adds_one"].all():
        columns, rows = _without(2, columns, rows)
    return Layout(
        title="How much does each input contribute?",
        caption=(
            "Mean absolute error excluding CSF with the added contrasts minus that without them, "
            f"averaged over {population}; paired t-tests with Holm's correction "
            f"({int(tests['n_tests'].max())} tests; *: below 0.05). They compare these trained "
            "networks, not the inputs in general: another seed also changes the error, "
            f"{'as the table of seeds shows' if n_seeds > 1 else 'which one seed cannot show'}. "
            f"{_left_out(shown, tests)}"
        ),
        columns=columns,
        rows=rows,
        n_headings=3 - int(shown["adds_one"].all()),
    )


def _contrast_by_contrast(pairs):
    """Sort pairs by added contrast, then by the size of the set without it, largest first."""
    order = {added: number for number, added in enumerate(pairs["added"].unique())}
    keys = pairs.assign(
        order=pairs["added"].map(order), size=-pairs["other_inputs"].str.count(r"\+")
    )
    return keys.sort_values(["order", "size"], kind="stable")


def _names(pair):
    """Contrasts that the first set of a pair adds, shares with the other, and replaces."""
    inputs, others = pair["inputs"].split("+"), pair["other_inputs"].split("+")
    added = [name for name in inputs if name not in others]
    removed = [name for name in others if name not in inputs]
    common = [name for name in inputs if name in others]
    return [" + ".join(names) or NOTHING for names in (added, common, removed)]


def _left_out(shown, tests):
    if len(shown) == len(tests):
        return ""
    return "Only pairs that differ in one contrast are shown; the CSV file has all pairs. "


def _without(index, columns, rows):
    return [*columns[:index], *columns[index + 1 :]], [
        [*row[:index], *row[index + 1 :]] for row in rows
    ]
