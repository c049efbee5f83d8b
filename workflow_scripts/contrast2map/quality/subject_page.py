"""Contents of one subject's quality-control page."""

from contrast2map.quality import panels, rows, selection
from contrast2map.quality.page_contents import Pictures
from contrast2map.study.groups import group_words


def contents(head, gate, quality, selected, limits):
    """Values with which the template of a subject's page is filled.

    Args:
        head: page_contents.Head of the subject.
        gate: Content of the subject's input_gate/sub-X.json.
        quality: Content of the subject's quality.json.
        selected: Rows of the subject's slice_selection.tsv (`selection.read`).
        limits: Dict mapping measure to its limits (`limits.limit_of`).

    Returns:
        Dict mapping the template's names to values, except those common to all pages.
    """
    registration = {
        scan: result for scan, result in quality["registration"].items() if scan != head.target
    }
    kept, lacks = Pictures(), head.lacks()
    tile = panels.selection_tile(head, kept)
    return {
        "subject": quality["subject"],
        "group": group_words(gate.get("group")),
        "target": head.target,
        "verdict": rows.verdict_of(gate, quality),
        "findings": rows.collect_findings(gate, quality),
        "lacks": lacks,
        "measures": rows.measure_rows(quality["measures"], limits),
        "registration": [
            _registered(head, kept, name, registration, lacks)
            for name in head.scans
            if name != head.target
        ],
        "problems": rows.step_problems(lacks, quality["steps"]),
        "brain": panels.brain_tiles(head, kept),
        "tissue": panels.tissue_tiles(head, kept),
        "regions": panels.roi_tiles(head, kept),
        "normalised": panels.normalised_rows(head, kept),
        "selection": selection.describe(selected)
        | {"tile": selection.mark_unselected(tile, selected, head.box, head.voxel_mm[2])},
        "steps": rows.step_rows(quality["steps"], registration),
        "files": rows.file_rows(gate),
        "pictures": kept,
    }


def _registered(head, kept, name, registration, lacks):
    """Values for a registered scan or reference map; maps are registered as "reference"."""
    result = registration.get(name) or registration.get("reference", {})
    flicker, checks = panels.registration_tiles(head, kept, name)
    return {
        "name": name,
        "title": name if name in registration else f"Reference {name} map",
        "words": rows.registration_words(result),
        "problem": result.get("problem"),
        "is_empty": f"registered {name}" in lacks,
        "flicker": flicker,
        "checks": checks,
    }
