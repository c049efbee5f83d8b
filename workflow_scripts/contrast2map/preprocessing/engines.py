"""Which engine did a step: written beside its result, told in the report."""

import json
from pathlib import Path


def write(path, **steps):
    """Write the engine and version of steps, and why one failed.

    Args:
        path: JSON file to write.
        **steps: Name of a step to a result with attributes `engine`, `version` and `problem`.
    """
    content = {
        name: {"engine": result.engine, "version": result.version, "problem": result.problem}
        for name, result in steps.items()
    }
    Path(path).write_text(json.dumps(content, indent=2) + "\n")
