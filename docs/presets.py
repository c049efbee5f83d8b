"""The settings of presets, read by the commands that make pages of this folder."""

from pathlib import Path

import yaml
from snakemake.utils import update_config

CONFIG = Path(__file__).parents[1] / "config"


def read(*names):
    """Presets laid over the default, one after the other, as Snakemake does it.

    Args:
        names: Their names, for config/<name>.yaml; the last wins.

    Returns:
        Dict of settings.
    """
    whole = {}
    for each in ("config", *names):
        update_config(whole, yaml.safe_load((CONFIG / f"{each}.yaml").read_text()))
    return whole
