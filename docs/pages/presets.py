"""Effective configurations of presets."""

from pathlib import Path

import yaml
from snakemake.utils import update_config

CONFIG = Path(__file__).parents[2] / "config"


def read(*names):
    """Merge presets over the default configuration, as Snakemake does.

    Args:
        names: Names of presets (config/<name>.yaml); later ones override earlier ones.

    Returns:
        The configuration, as nested dicts.
    """
    whole = {}
    for each in ("config", *names):
        update_config(whole, yaml.safe_load((CONFIG / f"{each}.yaml").read_text()))
    return whole
