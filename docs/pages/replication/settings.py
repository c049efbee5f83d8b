"""Settings of a study: as text, in a few words, and how they differ from a preset's."""

import copy

import yaml

from contrast2map.report.page import flatten
from contrast2map.tables.layout import NOTHING


def to_yaml(config):
    """A study's effective configuration as YAML, without folders of the machine.

    Args:
        config: The configuration.
    """
    shown = copy.deepcopy(config)
    shown["cohort"]["path"] = None
    shown["simulation"]["anatomy"]["brainweb_folder"] = None
    return yaml.safe_dump(shown, sort_keys=False)


def networks(config):
    """The networks of a study in a few words: size or start, and number of epochs.

    Args:
        config: Configuration of the study.
    """
    if config["training"]["start"] == "pretrained":
        n_epochs = config["fine_tuning"]["n_epochs"]
        return f"the package's network, fine-tuned for {n_epochs} epochs"
    return f"{config['unet']['n_filters']} filters, {config['training']['n_epochs']} epochs"


def differences(config, preset):
    """Settings in which a study differs from a preset.

    Args:
        config: Configuration of the study.
        preset: Configuration of the preset.

    Returns:
        List of name, value in the preset and value in the study; a dash for a missing setting.
    """
    theirs, ours = dict(flatten(preset)), dict(flatten(config))
    return [
        [name, theirs.get(name, NOTHING), ours.get(name, NOTHING)]
        for name in dict.fromkeys([*theirs, *ours])
        if theirs.get(name) != ours.get(name)
    ]
