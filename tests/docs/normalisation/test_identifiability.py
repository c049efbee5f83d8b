"""How well normalised tissue means identify a person's T1 and T2."""

import numpy as np
import pandas as pd
import pytest
import yaml

from contrast2map.simulation.tissue_parameters import TissueStatistics, draw_tissues
from pages.normalisation import identifiability
from project import ROOT

CONFIG = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
TISSUES = CONFIG["simulation"]["tissues"]
SHARES = identifiability.SHARES


@pytest.fixture(scope="module")
def table():
    rows = identifiability.tabulate(CONFIG, [0.0, 0.5, 0.9], [0.0, 0.01], 6000, seed=1)
    return pd.DataFrame(rows).set_index(["method", "correlation", "noise", "quantity", "region"])


def test_persons_are_distributed_as_in_the_simulation():
    rng = np.random.default_rng(1)
    many = identifiability.draw_persons(rng, TISSUES, 0.5, 20_000)
    statistics = {name: TissueStatistics(**tissue) for name, tissue in TISSUES.items()}
    one_by_one = [draw_tissues(rng, statistics, 0.5) for _ in range(4000)]
    for quantity in ("T1", "T2"):
        for name in identifiability.SHARES:
            single = np.array([getattr(each[name], f"{quantity}_s") for each in one_by_one])
            assert many[quantity][name].mean() == pytest.approx(single.mean(), rel=0.01)
            assert many[quantity][name].std() == pytest.approx(single.std(), rel=0.06)
        pair = np.corrcoef(many[quantity]["gm"], many[quantity]["wm"])[0, 1]
        assert pair == pytest.approx(0.5, abs=0.03)
    assert abs(np.corrcoef(many["T1"]["gm"], many["T2"]["gm"])[0, 1]) < 0.03


def test_the_percentile_is_that_of_voxels_drawn_one_by_one():
    signals = {
        name: np.array([level])
        for name, level in zip(SHARES, (0.8, 1, 0.2, 0.9, 0.95), strict=True)
    }
    found = identifiability.percentile_level(signals, 0.04, np.array([0.03]))
    rng = np.random.default_rng(1)
    names = rng.choice(
        len(SHARES), 400_000, p=np.array(list(SHARES.values())) / sum(SHARES.values())
    )
    mean = np.array([signals[name][0] for name in SHARES])[names]
    voxels = mean * (1 + 0.04 * rng.standard_normal(len(mean)))
    voxels += 0.03 * rng.standard_normal(len(mean))
    assert found[0] == pytest.approx(np.percentile(voxels, 95), rel=1e-3)


def test_the_regression_finds_a_quadratic_law_and_nothing_in_noise():
    rng = np.random.default_rng(1)
    seen = rng.standard_normal((4000, 3))
    law = 2 + seen[:, 0] - 3 * seen[:, 1] * seen[:, 2]
    wanted = np.stack([law, rng.standard_normal(4000)], axis=1)
    estimates = identifiability.estimate(seen, wanted)
    np.testing.assert_allclose(estimates[:, 0], law[2000:], atol=1e-9)
    assert estimates[:, 1].std() < 0.1


def test_a_constant_signal_is_ignored():
    rng = np.random.default_rng(1)
    seen = np.stack([np.ones(400), rng.standard_normal(400)], axis=1)
    np.testing.assert_allclose(
        identifiability.estimate(seen, 2 * seen[:, 1:])[:, 0], 2 * seen[200:, 1]
    )


def test_without_noise_each_normalisation_can_be_inverted(table):
    assert table.xs(0.0, level="noise")["r_squared"].min() > 0.98


def test_normalising_each_image_alone_loses_T2_and_a_common_scale_preserves_it(table):
    noisy = table.xs(0.01, level="noise")["r_squared"].unstack("method")
    T2 = noisy.xs("T2", level="quantity")
    for alone in ("slice_p95", "reference_tissue"):
        assert T2.xs(0.5, level="correlation")[alone].between(0.2, 0.75).all()
        # The more alike the tissues of a person, the less their ratios tell.
        assert (
            T2.xs(0.0, level="correlation")[alone].mean()
            > T2.xs(0.5, level="correlation")[alone].mean()
        )
    assert T2[["absolute", "session"]].min().min() > 0.93
    assert noisy.xs("T1", level="quantity")["slice_p95"].min() > T2["slice_p95"].min() + 0.3


def test_the_regression_shrinks_what_it_does_not_explain(table):
    noisy = table.xs(0.01, level="noise")
    np.testing.assert_allclose(noisy["sd_ratio"] ** 2, noisy["r_squared"], atol=0.12)


def test_the_same_seed_gives_the_same_table():
    first, second = (
        identifiability.tabulate(CONFIG, [0.5], [0.01], 1000, seed=3) for _ in range(2)
    )
    assert first == second
