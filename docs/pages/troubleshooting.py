"""Facts of docs/troubleshooting.md: messages by stage, usual causes, remedies of failed jobs."""

from pathlib import Path

import yaml

import contrast2map
from contrast2map.workflow import failures
from pages import messages

LIBRARY = Path(contrast2map.__file__).parent
CAUSES = Path(__file__).parent / "causes.yaml"
# Sections of the page with the modules whose messages it lists; the first that fits. EFFECTS names
# the effects of a section's messages if they differ.
SECTIONS = {
    "configuration": ("workflow/configuration", "study/folds", "preprocessing/engines"),
    "participants": ("study/participants", "study/tsv", "study/ratings"),
    "files": (
        "bids/files",
        "imaging/images",
        "bids/sidecars",
        "bids/protocol_sidecar",
        "input_gate/",
    ),
    "quality": ("quality/",),
    "maps": ("maps/", "bids/dicom"),
    "jobs": (
        "imaging/grids",
        "imaging/masks",
        "imaging/random_fields",
        "learning/",
        "any_protocol/progress",
        "any_protocol/session",
        "preprocessing/",
        "report/",
        "simulation/",
        "study/file_lists",
    ),
}
IN_MESSAGE = "as the message says"
EFFECTS = {
    "files": {
        messages.FAILS: "excluded",
        messages.WARNS: "warning",
        messages.DEPENDS: "by severity",
        messages.STOPS: "stops",
    },
    "maps": {
        messages.FAILS: "verdict fail",
        messages.WARNS: "verdict warn",
        messages.DEPENDS: "verdict",
        messages.STOPS: "no maps",
    },
}


def facts():
    """Facts of the page.

    Raises:
        KeyError: A cause is given for a message that no module writes.
    """
    found = messages.of_package(LIBRARY)
    sections = {name: [] for name in SECTIONS}
    for each in found:
        name = _section_of(each.module)
        if name:
            effect = EFFECTS.get(name, {}).get(each.effect, "")
            remedy = each.remedy if messages.says_something(each.remedy) else IN_MESSAGE
            row = {"problem": each.problem, "remedy": remedy, "effect": effect}
            sections[name].append(row)
    return {
        "sections": {name: sorted(rows, key=_by_letter) for name, rows in sections.items()},
        "causes": _causes({row["problem"] for rows in sections.values() for row in rows}),
        "failures": [
            {"pattern": pattern.replace("|", ", "), "remedy": remedy}
            for pattern, remedy in failures.REMEDIES
        ],
        "otherwise": failures.OTHERWISE,
    }


def _section_of(module):
    for name, prefixes in SECTIONS.items():
        if module.startswith(prefixes):
            return name
    return None


def _by_letter(row):
    return row["problem"].strip(f"{messages.ANY} :,'").casefold()


def _causes(problems):
    """Usual causes by section, of messages that exist."""
    by_section = yaml.safe_load(CAUSES.read_text())
    for causes in by_section.values():
        for problem in causes:
            if problem not in problems:
                raise KeyError(f"{CAUSES.name}: no module writes the message {problem!r}")
    return {name: by_section.get(name, {}) for name in SECTIONS}
