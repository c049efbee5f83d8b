"""Heads drawn from the templates: fractions, layers, seeds, lesions and structures."""

from functools import cache

import numpy as np
import pytest
from scipy import ndimage

from contrast2map.anatomy import heads, templates
from contrast2map.anatomy.heads import HEAD_TISSUES
from contrast2map.imaging import grids

VOXEL_MM = 5.0
KEYS = ("size_sd", "displacement_sd_mm", "displacement_smoothness_mm", "fraction_sharpness")


def draw(seed, settings):
    shape = heads.grid_shape([25, 25, 24], [8, 8, 8], VOXEL_MM)
    affine = grids.centred_affine(shape, [VOXEL_MM] * 3)
    return heads.draw_icbm152_head(np.random.default_rng(seed), shape, affine, **settings)


@pytest.fixture(scope="module", autouse=True)
def read_templates_once():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(heads, "load_icbm152", cache(templates.load_icbm152))
        yield


@pytest.fixture(scope="module")
def settings(default_config):
    return {key: default_config["simulation"]["anatomy"][key] for key in KEYS}


@pytest.fixture(scope="module")
def head(settings):
    return draw(1, settings)


def volumes_ml(head):
    return {name: share.sum() * VOXEL_MM**3 / 1000 for name, share in head.fractions.items()}


def test_the_grid_covers_the_field_of_view_and_a_margin():
    assert heads.grid_shape([10, 20, 30], [2.0, 1.0, 3.0], 1.5, margin_mm=16) == [24, 24, 71]


@pytest.mark.parametrize("quantity", ["t1", "gm", "wm"])
def test_the_templates_are_scaled_to_1_on_a_grid_of_1_mm(quantity):
    values, affine = templates.load_icbm152(quantity)
    assert values.dtype == np.float32 and values.min() == 0 and 0.9 < values.max() <= 1
    np.testing.assert_array_equal(affine[:3, :3], np.eye(3))


def test_fractions_and_their_sums_are_between_0_and_1(head):
    assert set(head.fractions) == set(HEAD_TISSUES) - {"lesion"}
    total = sum(head.fractions.values())
    assert min(share.min() for share in head.fractions.values()) >= 0
    assert total.max() <= 1 + 1e-5
    np.testing.assert_allclose(total[head.brain > 0.999], 1, atol=2e-3)  # no air in the brain
    assert total[0].max() == 0  # air around the head


def test_tissues_of_the_brain_have_the_volumes_of_an_adult(head):
    found = volumes_ml(head)
    assert 500 < found["gm"] < 1300 and 400 < found["wm"] < 900 and 150 < found["csf"] < 600
    assert 4 < found["putamen"] < 13 and 4 < found["thalamus"] < 13
    for name in ("skull", "marrow", "fat", "skin", "dura", "muscle"):
        assert found[name] > 50


def test_the_brain_is_centred_on_the_origin_and_the_neck_is_below(head):
    def mean_mm(share):
        coordinates = grids.world_coordinates(head.brain.shape, head.affine)
        return (coordinates * share).sum(axis=(1, 2, 3)) / share.sum()

    assert np.abs(mean_mm(head.brain)).max() < 12
    assert mean_mm(head.fractions["muscle"])[2] < mean_mm(head.brain)[2] - 50
    thalamus = mean_mm(head.fractions["thalamus"]) + heads.HEAD_CENTRE_MNI_MM
    np.testing.assert_allclose(thalamus, [0, -18.5, 7.5], atol=8)


def test_layers_are_ordered_from_the_brain_outwards(head):
    distance_mm = ndimage.distance_transform_edt(head.brain < 0.5) * VOXEL_MM
    above = grids.world_coordinates(head.brain.shape, head.affine)[2] > 0  # no neck there
    means = [
        np.average(distance_mm, weights=head.fractions[name] * above + 1e-9)
        for name in ("dura", "marrow", "fat", "skin")
    ]
    assert means == sorted(means)


def test_a_head_follows_from_its_seed(head, settings):
    again, other = draw(1, settings), draw(2, settings)
    assert all(np.array_equal(head.fractions[n], again.fractions[n]) for n in head.fractions)
    assert np.abs(head.fractions["gm"] - other.fractions["gm"]).max() > 0.5
    assert np.array_equal(head.affine, other.affine)


def test_a_larger_size_spread_changes_the_brains_volume(settings):
    still = settings | {"displacement_sd_mm": 0.0}
    same = [volumes_ml(draw(seed, still | {"size_sd": 0.0}))["wm"] for seed in (1, 2)]
    assert same[0] == pytest.approx(same[1], rel=1e-4)
    spread = [volumes_ml(draw(seed, still | {"size_sd": 0.1}))["wm"] for seed in (1, 2, 3)]
    assert np.ptp(spread) > 0.03 * np.mean(spread)


def test_a_larger_exponent_makes_purer_voxels(settings):
    still = settings | {"displacement_sd_mm": 0.0, "size_sd": 0.0}
    blurred, sharp = (draw(1, still | {"fraction_sharpness": n}) for n in (1.0, 10.0))
    assert sum(blurred.fractions.values()).max() <= 1 + 1e-5
    inside = blurred.brain > 0.99
    purity = [np.maximum(h.fractions["gm"], h.fractions["wm"])[inside] for h in (blurred, sharp)]
    assert purity[1].mean() > purity[0].mean() + 0.05


def test_lesions_replace_white_matter(head):
    lesion = 0.5 * head.fractions["wm"] * (np.arange(head.brain.shape[0])[:, None, None] < 20)
    diseased = heads.with_lesions(head, lesion)
    np.testing.assert_allclose(
        sum(diseased.fractions.values()), sum(head.fractions.values()), atol=1e-6
    )
    np.testing.assert_array_equal(diseased.fractions["lesion"], lesion)
    assert "lesion" not in head.fractions  # the argument is not modified


def test_structures_replace_grey_and_white_matter(head):
    tissue = {name: head.fractions[name] for name in ("gm", "wm")}
    share = np.linspace(0, 1, tissue["gm"].size, dtype=np.float32).reshape(head.brain.shape)
    filled = heads.with_structures(tissue, {"putamen": share})
    np.testing.assert_allclose(sum(filled.values()), sum(tissue.values()), atol=1e-6)
    np.testing.assert_allclose(filled["putamen"], share * sum(tissue.values()), atol=1e-6)
    assert set(tissue) == {"gm", "wm"}  # the argument is not modified
