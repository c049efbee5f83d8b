"""The report's methods section: what its template (report/methods.html.j2) needs."""

from contrast2map.report.references import Citations, read

# Phrases by step and engine; "[@key]" cites.
ENGINES = {
    ("brain extraction", "fsl"): "FSL's BET [@smith2002]",
    ("brain extraction", "embedded"): "brainextractor, a Python implementation of BET [@smith2002]",
    ("brain extraction", "deepbet"): "deepbet",
    ("brain extraction", "provided"): "masks provided with the dataset",
    ("tissue segmentation", "fsl"): "FSL's FAST [@zhang2001]",
    ("tissue segmentation", "embedded"): (
        "our own implementation of a hidden Markov random field, after FAST [@zhang2001]"
    ),
    ("tissue segmentation", "provided"): "segmentations provided with the dataset",
}


def content(bibtex, engines, versions):
    """Values of the template by name.

    Args:
        bibtex: Text of the references that may be cited.
        engines: List of tuples that begin with a preprocessing step and an engine that did it in
            at least one subject.
        versions: Dict of package to version, of the environment that writes the report.

    Returns:
        Dict: "citations" (`references.Citations`), "engines_of" (function of a step) and "named"
        (function of a program and its package that appends the version).
    """

    def named(program, package):
        return f"{program} {versions[package]}" if package in versions else program

    return {
        "citations": Citations(read(bibtex)),
        "engines_of": lambda step: engines_in_words(step, engines),
        "named": named,
    }


def engines_in_words(step, engines):
    """What did a step, in words: all engines where subjects differ.

    Args:
        step: Step of the preprocessing, such as "brain extraction".
        engines: As of `content`.
    """
    names = sorted({engine for done, engine, *_ in engines if done == step})
    return " or ".join(ENGINES.get((step, name), name) for name in names) or "no engine"
