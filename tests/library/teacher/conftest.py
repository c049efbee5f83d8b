"""Teachers of two small heads (`label_heads`)."""

import pytest

import label_heads
from contrast2map.teacher.settings import TeacherSettings
from contrast2map.teacher.teacher import Teacher


@pytest.fixture(scope="session")
def labels_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("labels")
    label_heads.write(folder)
    return folder


@pytest.fixture(scope="session")
def cache_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("heads")


@pytest.fixture(scope="session")
def teacher_of(labels_folder, cache_folder):
    """Make a Teacher of small batches from a seed and changes to the settings."""

    def make(seed=1, **changes):
        settings = TeacherSettings(**{"batch_size": 4, "patch_size": (96, 80)} | changes)
        return Teacher.of_labels(settings, labels_folder, seed, cache_folder)

    return make
