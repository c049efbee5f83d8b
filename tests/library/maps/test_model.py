"""A model answers its users: which scans, how to normalise, what it predicts, whom it knows."""

import dataclasses

import numpy as np
import pytest

import bundles
from contrast2map.imaging import masks

SHAPE = (3, 8, 8)


@pytest.fixture
def head(rng):
    """Scans, brain mask and tissue labels of a head of three slices."""
    scans = {name: 50 + 100 * rng.random(SHAPE) for name in ("mprage", "gre")}
    brain = np.zeros(SHAPE, bool)
    brain[:, 1:7, 1:7] = True
    return scans, brain, np.where(brain, masks.WM, 0)


def test_the_target_is_a_scan_even_if_no_network_reads_it():
    assert bundles.model().scans == ["mprage", "gre"]
    assert bundles.model(inputs=["gre"]).scans == ["gre", "mprage"]


def test_it_cannot_be_changed_by_its_users():
    with pytest.raises(dataclasses.FrozenInstanceError):
        bundles.model().seed = 2


def test_scans_are_divided_as_in_the_training(head):
    scans, brain, tissue = head
    by_slice = bundles.model().normalise(scans, brain, tissue)
    for values in by_slice["gre"]:
        assert np.percentile(values[brain[0]], 95) == pytest.approx(1, abs=1e-6)
    settings = bundles.FACTS["preprocessing"]
    together = bundles.model(
        preprocessing=settings | {"normalisation": {"method": "session", "map_scale_s": 3.0}}
    ).normalise(scans, brain, tissue)
    level = np.percentile(scans["mprage"][brain], 95)
    np.testing.assert_allclose(together["gre"][brain], scans["gre"][brain] / level, rtol=1e-6)


def test_maps_are_the_mean_of_the_networks_and_the_spread_their_SD(head):
    scans, brain, _ = head
    # Each network returns its inputs in the order of the channels, times a factor.
    networks = {"fold_0": lambda seen: 0.1 * seen, "fold_1": lambda seen: 0.3 * seen}
    model = bundles.model(inputs=["gre", "mprage"]).with_networks(networks)
    inputs = {name: values.astype(np.float32) for name, values in scans.items()}
    maps_s, spread_s = model.predict(inputs, brain, ["fold_0", "fold_1"])
    expected_s = np.where(brain, 3.0 * inputs["gre"], 0)
    np.testing.assert_allclose(maps_s["T1"], 0.2 * expected_s, rtol=1e-5)
    np.testing.assert_allclose(spread_s["T1"], np.sqrt(0.02) * expected_s, rtol=1e-4)
    np.testing.assert_allclose(maps_s["T2"], 0.2 * np.where(brain, 3.0 * inputs["mprage"], 0), 1e-5)
    alone_s, none = model.predict(inputs, brain, ["fold_1"])
    np.testing.assert_allclose(alone_s["T1"], 0.3 * expected_s, rtol=1e-5)
    assert none == {}
