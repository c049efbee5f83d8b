"""What the network is compared with: means, a dictionary and gradient boosting."""

import numpy as np
import pytest

import label_heads
from contrast2map.imaging.protocol import PROTOCOL_FIELDS, SLOTS
from contrast2map.imaging.signal_equations import SIGNAL_EQUATIONS
from contrast2map.teacher.batch import Batch
from contrast2map.teacher.heads import load_heads
from contrast2map.teacher.settings import TeacherSettings
from contrast2map.teacher.teacher import Teacher
from contrast2map.teacher.tissues import TISSUES
from pages.any_protocol import comparators

SEQUENCES = {
    "pdw_spin_echo": ("spin_echo", {"TR_s": 3.0, "TE_s": 0.015}),
    "t2w_spin_echo": ("spin_echo", {"TR_s": 3.0, "TE_s": 0.09}),
    "t1w_spin_echo": ("spin_echo", {"TR_s": 0.5, "TE_s": 0.012}),
}


def batch_of(images, tissue, field_T=3.0):
    shape = images.shape[:3]
    protocol = np.full((shape[0], len(SLOTS), len(PROTOCOL_FIELDS)), np.nan)
    protocol[:, 0, list(PROTOCOL_FIELDS).index("field_strength_T")] = field_T
    present = np.ones((shape[0], len(SLOTS)), bool)
    ones = np.ones(shape)
    return Batch(images, protocol, present, np.zeros(shape[0]), ones, ones, ones > 0, tissue)


def test_a_dictionary_finds_the_relaxation_times_of_voxels_without_noise():
    T1_s, T2_s, PD = np.array([0.9, 1.3]), np.array([0.07, 0.09]), np.array([0.75, 0.8])
    images = np.zeros((1, 1, 2, len(SLOTS)))
    for slot, (equation, parameters) in SEQUENCES.items():
        signal = SIGNAL_EQUATIONS[equation]
        level = signal(
            *(np.array([each]) for each in comparators.TYPICAL), np.ones(1), **parameters
        )
        images[0, 0, :, SLOTS.index(slot)] = (
            signal(T1_s, T2_s, PD, np.ones(2), **parameters) / level
        )
    found = comparators.Dictionary(SEQUENCES)(batch_of(images, np.zeros((1, 1, 2), np.uint8)))
    np.testing.assert_allclose(found["T1"][0, 0], T1_s, rtol=0.12)
    np.testing.assert_allclose(found["T2"][0, 0], T2_s, rtol=0.12)


@pytest.mark.parametrize("field_T, T1_s", [(1.5, 0.65), (3.0, 0.85)])
def test_the_tissue_mean_is_the_literatures_at_the_field_of_the_scan(field_T, T1_s):
    tissue = np.full((1, 2, 2), TISSUES.index("wm"), np.uint8)
    maps_s = comparators.tissue_mean(batch_of(np.ones((1, 2, 2, len(SLOTS))), tissue, field_T))
    assert maps_s["T1"] == pytest.approx(np.full((1, 2, 2), T1_s))


def test_boosting_learns_T1_from_signals(tmp_path):
    (tmp_path / "labels").mkdir()
    label_heads.write(tmp_path / "labels")
    heads = load_heads(tmp_path / "labels", tmp_path / "heads")
    settings = TeacherSettings(
        patch_size=(48, 48), batch_size=4, share_paper=1.0, share_lifelike=1.0
    )
    teacher = Teacher(settings, heads, 1)
    boosted = comparators.Boosting([teacher.batch(step) for step in range(16)])
    batch = teacher.batch(20)
    inside = batch.mask.astype(bool)
    found = boosted(batch)["T1"][inside]
    true = batch.T1_s[inside]
    constant = np.median(
        np.concatenate([teacher.batch(s).T1_s[teacher.batch(s).mask > 0] for s in range(3)])
    )
    assert np.abs(np.log(found / true)).mean() < np.abs(np.log(constant / true)).mean()


def test_a_lesion_has_the_literatures_value_of_lesions():
    tissue = np.full((1, 1, 1), len(TISSUES) + 3, np.uint8)
    maps_s = comparators.tissue_mean(batch_of(np.ones((1, 1, 1, len(SLOTS))), tissue))
    assert maps_s["T2"][0, 0, 0] == pytest.approx(0.12)
