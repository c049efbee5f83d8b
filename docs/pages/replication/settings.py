"""The settings that a study ran with: as a text, its hash, and what differs from a preset."""

import copy
import hashlib

import yaml

from contrast2map.report.page import flatten
from contrast2map.tables.layout import NOTHING


def settings_text(config):
    """A study's effective configuration as YAML, without the folders of the machine at hand.

    Args:
        config: The configuration.
    """
    shown = copy.deepcopy(config)
    shown["cohort"]["path"] = None
    shown["simulation"]["anatomy"]["brainweb_folder"] = None
    return yaml.safe_dump(shown, sort_keys=False)


def sha256(text):
    """SHA-256 of a text, as `sha256sum` gives it of its file."""
    return hashlib.sha256(text.encode()).hexdigest()


def changed_settings(config, preset):
    """Settings in which a study differs from a preset.

    Args:
        config: The study's configuration.
        preset: The preset's, as a whole.

    Returns:
        List of name, value of the preset, value of the study; a setting that one of them does not
        have is a dash.
    """
    theirs, ours = dict(flatten(preset)), dict(flatten(config))
    return [
        [name, theirs.get(name, NOTHING), ours.get(name, NOTHING)]
        for name in dict.fromkeys([*theirs, *ours])
        if theirs.get(name) != ours.get(name)
    ]
