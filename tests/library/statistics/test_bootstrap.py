"""The bootstrap over subjects: reproducible, by subject, NaN where undefined."""

import numpy as np
import pytest
from scipy import stats

from contrast2map.statistics import bootstrap, intervals, moments

pytestmark = pytest.mark.filterwarnings("error")

SCALE_OF = {
    moments.lower_limit: "identity",
    moments.slope: "identity",
    moments.sd_ratio: "log",
    moments.concordance: "fisher_z",
    moments.intraclass_correlation: "fisher_z",
}


def pairs(seed, n_subjects=18, n_regions=4, shared=0.5):
    """Predicted and reference; regions of a subject are correlated."""
    rng = np.random.default_rng(seed)
    common, own = rng.normal(size=(2, n_subjects, 1)), rng.normal(size=(2, n_subjects, n_regions))
    noise = np.sqrt(shared) * common + np.sqrt(1 - shared) * own
    reference = np.arange(n_regions) * 100 + 1000 + 30 * noise[0]
    return reference * 0.8 + 200 + 20 * noise[1], reference


def interval(statistic, x, y, n_draws=200, seed=1):
    generator = np.random.default_rng(seed)
    return bootstrap.studentised_interval(
        statistic, x, y, n_draws, generator, SCALE_OF.get(statistic, "identity")
    )


@pytest.mark.parametrize("n_regions", [1, 4])
@pytest.mark.parametrize("statistic", SCALE_OF)
def test_the_interval_contains_the_estimate_and_is_reproducible(statistic, n_regions):
    x, y = pairs(1, n_regions=n_regions)
    low, high = interval(statistic, x, y)
    estimate = statistic(moments.sums_by_subject(x, y).sum(axis=0))
    assert low < estimate < high
    assert interval(statistic, x, y) == (low, high)
    assert interval(statistic, x, y, seed=2) != (low, high)


def test_the_interval_of_a_mean_is_nearly_students():
    x, y = pairs(3, n_subjects=12, n_regions=1)
    found = interval(moments.bias, x, y, n_draws=20_000)
    expected = intervals.of_mean((x - y)[:, 0])
    width = expected.high - expected.low
    assert found == pytest.approx(expected, abs=0.02 * width)


def test_the_interval_of_an_sd_is_nearly_that_of_chi_square():
    # It is far from symmetric: with its bounds exchanged, it would extend too far down.
    x, y = pairs(3, n_subjects=12, n_regions=1)
    found = interval(moments.sd_of_differences, x, y, n_draws=20_000)
    quantiles = stats.chi2.ppf([0.975, 0.025], 11)
    expected = (x - y).std(ddof=1) * np.sqrt(11 / quantiles)
    assert found == pytest.approx(expected, rel=0.1)


def test_the_jackknife_error_of_a_mean_is_its_standard_error():
    x, y = pairs(4, n_regions=1)
    found = bootstrap.jackknife_error(moments.bias, moments.sums_by_subject(x, y))
    assert found == pytest.approx((x - y).std(ddof=1) / np.sqrt(len(x)))


def test_the_jackknife_leaves_out_whole_subjects():
    x, y = pairs(5, n_subjects=6)
    others = [np.delete(np.arange(6), subject) for subject in range(6)]
    left = [moments.concordance(moments.sums_by_subject(x[o], y[o]).sum(axis=0)) for o in others]
    expected = np.sqrt(5 / 6 * ((left - np.mean(left)) ** 2).sum())
    found = bootstrap.jackknife_error(moments.concordance, moments.sums_by_subject(x, y))
    assert found == pytest.approx(expected)


@pytest.mark.parametrize("statistic", [moments.bias, moments.lower_limit])
def test_tissues_of_one_subject_do_not_count_as_subjects(statistic):
    # Four copies of a column contain no more information than the column.
    x, y = pairs(6, n_regions=1)
    once, four = interval(statistic, x, y), interval(statistic, np.tile(x, 4), np.tile(y, 4))
    assert four[1] - four[0] == pytest.approx(once[1] - once[0], rel=0.15)


def test_the_draws_have_the_spread_and_the_correlations_of_the_subjects():
    x, y = pairs(7, n_subjects=9, n_regions=2)
    measured = np.stack([x, y], axis=1)
    seen = []

    def spy(sums):
        if sums.ndim == 3:  # one row of sums per draw
            seen.append(sums)
        return moments.bias(sums)

    fitted = spy(bootstrap._sums_of_fitted(measured))
    t = bootstrap._studentised(spy, measured, fitted, 4000, np.random.default_rng(1))
    assert t.shape == (4000,) and abs(np.median(t)) < 0.05
    sums = seen[0].sum(axis=0)  # of all draws together
    n = sums[:, moments.N]
    mean = sums[:, moments.X] / n
    variance = sums[:, moments.XX] / n - mean**2
    covariance = sums[:, moments.XY] / n - mean * sums[:, moments.Y] / n
    np.testing.assert_allclose(mean, x.mean(axis=0), rtol=1e-3)
    np.testing.assert_allclose(variance, x.var(axis=0, ddof=1), rtol=0.05)
    expected = [np.cov(x[:, region], y[:, region])[0, 1] for region in range(2)]
    np.testing.assert_allclose(covariance, expected, rtol=0.05)


@pytest.mark.parametrize("statistic", [*SCALE_OF, moments.sd_of_differences, moments.bias])
def test_the_fitted_distribution_has_the_statistics_of_the_unbiased_moments(statistic):
    x, y = pairs(8, n_regions=1)
    found = statistic(bootstrap._sums_of_fitted(np.stack([x, y], axis=1)))
    many = 200_000
    covariance = np.cov(x[:, 0], y[:, 0])
    drawn = np.random.default_rng(1).multivariate_normal([x.mean(), y.mean()], covariance, many)
    expected = statistic(moments.sums_by_subject(drawn[:, :1], drawn[:, 1:]).sum(axis=0))
    assert found == pytest.approx(expected, rel=0.01, abs=0.2)


def test_draws_in_chunks_are_all_the_draws(monkeypatch):
    x, y = pairs(9)
    drawn = []
    studentised = bootstrap._studentised

    def count(scaled, measured, fitted, n_draws, generator):
        drawn.append(n_draws)
        return studentised(scaled, measured, fitted, n_draws, generator)

    monkeypatch.setattr(bootstrap, "_studentised", count)
    monkeypatch.setattr(bootstrap, "CHUNK", 30 * x.size * 6)
    chunked = interval(moments.slope, x, y)
    assert drawn == [30] * 6 + [20]
    monkeypatch.setattr(bootstrap, "CHUNK", 4_000_000)
    assert chunked == pytest.approx(interval(moments.slope, x, y))


@pytest.mark.parametrize("statistic", SCALE_OF)
def test_a_subject_with_a_missing_region_is_excluded(statistic):
    x, y = pairs(10)
    expected = interval(statistic, x[1:], y[1:])
    x[0, 2] = np.nan
    assert interval(statistic, x, y) == expected


@pytest.mark.parametrize("statistic", SCALE_OF)
@pytest.mark.parametrize("n_regions", [1, 4])
def test_fewer_than_three_subjects_have_no_interval(statistic, n_regions):
    for n in range(3):
        assert np.isnan(interval(statistic, *pairs(1, n, n_regions))).all()


@pytest.mark.parametrize("statistic", SCALE_OF)
@pytest.mark.parametrize("seed", range(40))
def test_three_subjects_raise_no_warning(statistic, seed):
    low, high = interval(statistic, *pairs(seed, 3), n_draws=50)
    assert not low > high


@pytest.mark.parametrize("factor", [0.2, 1.0])
def test_a_bound_that_overflows_is_infinite_without_a_warning(factor, monkeypatch):
    monkeypatch.setattr(bootstrap, "_studentised", lambda *_: np.array([-1e6 * factor, 1e6]))
    low, high = interval(moments.sd_ratio, *pairs(1))
    assert (low, high) == (0, np.inf)


@pytest.mark.parametrize("statistic", SCALE_OF)
def test_a_statistic_without_spread_has_no_interval(statistic):
    _, y = pairs(11)
    same = y - y.mean(axis=1, keepdims=True)
    nothing = np.zeros_like(y)
    assert np.isnan(interval(statistic, same * 0 + 3, nothing)).all()


def test_the_interval_does_not_depend_on_an_offset():
    x, y = pairs(12)
    expected = interval(moments.concordance, x, y)
    assert interval(moments.concordance, x + 1e9, y + 1e9) == pytest.approx(expected, abs=1e-6)
