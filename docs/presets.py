"""The settings of a preset, read by the commands that make pages of this folder."""

from pathlib import Path

import yaml
from snakemake.utils import update_config

CONFIG = Path(__file__).parents[1] / "config"


def read(name):
    """A preset laid over the default, as Snakemake does it.

    Args:
        name: Its name, for config/<name>.yaml.

    Returns:
        Dict of settings.
    """
    whole = {}
    for each in ("config", name):
        update_config(whole, yaml.safe_load((CONFIG / f"{each}.yaml").read_text()))
    return whole
