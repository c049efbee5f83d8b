"""Whether the programs that a study asks for can be used on this machine."""

import importlib.util

from contrast2map.preprocessing import fsl

TOOLS = {"brain_extraction": "bet", "tissue_segmentation": "fast"}
DEEPBET = ("deepbet", "torch")


def check(preprocessing):
    """Check the engines of brain extraction and tissue segmentation.

    Args:
        preprocessing: Section `preprocessing` of the configuration.

    Returns:
        What the user must know, one line each: where `auto` uses the embedded engine although FSL
        seems to be installed.

    Raises:
        ValueError: An engine cannot be used; one line that names the key and the remedy.
    """
    notes = []
    for step, tool in TOOLS.items():
        engine, key = preprocessing[step]["engine"], f"preprocessing.{step}.engine"
        if engine == "deepbet":
            missing = [name for name in DEEPBET if importlib.util.find_spec(name) is None]
            if missing:
                raise ValueError(
                    f"config: {key}: deepbet needs {' and '.join(missing)}; install them (pip "
                    "install deepbet torch), or choose auto"
                )
            continue
        try:
            fsl.resolve_engine(engine, tool)
        except fsl.FSLError as error:
            raise ValueError(f"config: {key}: {error}") from error
        words = fsl.fallback_words(engine, tool)
        if words:
            notes.append(f"{key}: {words}")
    return notes
