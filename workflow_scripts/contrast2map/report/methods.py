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
WITH_VERSION = ("fsl", "deepbet")


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
    versions = {}
    for done, engine, *version in engines:
        if done == step:
            versions.setdefault(engine, set()).update(map(str, version[:1]))
    return " or ".join(_in_words(step, *each) for each in sorted(versions.items())) or "no engine"


def _in_words(step, engine, versions):
    """Phrase for an engine, with the versions of one that is not part of this program."""
    words = ENGINES.get((step, engine), engine)
    return f"{words} ({', '.join(sorted(versions))})" if engine in WITH_VERSION else words
