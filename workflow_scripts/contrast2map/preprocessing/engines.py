"""Whether the programs that a study or a model asks for can be used on this machine."""

import importlib.metadata
import importlib.util

from contrast2map.jobs.programs import ProgramError
from contrast2map.preprocessing import fsl

TOOLS = {"brain_extraction": "bet", "tissue_segmentation": "fast"}
DEEPBET = ("deepbet", "torch")


class EngineMissing(ProgramError):
    """A requested engine is not installed. The message is one line."""


def deepbet_version():
    """Version of the installed deepbet.

    Raises:
        EngineMissing: deepbet, or torch, is not installed.
    """
    missing = [name for name in DEEPBET if importlib.util.find_spec(name) is None]
    if missing:
        raise EngineMissing(
            f"engine 'deepbet' needs {' and '.join(missing)}; pip install deepbet torch"
        )
    return importlib.metadata.version("deepbet")


def check(preprocessing, key="config: preprocessing.{step}.engine", choice=", or choose auto"):
    """Check the engines of brain extraction and tissue segmentation.

    Args:
        preprocessing: Settings by step (a key of `TOOLS`), each a dict with `engine`.
        key: How a message names the setting of a `{step}`.
        choice: The other remedy, beside an installation, as the end of a message.

    Returns:
        What the user must know, one line each: where `auto` uses the embedded engine although FSL
        seems to be installed.

    Raises:
        ValueError: An engine cannot be used; one line that names the key and the remedy.
    """
    notes = []
    for step in [step for step in TOOLS if step in preprocessing]:
        engine, named = preprocessing[step]["engine"], key.format(step=step)
        try:
            if engine == "deepbet":
                deepbet_version()
                continue
            fsl.resolve_engine(engine, TOOLS[step])
        except ProgramError as error:
            raise ValueError(f"{named}: {error}{choice}") from error
        words = fsl.fallback_words(engine, TOOLS[step])
        if words:
            notes.append(f"{named.removeprefix('config: ')}: {words}")
    return notes
