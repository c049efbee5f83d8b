"""Coverage of the 95 % intervals of the agreement tables.

Draws many data sets from a population with known statistics, computes the intervals as the study
does, and counts how often they contain the population's value. Prints a table in Markdown. Run it
in the project's folder:

    python benchmarks/interval_coverage.py --n-data-sets 2000
"""

import argparse
import sys
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "workflow_scripts"))

from contrast2map.statistics import bootstrap, intervals, moments
from contrast2map.statistics.agreement import NORMAL_QUANTILE_975
from contrast2map.study import seeds

N_SUBJECTS = (6, 10, 18)
N_DRAWS = 400
SEED = 1
# Means of four tissues and offsets of the predictor, in between-subject SDs of the reference.
TISSUES = np.array([0.0, 3.0, 6.0, 10.0])
OFFSETS = np.array([-0.5, 0.3, 0.6, -0.2])


class Design(NamedTuple):
    """A normal population of pairs, in units of the reference's between-subject SD.

    Attributes:
        means: Mean of the reference in each region, shape (region,).
        offsets: Mean of the predictor minus that of the reference, shape (region,).
        correlation: Correlation of predictor and reference across subjects, within a region.
        sd_ratio: SD of the predictor across subjects, within a region.
        shared: Correlation of two regions across subjects.
    """

    means: np.ndarray
    offsets: np.ndarray
    correlation: float
    sd_ratio: float
    shared: float


DESIGNS = {
    "one tissue, concordance 0.90": Design(TISSUES[:1], np.array([0.2]), 0.92, 1.0, 0.0),
    "one tissue, concordance 0.56": Design(TISSUES[:1], OFFSETS[:1], 0.7, 0.7, 0.0),
    "one tissue, concordance 0.16": Design(TISSUES[:1], OFFSETS[:1], 0.28, 0.4, 0.0),
    "four tissues of a subject": Design(TISSUES, OFFSETS, 0.7, 0.7, 0.5),
}
MODERATE = "one tissue, concordance 0.56"
POOLED = "four tissues of a subject"


def simulate(design, n_subjects, generator):
    """Simulate one data set.

    Returns:
        Predicted and reference, each of shape (subject, region).
    """
    reference, other = (_correlated(design, n_subjects, generator) for _ in range(2))
    r = design.correlation
    predicted = design.sd_ratio * (r * reference + np.sqrt(1 - r**2) * other)
    return design.means + design.offsets + predicted, design.means + reference


def truths(design):
    """Statistics of the whole population, by name."""
    x, y = design.means + design.offsets, design.means
    covariance = design.sd_ratio * design.correlation + np.mean((x - x.mean()) * (y - y.mean()))
    variance_x, variance_y = design.sd_ratio**2 + x.var(), 1 + y.var()
    bias = (x - y).mean()
    variance = variance_x + variance_y - 2 * covariance
    concordance = 2 * covariance / (variance_x + variance_y + bias**2)
    return {
        "bias": bias,
        "lower limit": bias - NORMAL_QUANTILE_975 * np.sqrt(variance),
        "upper limit": bias + NORMAL_QUANTILE_975 * np.sqrt(variance),
        "slope": 2 * (variance_x - variance_y) / (variance_x + variance_y + 2 * covariance),
        "SD ratio": design.sd_ratio,
        "CCC": concordance,
        "ICC": concordance,  # equal in the population of two methods with fixed offsets
    }


def exact(predicted, reference):
    """Intervals of one region that need no resampling, by name of the statistic."""
    x, y = predicted[:, 0], reference[:, 0]
    lower, upper = intervals.of_limits(x - y)
    return {
        "bias": intervals.of_mean(x - y),
        "lower limit": lower,
        "upper limit": upper,
        "slope": intervals.of_slope(x - y, (x + y) / 2)[1],
        "SD ratio": intervals.of_sd_ratio(x, y)[1],
    }


def concordances(predicted, reference, n_draws, generator):
    """Bootstrap intervals of CCC and ICC, by name."""
    statistics = {"CCC": moments.concordance, "ICC": moments.intraclass_correlation}
    return {
        name: bootstrap.studentised_interval(
            statistic, predicted, reference, n_draws, generator, "fisher_z"
        )
        for name, statistic in statistics.items()
    }


def pooled(predicted, reference, n_draws, generator):
    """Intervals of several regions of a subject together, by name of the statistic."""
    statistics = {
        "lower limit": (moments.lower_limit, "identity"),
        "upper limit": (moments.upper_limit, "identity"),
        "slope": (moments.slope, "identity"),
        "SD ratio": (moments.sd_ratio, "log"),
    }
    found = {
        name: bootstrap.studentised_interval(
            statistic, predicted, reference, n_draws, generator, scale
        )
        for name, (statistic, scale) in statistics.items()
    }
    found |= concordances(predicted, reference, n_draws, generator)
    return {"bias": intervals.of_mean((predicted - reference).mean(axis=1))} | found


def coverage(design_name, n_subjects, n_data_sets, n_draws=N_DRAWS, seed=SEED):
    """Compute the share of data sets whose interval contains the population's value.

    Args:
        design_name: Name of one of `DESIGNS`.
        n_subjects: Subjects of a data set.
        n_data_sets: Number of data sets.
        n_draws: Bootstrap draws per interval; 0: only intervals without resampling.
        seed: Seed of data sets and draws.

    Returns:
        Dict mapping statistic to share; an interval that could not be computed counts as a miss.
    """
    design = DESIGNS[design_name]
    true = truths(design)
    generator = seeds.generator(seed, "coverage", design_name, str(n_subjects))
    hits = {}
    for _ in range(n_data_sets):
        data = simulate(design, n_subjects, generator)
        if len(design.means) > 1:
            found = pooled(*data, n_draws, generator)
        else:
            found = exact(*data)
            found |= concordances(*data, n_draws, generator) if n_draws else {}
        for name, (low, high) in found.items():
            hits[name] = hits.get(name, 0) + (low <= true[name] <= high)
    return {name: n_hits / n_data_sets for name, n_hits in hits.items()}


def rows(n_data_sets):
    """Rows of the table: interval, method, design, number of subjects, coverage, draws."""
    for design_name, design in DESIGNS.items():
        for n_subjects in N_SUBJECTS:
            print(f"{design_name}, {n_subjects} subjects ...", file=sys.stderr)
            is_pooled = len(design.means) > 1
            for name, share in coverage(design_name, n_subjects, n_data_sets).items():
                is_exact = name == "bias" or (name not in ("CCC", "ICC") and not is_pooled)
                draws = "–" if is_exact else str(N_DRAWS)
                yield name, design_name, str(n_subjects), f"{share:.3f}", draws


def _correlated(design, n_subjects, generator):
    """Standard normal numbers, shape (subject, region), correlated between regions."""
    common = generator.standard_normal((n_subjects, 1))
    own = generator.standard_normal((n_subjects, len(design.means)))
    return np.sqrt(design.shared) * common + np.sqrt(1 - design.shared) * own


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--n-data-sets", type=int, default=2000, help="data sets per row (2000)")
    n_data_sets = parser.parse_args().n_data_sets
    error = np.sqrt(0.95 * 0.05 / n_data_sets)
    print(f"{n_data_sets} data sets per row; standard error of a coverage of 0.95: {error:.3f}.\n")
    headings = ("Interval", "Design", "Subjects", "Coverage", "Draws")
    for cells in chain((headings, ["---"] * len(headings)), rows(n_data_sets)):
        print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
