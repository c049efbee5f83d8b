"""BrainWeb models: read from both file types, averaged to partial volumes, centred."""

import gzip
import os
from pathlib import Path

import nibabel
import numpy as np
import pytest

from contrast2map.anatomy.heads import HEAD_TISSUES
from contrast2map.imaging import grids
from contrast2map.simulation import brainweb
from contrast2map.simulation.brainweb import LABELS, SHAPE

HEAD_SHAPE, VOXEL_MM = [60, 66, 56], 1.0


@pytest.fixture(scope="module")
def labels():
    """A block of every tissue, in the order of the files (z, y, x): up, forward, right."""
    volume = np.zeros(SHAPE, np.uint8)
    volume[100:201, 120:231, 100:201] = LABELS.index("fat")
    volume[105:195, 125:225, 105:195] = LABELS.index("skull")
    volume[111:191, 130:220, 110:190] = LABELS.index("gm")
    volume[125:175, 145:206, 126:175] = LABELS.index("wm")
    volume[145:155, 160:180, 140:160] = LABELS.index("csf")  # a ventricle, 5 x 10 x 10 mm
    volume[197:200, 121:124, 101:104] = LABELS.index("csf")  # outside the brain's surface
    volume[100:103, 120:231, 100:201] = 9  # "around fat", which counts as fat
    return volume


def as_bytes(labels):
    return labels.tobytes()


def as_the_package_stores_them(labels):
    """16-bit words, the label in bits 4 to 7 (brainweb.utils.Act: `i << 4`)."""
    return (labels.astype("<u2") << 4).tobytes()


def write_bin(path, content):
    with gzip.open(path, "wb", compresslevel=1) as stream:
        stream.write(content)
    return path


@pytest.fixture(scope="module")
def model(labels, tmp_path_factory):
    return write_bin(tmp_path_factory.mktemp("brainweb") / "subject_99.bin.gz", as_bytes(labels))


@pytest.fixture(scope="module")
def head(model):
    return brainweb.load_head(model, HEAD_SHAPE, grids.centred_affine(HEAD_SHAPE, [VOXEL_MM] * 3))


@pytest.mark.parametrize("stored", [as_bytes, as_the_package_stores_them])
def test_raw_labels_are_returned_in_ras_order(labels, stored, tmp_path):
    path = write_bin(tmp_path / "subject_99.bin.gz", stored(labels))
    read = brainweb.read_labels(path)
    assert read.dtype == np.uint8
    np.testing.assert_array_equal(read, np.swapaxes(labels, 0, 2))


def test_a_file_of_another_size_or_with_other_labels_is_an_error(labels, tmp_path):
    with pytest.raises(ValueError, match=r"subject_01\.bin\.gz.* 10 bytes.*56873096"):
        brainweb.read_labels(write_bin(tmp_path / "subject_01.bin.gz", bytes(10)))
    other = labels.copy()
    other[0, 0, 0] = 77
    with pytest.raises(ValueError, match="label 77"):
        brainweb.read_labels(write_bin(tmp_path / "subject_02.bin.gz", as_bytes(other)))


def test_fractions_of_a_voxel_add_up_to_at_most_1_and_to_1_in_the_head(head):
    assert set(head.fractions) == set(HEAD_TISSUES)
    total = sum(head.fractions.values())
    assert total.max() <= 1 + 1e-6 and total.min() == 0
    assert total[15:45, 15:50, 13:43].min() == pytest.approx(1)
    for name in ("putamen", "thalamus", "lesion"):
        assert head.fractions[name].max() == 0


def test_each_tissue_keeps_its_volume(head, labels):
    for name in ("csf", "gm", "wm", "skull"):
        n_fine = (labels == LABELS.index(name)).sum()
        assert head.fractions[name].sum() == pytest.approx(n_fine / 8, rel=1e-5)
    n_fat = np.isin(labels, [4, 9]).sum()
    assert head.fractions["fat"].sum() == pytest.approx(n_fat / 8, rel=1e-5)


def test_voxels_at_a_border_have_partial_volume(head):
    # The block of white matter begins and ends on odd half millimetres.
    shares = {float(share) for share in np.unique(head.fractions["wm"])}
    assert shares == {0.0, 0.25, 0.5, 1.0}


def test_the_middle_of_the_brain_is_the_origin_of_the_world(head):
    parenchyma = head.fractions["gm"] + head.fractions["wm"]
    coordinates = grids.world_coordinates(HEAD_SHAPE, head.affine)
    middle_mm = (coordinates * parenchyma).sum(axis=(1, 2, 3)) / parenchyma.sum()
    np.testing.assert_allclose(middle_mm, 0, atol=0.6)
    extent_mm = [np.ptp(np.flatnonzero(parenchyma.any(axis=a))) for a in ((1, 2), (0, 2), (0, 1))]
    np.testing.assert_allclose(extent_mm, [40, 45, 40], atol=1)


def test_the_brain_includes_its_ventricle_but_no_skull(head):
    n_fine = 80 * 90 * 80  # grey and white matter and the ventricle within, nothing else
    assert head.brain.sum() == pytest.approx(n_fine / 8, abs=1)
    assert head.brain[head.fractions["skull"] > 0.9].max() == 0
    parenchyma = head.fractions["gm"] + head.fractions["wm"]
    assert (head.brain >= parenchyma - 1e-6).all()


def test_voxels_that_are_no_multiple_of_half_a_millimetre_are_an_error(model):
    with pytest.raises(ValueError, match="simulation.anatomy.voxel_mm"):
        brainweb.load_head(model, HEAD_SHAPE, grids.centred_affine(HEAD_SHAPE, [1.2] * 3))


def test_a_real_model_gives_the_same_head_from_minc_and_from_raw_bytes(tmp_path):
    folder = Path(os.environ.get("CONTRAST2MAP_DATA", "")) / "brainweb"
    minc = folder / "subject04_crisp_v.mnc.gz"
    if not os.environ.get("CONTRAST2MAP_DATA") or not minc.is_file():
        pytest.skip("CONTRAST2MAP_DATA names no folder with BrainWeb heads")
    image = nibabel.load(minc)
    raw = np.rint(np.asarray(image.dataobj)).astype(np.uint8)  # as stored: z, y, x
    read = brainweb.read_labels(minc)
    path = write_bin(tmp_path / "subject_04.bin.gz", as_bytes(raw))
    np.testing.assert_array_equal(brainweb.read_labels(path), read)

    # Right, anterior, superior: the neck's muscle lies below the brain, the eyes' side in front.
    white, muscle = (np.argwhere(read[::4, ::4, ::4] == n).mean(axis=0) for n in (3, 5))
    assert muscle[2] < white[2] - 10
    assert abs(white[0] - read.shape[0] / 8) < 5
    assert (read == 3).sum() / 8e3 == pytest.approx(600, rel=0.4)  # ml of white matter
