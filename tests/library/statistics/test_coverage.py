"""The 95 % intervals of the agreement tables contain the population's value 95 times in 100.

The data sets are those of benchmarks/interval_coverage.py, which shows more designs and fewer
subjects.
"""

import importlib.util
import subprocess
import sys

import numpy as np
import pytest

from project import ROOT

NOMINAL = (0.935, 0.965)
N_SUBJECTS = 18
N_DATA_SETS, N_POOLED_DATA_SETS = 2000, 3000  # standard error of a coverage: 0.005 and 0.004
N_DRAWS = 199  # 2.5 % of N_DRAWS + 1 is a whole number: no bound lies between two draws


def load():
    path = ROOT / "benchmarks" / "interval_coverage.py"
    specification = importlib.util.spec_from_file_location("benchmark_of_coverage", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


coverage = load()


@pytest.mark.parametrize("design", coverage.DESIGNS)
def test_the_statistics_of_a_design_are_those_of_a_large_sample(design):
    x, y = coverage.simulate(coverage.DESIGNS[design], 200_000, np.random.default_rng(1))
    difference, true = x - y, coverage.truths(coverage.DESIGNS[design])
    slope = np.polyfit(((x + y) / 2).ravel(), difference.ravel(), 1)[0]
    covariance = np.mean((x - x.mean()) * (y - y.mean()))
    within = np.sqrt(x.var(axis=0).sum() / y.var(axis=0).sum())
    found = {
        "bias": difference.mean(),
        "lower limit": difference.mean() - 1.96 * difference.std(),
        "upper limit": difference.mean() + 1.96 * difference.std(),
        "slope": slope,
        "SD ratio": within,
        "CCC": 2 * covariance / (x.var() + y.var() + difference.mean() ** 2),
    }
    found["ICC"] = found["CCC"]
    assert found == pytest.approx(true, abs=0.01)


def test_designs_are_named_by_their_concordance():
    for name, design in coverage.DESIGNS.items():
        _, is_single, concordance = name.partition("concordance ")
        if is_single:
            assert coverage.truths(design)["CCC"] == pytest.approx(float(concordance), abs=0.005)


@pytest.mark.parametrize("design", ["one tissue, concordance 0.90", coverage.MODERATE])
def test_intervals_of_one_tissue_reach_nominal_coverage(design):
    found = coverage.coverage(design, N_SUBJECTS, N_DATA_SETS, N_DRAWS)
    assert len(found) == 7
    for name, share in found.items():
        assert NOMINAL[0] <= share <= NOMINAL[1], (name, share)


@pytest.mark.slow
def test_intervals_of_four_tissues_of_a_subject_reach_nominal_coverage():
    found = coverage.coverage(coverage.POOLED, N_SUBJECTS, N_POOLED_DATA_SETS, N_DRAWS)
    assert len(found) == 7
    for name, share in found.items():
        assert NOMINAL[0] <= share <= NOMINAL[1], (name, share)


def test_the_known_shortfall_at_low_concordance_is_no_larger_than_documented():
    # docs/statistics.md: about 0.93 at 18 subjects. This is below nominal, as documented.
    found = coverage.coverage("one tissue, concordance 0.16", N_SUBJECTS, N_DATA_SETS, N_DRAWS)
    for name in ("CCC", "ICC"):
        assert 0.91 <= found[name] <= NOMINAL[1], (name, found[name])


def test_the_benchmark_prints_a_table_of_all_designs():
    command = [sys.executable, "benchmarks/interval_coverage.py", "--n-data-sets", "2"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    rows = [line for line in printed.splitlines() if line.startswith("| ")]
    assert rows[0] == "| Interval | Design | Subjects | Coverage | Draws |"
    assert len(rows) == 2 + 7 * len(coverage.DESIGNS) * len(coverage.N_SUBJECTS)
    assert all(len(row.split("|")) == 7 for row in rows)
