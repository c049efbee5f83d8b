"""Errors of studies of the same subjects whose networks started or learned differently.

    python benchmarks/starts.py NAME=RESULTS [NAME=RESULTS ...]

RESULTS are folders of finished studies with the same folds, such as replication with
config/pretrained.yaml and with config/efficient.yaml. Prints, as a Markdown table, the mean
absolute error of the main network relative to the truth (without truth: the reference) with its
95 % confidence interval across subjects, for T1 and T2; first the tissue mean, which is the same in
all.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(1, str(ROOT / "workflow_scripts"))

from markdown import print_row

from contrast2map.evaluation.levels import LEVELS, errors_at
from contrast2map.evaluation.region_means import known_map
from contrast2map.statistics.intervals import of_mean
from contrast2map.study import predictors as names
from contrast2map.study import records
from contrast2map.study.terms import QUANTITIES
from contrast2map.tables.comparisons import LEVEL_NAMES
from contrast2map.tables.layout import interval


def main(studies):
    """Print one row per study and quantity."""
    print_row("network", "", *(f"{LEVEL_NAMES[level]} (ms)" for level in LEVELS))
    print_row(*["---"] * (2 + len(LEVELS)))
    for number, (name, results) in enumerate(studies):
        tables = {
            name: records.read(sorted(results.glob(f"evaluation/*/*/{name}.csv")))
            for name in ("roi_means", "lesions")
        }
        tables["errors_by_subject"] = records.read([results / "tables/errors_by_subject.csv"])
        networks = set(tables["roi_means"]["predictor"])
        shown = [(name, max(networks, key=lambda each: len(names.inputs_of(each))))]
        for label, predictor in shown if number else [("tissue mean", names.COHORT_MEAN), *shown]:
            for quantity in QUANTITIES:
                print_row(label, quantity, *cells(tables, predictor, quantity))


def cells(tables, predictor, quantity):
    """Mean absolute error and its interval at each level."""
    against = known_map(tables["roi_means"])
    for level in LEVELS:
        errors_ms = errors_at(level, tables, against, quantity)
        if predictor not in errors_ms:
            yield "–"
            continue
        values_ms = errors_ms[predictor].to_numpy()
        bounds = of_mean(values_ms)
        yield interval(values_ms.mean(), bounds.low, bounds.high, 1)


if __name__ == "__main__":
    pairs = [argument.partition("=") for argument in sys.argv[1:]]
    main([(name, Path(results)) for name, _, results in pairs])
