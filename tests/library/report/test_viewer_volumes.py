"""Volumes for the report's viewer: exact to a step, cut to the brain, within a number of bytes."""

import io
from dataclasses import replace

import nibabel
import numpy as np
import pytest
from PIL import Image

from contrast2map.figures.viewer_panels import colour_table
from contrast2map.report import viewer_volumes

SHAPE = (18, 20, 24)
AFFINE = np.array([[1.5, 0, 0, -9], [0, 2, 0.1, -20], [0, 0, 2.5, 7], [0, 0, 0, 1.0]])


def head(subject="01", seed=1):
    rng = np.random.default_rng(seed)
    brain = np.zeros(SHAPE, bool)
    brain[5:13, 4:17, 6:22] = True
    reference_s = {"T1": rng.uniform(0.2, 4, SHAPE), "T2": rng.uniform(0.01, 2, SHAPE)}
    reference_s["T1"][6, 6, 8] = 0
    return viewer_volumes.Head(
        subject=subject,
        group="MS",
        scan=rng.uniform(0, 1e5, SHAPE),
        reference_s=reference_s,
        predicted_s={
            name: map_s + rng.normal(0, 0.05, SHAPE) for name, map_s in reference_s.items()
        },
        spread_s={name: rng.uniform(0, 0.1, SHAPE) for name in reference_s},
        brain=brain,
        predicted=brain & (np.arange(SHAPE[2]) < 20),
        affine=AFFINE,
    )


@pytest.mark.parametrize("step", [1.0, 0.1, 0.5])
def test_what_is_stored_is_the_value_to_half_a_step(rng, step):
    values = rng.uniform(-3000 * step, 3000 * step, (5, 6, 7))
    known = rng.random(values.shape) < 0.7
    encoded = viewer_volumes.encode(values, known, step)
    found = viewer_volumes.decode(encoded, values.shape)
    assert encoded["step"] == step
    assert np.abs(found - values)[known].max() <= step / 2 * (1 + 1e-9)
    assert np.isnan(found[~known]).all() and np.isfinite(found[known]).all()
    assert viewer_volumes.encode(values, known, step) == encoded  # to the byte


def test_a_value_that_sixteen_bits_cannot_hold_makes_the_steps_longer():
    values = np.array([[[1.0, -70_000.0]]])
    encoded = viewer_volumes.encode(values, np.ones_like(values, bool), 1.0)
    assert encoded["step"] == 3
    assert np.abs(viewer_volumes.decode(encoded, values.shape) - values).max() <= 1.5


def test_nothing_known_is_stored_as_nothing():
    encoded = viewer_volumes.encode(np.ones((2, 2, 2)), np.zeros((2, 2, 2), bool), 1.0)
    assert np.isnan(viewer_volumes.decode(encoded, (2, 2, 2))).all()


@pytest.mark.parametrize("every", [1, 2, 5])
def test_each_packed_voxel_is_a_voxel_of_the_map_at_its_place_in_the_world(every):
    whole = head()
    packed = viewer_volumes.pack(whole, every)
    assert packed["first"] == [3, 2, 4]
    assert packed["shape"][:2] == (12, 17)
    assert packed["shape"][2] == -(-20 // every)
    indices = np.indices(packed["shape"]).reshape(3, -1).T
    own = indices * [1, 1, every] + packed["first"]
    world = nibabel.affines.apply_affine(np.array(packed["affine"]), indices)
    assert world == pytest.approx(nibabel.affines.apply_affine(AFFINE, own))
    at = tuple(own.T)
    known = {
        "reference": whole.brain & (whole.reference_s["T1"] > 0),
        "network": whole.predicted,
        "spread": whole.predicted,
    }
    maps_s = {"reference": whole.reference_s, "network": whole.predicted_s}
    maps_s["spread"] = whole.spread_s
    for name, map_s in maps_s.items():
        found = viewer_volumes.decode(packed["maps"]["T1"][name], packed["shape"]).ravel()
        assert (np.isfinite(found) == known[name][at]).all()
        inside = np.isfinite(found)
        assert np.abs(found - 1000 * map_s["T1"][at])[inside].max() <= 0.5 + 1e-9
    scan = viewer_volumes.decode(packed["scan"], packed["shape"])
    assert np.nanpercentile(scan, 99) == pytest.approx(100, abs=2 if every == 1 else 8)


def test_what_fits_is_left_as_it_is():
    heads = [head("01", 1), head("02", 2)]
    packed, every = viewer_volumes.fit(heads, 1e9)
    assert every == 1 and [each["subject"] for each in packed] == ["01", "02"]


def test_slices_are_thinned_before_a_subject_is_left_out():
    heads = [head("01", 1), head("02", 2)]
    size = sum(viewer_volumes.n_bytes(viewer_volumes.pack(each, 1)) for each in heads)
    seen = []
    for share in (1.01, 0.6, 0.4, 0.15, 0.05, 0.001):
        packed, every = viewer_volumes.fit(heads, share * size)
        assert sum(map(viewer_volumes.n_bytes, packed)) <= share * size
        seen.append((len(packed), every))
    assert seen[:2] == [(2, 1), (2, 2)]
    assert [n for n, _ in seen] == sorted((n for n, _ in seen), reverse=True)
    assert seen[-1] == (0, 1) and 1 in [n for n, _ in seen]


def test_the_rank_correlation_is_one_where_the_spread_orders_the_errors():
    whole = head()
    error_s = {q: whole.predicted_s[q] - whole.reference_s[q] for q in whole.reference_s}
    ordered = replace(whole, spread_s={q: np.abs(e) ** 2 for q, e in error_s.items()})
    assert viewer_volumes.rank_correlation(ordered, "T1") == pytest.approx(1)
    against = replace(whole, spread_s={q: 1 - np.abs(e) for q, e in error_s.items()})
    assert viewer_volumes.rank_correlation(against, "T2") == pytest.approx(-1)
    alike = replace(whole, spread_s={q: 0 * e for q, e in error_s.items()})
    assert viewer_volumes.rank_correlation(alike, "T1") is None


def test_voxels_without_a_reference_or_a_prediction_do_not_count_in_the_correlation():
    whole = head()
    spread_s = {q: np.abs(whole.predicted_s[q] - of) for q, of in whole.reference_s.items()}
    outside = ~(whole.brain & whole.predicted & (whole.reference_s["T1"] > 0))
    spread_s["T1"][outside] = 1e6 * np.random.default_rng(3).random(outside.sum())
    assert viewer_volumes.rank_correlation(
        replace(whole, spread_s=spread_s), "T1"
    ) == pytest.approx(1)


def test_the_poster_has_the_left_of_the_subject_on_its_left():
    whole = head()
    scan = np.where(np.arange(SHAPE[0]) < 9, 0.0, 100.0)[:, None, None] * np.ones(SHAPE)
    packed = viewer_volumes.pack(replace(whole, scan=scan), 1)
    grey = colour_table(lambda x: np.stack([x, x, x, 1 + 0 * x], -1))
    assert len(grey) == 6 * 256 and grey.startswith("000000010101") and grey.endswith("ffffff")
    panel = {"name": "scan", "low": 0, "high": 100, "colours": grey}
    picture = Image.open(io.BytesIO(viewer_volumes.poster(packed, "T1", [panel, panel])))
    n_rows, n_columns = round(17 * 2), round(2 * 12 * 1.5)
    assert picture.size == (n_columns, n_rows)
    pixels = np.asarray(picture)
    middle = pixels[n_rows // 2, : n_columns // 2]
    inside = middle[middle[:, 3] == 255][:, 0]
    assert inside[0] == 0 and inside[-1] == 255 and (middle[[0, -1], 3] == 0).all()
