"""A study is known by the hash of its settings, and by what differs from the preset."""

import copy

import yaml

from contrast2map.tables.layout import NOTHING
from pages.replication import settings


def test_the_hash_is_of_the_settings_as_written_without_folders_of_the_machine(config):
    with_folders = copy.deepcopy(config)
    with_folders["simulation"]["anatomy"]["brainweb_folder"] = "/somewhere/brainweb"
    with_folders["cohort"]["path"] = "/somewhere/else"
    text = settings.settings_text(with_folders)
    assert "somewhere" not in text and text == settings.settings_text(config)
    assert yaml.safe_load(text) == config
    assert with_folders["cohort"]["path"] == "/somewhere/else"
    changed = copy.deepcopy(config) | {"seed": config["seed"] + 1}
    assert settings.sha256(settings.settings_text(changed)) != settings.sha256(text)
    assert settings.sha256("abc").startswith("ba7816bf")


def test_settings_that_differ_from_the_preset_are_listed_and_no_others(config):
    assert settings.changed_settings(config, config) == []
    ours = copy.deepcopy(config)
    ours["unet"]["n_filters"] = 16
    del ours["training"]["beta_1"]
    assert settings.changed_settings(ours, config) == [
        ["unet.n_filters", str(config["unet"]["n_filters"]), "16"],
        ["training.beta_1", str(config["training"]["beta_1"]), NOTHING],
    ]
