"""Heads of the teacher: read from label maps and the template, and cached."""

import numpy as np
import pytest

from contrast2map.teacher.heads import load_heads, template_labels
from contrast2map.teacher.tissues import TISSUES


def test_label_maps_come_first_and_the_template_last(labels_folder, cache_folder):
    heads = load_heads(labels_folder, cache_folder)
    assert len(heads) == 3
    for head in heads:
        assert head.tissue.dtype == np.uint8
        faces = [np.take(head.tissue, side, axis) for axis in range(3) for side in (0, -1)]
        assert not any(face.any() for face in faces)


def test_depth_is_positive_inside_the_brain_only(labels_folder, cache_folder):
    head = load_heads(labels_folder, cache_folder)[0]
    cortex = head.tissue == TISSUES.index("cortex")
    skull = head.tissue == TISSUES.index("outer_515")
    assert (head.depth_mm[cortex] > 0).mean() > 0.9
    assert (head.depth_mm[skull] < 0).all()
    assert head.depth_mm[tuple(np.round(head.centre).astype(int))] > 30
    points = head.points.astype(int)
    assert (head.depth_mm[tuple(points)] > 0).all()


def test_the_cache_is_used_again(labels_folder, cache_folder):
    load_heads(labels_folder, cache_folder)
    before = {path: path.stat().st_mtime_ns for path in cache_folder.rglob("*")}
    load_heads(labels_folder, cache_folder)
    assert before == {path: path.stat().st_mtime_ns for path in cache_folder.rglob("*")}


def test_a_folder_without_label_maps_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no label maps"):
        load_heads(tmp_path, tmp_path / "cache")


def test_the_template_has_its_tissues_where_they_belong():
    numbers = template_labels()
    shares = {name: (numbers == TISSUES.index(name)).sum() for name in TISSUES}
    present = {name for name, n in shares.items() if n}
    assert present == {
        "air",
        "csf",
        "cortex",
        "wm",
        "cerebellum_wm",
        "cerebellum_cortex",
        "thalamus",
        "putamen",
    }
    cerebellum = np.argwhere(numbers == TISSUES.index("cerebellum_wm")).mean(axis=0)
    thalamus = np.argwhere(numbers == TISSUES.index("thalamus")).mean(axis=0)
    assert cerebellum[2] < thalamus[2]
    assert cerebellum[1] < thalamus[1]
