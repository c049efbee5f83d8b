"""New persons: the maps change as drawn, and the images as the physics says."""

import numpy as np
import pytest

from contrast2map.imaging.signal_equations import SIGNAL_EQUATIONS, equation_parameters
from contrast2map.learning.new_persons import NewPersons
from contrast2map.learning.patches import Patches

SCALE_S = 3.0
SEQUENCES = [
    {"type": "spoiled_gradient_echo", "TR_s": 0.003, "TE_s": 0.0013, "flip_angle_deg": 18},
    {"type": "spin_echo", "TR_s": 3.0, "TE_s": 0.08},
]


@pytest.fixture
def maps(rng):
    """T1 and T2 in seconds: white matter, grey matter and fluid, a margin of air."""
    T1_s = rng.choice([0.82, 1.25, 4.0], (40, 40))
    T2_s = np.select([T1_s < 1, T1_s < 2], [0.07, 0.085], 0.5)
    maps_s = np.stack([T1_s, T2_s], axis=-1).astype(np.float32)
    maps_s[:5] = 0
    return maps_s


def images_of(maps_s, gain):
    """Images that the equations give, each divided by its 95th percentile."""
    known = maps_s[..., 0] > 0
    images = np.zeros((*known.shape, len(SEQUENCES)), np.float32)
    for channel, sequence in enumerate(SEQUENCES):
        T1_s, T2_s = maps_s[known].T
        signal = SIGNAL_EQUATIONS[sequence["type"]](
            T1_s, T2_s, gain[known], np.ones_like(T1_s), **equation_parameters(sequence)
        )
        images[..., channel][known] = signal / np.percentile(signal, 95)
    return images


def test_the_images_are_those_of_the_new_relaxation_times(rng, maps):
    """Whatever the proton density and the coil field are."""
    gain = rng.uniform(0.5, 1.5, maps.shape[:2]).astype(np.float32)
    persons = NewPersons(SEQUENCES, SCALE_S, T1_sd=0.05, T2_sd=0.06)
    images, new = persons.draw(np.random.default_rng(3), images_of(maps, gain), maps / SCALE_S)
    assert np.abs(new * SCALE_S / np.maximum(maps, 1e-6) - 1)[6:].max() > 0.01
    assert np.allclose(images, images_of(new * SCALE_S, gain), rtol=2e-3, atol=1e-5)


def test_a_tissue_changes_as_a_whole_and_fluid_stays(maps):
    images = images_of(maps, np.ones(maps.shape[:2], np.float32))
    persons = NewPersons(SEQUENCES, SCALE_S, T1_sd=0.05, T2_sd=0.06)
    changes = []
    for seed in range(200):
        _, new = persons.draw(np.random.default_rng(seed), images, maps / SCALE_S)
        of_T1 = np.log(new[..., 0][6:] * SCALE_S / maps[..., 0][6:])
        white, grey, fluid = (
            of_T1[np.isclose(maps[..., 0][6:], value)] for value in (0.82, 1.25, 4.0)
        )
        assert np.ptp(white) < 1e-5 and np.ptp(grey) < 1e-5
        assert np.abs(fluid).max() < 1e-5
        changes.append((white[0], grey[0]))
        assert not new[:5].any()
    white, grey = np.transpose(changes)
    # Between two nodes, the mean of two changes of which half of the variance is shared.
    for values in (white, grey):
        assert 0.035 < values.std() < 0.055
    assert 0.3 < np.corrcoef(white, grey)[0, 1] < 0.85


def test_no_change_leaves_everything(maps):
    images = images_of(maps, np.ones(maps.shape[:2], np.float32))
    persons = NewPersons(SEQUENCES, SCALE_S, T1_sd=0.0, T2_sd=0.0)
    same_images, same_maps = persons.draw(np.random.default_rng(0), images, maps / SCALE_S)
    assert np.allclose(same_images, images, rtol=1e-5)
    assert np.allclose(same_maps, maps / SCALE_S, rtol=1e-5)


def test_voxels_without_reference_keep_their_images(maps):
    images = images_of(maps, np.ones(maps.shape[:2], np.float32))
    holes = maps.copy()
    holes[20:25] = 0
    persons = NewPersons(SEQUENCES, SCALE_S, T1_sd=0.05, T2_sd=0.06)
    new_images, new = persons.draw(np.random.default_rng(1), images, holes / SCALE_S)
    assert not new[20:25].any()
    factor = new_images[20:25] / images[20:25]
    assert np.allclose(factor, factor[0, 0], rtol=1e-4)  # of the normalisation only


def test_patches_show_another_person_in_each_epoch(maps):
    images = images_of(maps, np.ones(maps.shape[:2], np.float32))
    slices = np.stack([images] * 2), np.stack([maps / SCALE_S] * 2)
    persons = NewPersons(SEQUENCES, SCALE_S, T1_sd=0.05, T2_sd=0.06)

    def of_epoch(epoch, new_persons=persons):
        patches = Patches(*slices, (32, 32), 2, seed=4, new_persons=new_persons)
        patches.begin(epoch)
        return patches[0]

    for first, again, other in zip(of_epoch(0), of_epoch(0), of_epoch(1), strict=True):
        assert np.array_equal(first, again)
        assert not np.allclose(np.sort(first, axis=None), np.sort(other, axis=None))
    # The two slices, which are the same scan, are two persons; positions and flips stay.
    _, new = of_epoch(0)
    _, old = of_epoch(0, None)
    assert np.array_equal(new > 0, old > 0)
    ratios = [np.mean(new[n][old[n] > 0] / old[n][old[n] > 0]) for n in range(2)]
    assert ratios[0] != ratios[1]
