"""Contribution of each input: paired comparisons of networks with different input contrasts."""

from itertools import combinations

import numpy as np
import pandas as pd

from contrast2map.statistics.agreement import holm
from contrast2map.statistics.intervals import paired_difference
from contrast2map.study.predictors import inputs_of
from contrast2map.study.records import where


def compare_inputs(errors_by_subject, networks):
    """Test all pairs of networks for a difference in MAE excluding CSF, paired by subject.

    If one network of a pair has all inputs of the other, it comes first; otherwise the order of
    `networks` applies.

    Args:
        errors_by_subject: Table returned by `tables.errors.errors_by_subject`.
        networks: Names of networks with different inputs.

    Returns:
        Table with one row per `against`, quantity and pair. `difference_ms` is the first network's
        error minus the second's; a negative difference favours the first. `p_holm` is corrected for
        the `n_tests` pairs and quantities with the same `against`.
    """
    compared = where(errors_by_subject, region="excluding_csf", convention="paper")
    compared = compared[compared["predictor"].isin(networks)]
    families = []
    for against, family in compared.groupby("against"):
        records = [
            {"against": against, "quantity": quantity}
            | _compare_pair(
                of_quantity.pivot(index="subject", columns="predictor", values="mae_ms"),
                *_larger_first(pair),
            )
            for quantity, of_quantity in family.groupby("quantity")
            for pair in combinations(networks, 2)
        ]
        p_holm = holm([record["p_value"] for record in records])
        n_tests = int(np.isfinite(p_holm).sum())
        families += [
            record | {"p_holm": p, "n_tests": n_tests}
            for record, p in zip(records, p_holm, strict=True)
        ]
    return pd.DataFrame(families)


def _larger_first(pair):
    first, second = pair
    return (second, first) if set(inputs_of(first)) < set(inputs_of(second)) else pair


def _compare_pair(errors_ms, first, second):
    difference = paired_difference(errors_ms[first], errors_ms[second])
    inputs, other_inputs = inputs_of(first), inputs_of(second)
    added = [name for name in inputs if name not in other_inputs]
    removed = [name for name in other_inputs if name not in inputs]
    return {
        "inputs": "+".join(inputs),
        "other_inputs": "+".join(other_inputs),
        "added": "+".join(added),
        "removed": "+".join(removed),
        "adds_one": len(added) == 1 and not removed,
        "n_subjects": difference.n,
        "mean_mae_ms": errors_ms[first].mean(),
        "other_mean_mae_ms": errors_ms[second].mean(),
        "difference_ms": difference.mean,
        "ci_lower_ms": difference.lower,
        "ci_upper_ms": difference.upper,
        "p_value": difference.p_value,
    }
