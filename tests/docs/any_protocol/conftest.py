"""Small heads and the paper's sequences for trials of a network."""

import pytest

import label_heads
from contrast2map.teacher.heads import load_heads
from pages import presets
from pages.any_protocol import trials


@pytest.fixture(scope="session")
def heads(tmp_path_factory):
    folder = tmp_path_factory.mktemp("heads")
    label_heads.write(folder)
    return load_heads(folder, folder / "cache")


@pytest.fixture(scope="session")
def sequences():
    contrasts = presets.read()["contrasts"]
    return {trials.slots_of([each["name"]])[0]: each["sequence"] for each in contrasts}
