"""Batches: what they hold, what they depend on, and how images are scaled."""

from dataclasses import fields

import numpy as np
import pytest

from contrast2map.imaging.protocol import PROTOCOL_FIELDS, SLOTS, image_scale
from contrast2map.teacher.batch import Batch
from contrast2map.teacher.tissues import FIRST_OUTER, TISSUES

ALL = (1.0,) * len(SLOTS)
ONLY_T2W = (0.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def values(batch):
    return [getattr(batch, field.name) for field in fields(Batch)]


def differing(first, second):
    pairs = zip(fields(Batch), values(first), values(second), strict=True)
    return {
        field.name
        for field, a, b in pairs
        if not np.array_equal(a, b, equal_nan=a.dtype == np.float32)
    }


def test_a_batch_depends_on_seed_and_step_only(teacher_of):
    one, other = teacher_of(), teacher_of()
    other.batch(0)
    assert not differing(one.batch(5), other.batch(5))


def test_another_step_or_seed_is_another_batch(teacher_of):
    batch = teacher_of().batch(5)
    for changed in (teacher_of().batch(6), teacher_of(seed=2).batch(5)):
        assert {"images", "T1_s", "T2_s", "protocol", "mask"} <= differing(batch, changed)


def test_a_batch_has_the_promised_shapes_and_types(teacher_of):
    batch = teacher_of().batch(0)
    plane = (4, 96, 80)
    expected = {
        "images": ((*plane, 6), np.float32),
        "protocol": ((4, 6, len(PROTOCOL_FIELDS)), np.float32),
        "present": ((4, 6), bool),
        "common_scale": ((4,), bool),
        "T1_s": (plane, np.float32),
        "T2_s": (plane, np.float32),
        "mask": (plane, bool),
        "tissue": (plane, np.uint8),
    }
    found = {f.name: (a.shape, a.dtype) for f, a in zip(fields(Batch), values(batch), strict=True)}
    assert found == {name: (shape, np.dtype(kind)) for name, (shape, kind) in expected.items()}


def test_absent_scans_are_zero_and_without_protocol(teacher_of):
    teacher = teacher_of()
    for step in range(4):
        batch = teacher.batch(step)
        assert batch.present.any(axis=1).all()
        absent = ~batch.present
        assert not batch.images.transpose(0, 3, 1, 2)[absent].any()
        assert np.isnan(batch.protocol[absent]).all()


def test_subsets_of_scans_vary(teacher_of):
    present = np.concatenate([teacher_of().batch(step).present for step in range(12)])
    assert len({tuple(row) for row in present}) > 12
    assert present.any(axis=0).all()


def test_the_papers_scans_are_given_as_often_as_configured(teacher_of):
    present = teacher_of(share_paper=1.0).batch(0).present
    assert (present == [True, True, True, False, False, False]).all()


def test_images_are_finite_and_not_negative(teacher_of):
    images = teacher_of(present=ALL, share_paper=0).batch(1).images
    assert np.isfinite(images).all()
    assert images.min() >= 0


def test_truth_is_given_in_the_mask_and_nowhere_else(teacher_of):
    teacher = teacher_of()
    for step in range(4):
        batch = teacher.batch(step)
        for times_s in (batch.T1_s, batch.T2_s):
            assert (times_s[batch.mask] > 0).all()
            assert not times_s[~batch.mask].any()
        assert batch.T2_s.max() <= np.float32(teacher.settings.T2_ceiling_s)


def test_the_mask_holds_brain_that_stripping_left(teacher_of):
    batch = teacher_of(stripping=(0.0, 0.0, 1.0), n_lesions=0).batch(2)
    assert batch.mask.any(axis=(1, 2)).all()
    outer = (batch.tissue >= FIRST_OUTER) & (batch.tissue < len(TISSUES))
    assert outer.any()
    assert (batch.mask & outer).sum() < 0.01 * batch.mask.sum()  # partial volume only
    stripped = teacher_of(stripping=(1.0, 0.0, 0.0), share_paper=0, present=ONLY_T2W).batch(2)
    assert not stripped.mask[stripped.images[..., 4] == 0].any()


def test_a_common_scale_is_that_of_the_first_scan(teacher_of):
    common, own = (
        teacher_of(share_common_scale=share, present=ALL, share_paper=0).batch(3).images
        for share in (1.0, 0.0)
    )
    np.testing.assert_array_equal(common[..., 0], own[..., 0])
    for together, apart in zip(
        np.moveaxis(common[..., 1:], 3, 1), np.moveaxis(own[..., 1:], 3, 1), strict=True
    ):
        factors = [
            np.unique(np.round(a[b > 0.05] / b[b > 0.05], 3))
            for a, b in zip(together, apart, strict=True)
        ]
        assert all(np.ptp(each) <= 2e-3 * each.max() for each in factors)
        assert any(abs(each[0] - 1) > 0.05 for each in factors)


def test_the_median_of_the_brain_is_about_one_under_a_scale_of_its_own(teacher_of):
    teacher = teacher_of(share_common_scale=0.0, present=ALL, share_paper=0, share_axial=1.0)
    medians = []
    for step in range(4):
        batch = teacher.batch(step)
        for image, mask in zip(batch.images, batch.mask, strict=True):
            if mask.mean() > 0.3:
                medians.extend(np.median(image[mask], axis=0))
    assert len(medians) > 30
    assert 0.8 < np.median(medians) < 1.2


def test_the_scale_of_an_image_ignores_zeros():
    assert image_scale(np.array([0.0, 0.0, 1.0, 2.0, 9.0])) == 2.0
    assert image_scale(np.zeros(3)) == 0.0


@pytest.mark.parametrize("changes", [{"patch_size": (100, 80)}, {"n_lesions": 13}])
def test_impossible_settings_are_refused(teacher_of, changes):
    with pytest.raises(ValueError, match=next(iter(changes))):
        teacher_of(**changes)
