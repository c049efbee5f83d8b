"""The report's methods section: the content of its template (report/methods.html.j2)."""

from contrast2map.report.references import Citations, read

# Phrases by step and engine; "[@key]" cites.
ENGINES = {
    ("brain extraction", "fsl"): "FSL's BET [@smith2002]",
    ("brain extraction", "embedded"): (
        "our own implementation of a deformable surface, after BET [@smith2002]"
    ),
    ("brain extraction", "deepbet"): "deepbet",
    ("brain extraction", "provided"): "masks provided with the dataset",
    ("tissue segmentation", "fsl"): "FSL's FAST [@zhang2001]",
    ("tissue segmentation", "embedded"): (
        "our own implementation of a hidden Markov random field, after FAST [@zhang2001]"
    ),
    ("tissue segmentation", "provided"): "segmentations provided with the dataset",
}


def content(bibtex, engines, versions):
    """Values for the template, by name.

    Args:
        bibtex: Text of the references that may be cited.
        engines: List of tuples that begin with a preprocessing step and an engine that performed it
            in at least one subject.
        versions: Dict mapping package to version in the environment that writes the report.

    Returns:
        Dict: "citations" (`references.Citations`), "engines_of" (function that names the engines of
        a step) and "named" (function that appends the version of its package to a program's name).
    """

    def named(program, package):
        return f"{program} {versions[package]}" if package in versions else program

    return {
        "citations": Citations(read(bibtex)),
        "engines_of": lambda step: engines_in_words(step, engines),
        "named": named,
    }


def engines_in_words(step, engines):
    """Name all engines that performed a step.

    Args:
        step: Step of the preprocessing, such as "brain extraction".
        engines: As in `content`.
    """
    names = sorted({engine for done, engine, *_ in engines if done == step})
    return " or ".join(ENGINES.get((step, name), name) for name in names) or "no engine"
