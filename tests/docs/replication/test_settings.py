"""Settings of a study as text, and how they differ from a preset's."""

import copy

import yaml

from contrast2map.tables.layout import NOTHING
from pages.replication import settings


def test_settings_are_written_without_folders_of_the_machine(config):
    with_folders = copy.deepcopy(config)
    with_folders["simulation"]["anatomy"]["brainweb_folder"] = "/somewhere/brainweb"
    with_folders["cohort"]["path"] = "/somewhere/else"
    text = settings.to_yaml(with_folders)
    assert "somewhere" not in text and text == settings.to_yaml(config)
    assert yaml.safe_load(text) == config
    assert with_folders["cohort"]["path"] == "/somewhere/else"


def test_only_settings_that_differ_from_the_preset_are_listed(config):
    assert settings.differences(config, config) == []
    ours = copy.deepcopy(config)
    ours["unet"]["n_filters"] = 16
    del ours["training"]["beta_1"]
    assert settings.differences(ours, config) == [
        ["unet.n_filters", str(config["unet"]["n_filters"]), "16"],
        ["training.beta_1", str(config["training"]["beta_1"]), NOTHING],
    ]
