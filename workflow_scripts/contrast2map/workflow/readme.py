"""The README of a folder of results: what lies where."""

from urllib.parse import quote

README = "README.md"
WORKFLOW = "workflow/Snakefile"
CONFIGURATION = "workflow/config.yaml"


def write(study, parts, simulated):
    """What lies where in the folder of the results, in Markdown.

    Args:
        study: Name of the study.
        parts: As of `run_crate.describe`.
        simulated: Whether the subjects are simulated.
    """
    lines = [f"- [{path}]({quote(path)}): {words}" for path, words in parts.items()]
    lines += [
        f"- [{WORKFLOW}]({WORKFLOW}): the workflow that made these files",
        f"- [{CONFIGURATION}]({CONFIGURATION}): its settings",
        "- [ro-crate-metadata.json](ro-crate-metadata.json): all of this for machines, a Workflow "
        "Run RO-Crate",
    ]
    return f"# Study {study}\n\n{population(simulated)}\n\n" + "\n".join(lines) + "\n"


def population(simulated):
    """What must be known of the subjects first."""
    if simulated:
        return "The cohort is simulated: no person was scanned."
    return "The cohort is a BIDS dataset, which is not part of this folder."
