"""The page of one subject's quality control: what fills its template."""

from contrast2map.quality import panels, rows, selection
from contrast2map.quality.page_contents import Pictures


def contents(head, gate, quality, selected, limits):
    """What the template of a subject's page is filled with.

    Args:
        head: head.Head of the subject.
        gate: Content of its input_gate/sub-X.json.
        quality: Content of its quality.json.
        selected: Rows of its slice_selection.tsv (`selection.read`).
        limits: Dict of measure to its limits (`limits.limit_of`).

    Returns:
        Dict of the template's names but for the parts that all pages share.
    """
    registration = {
        scan: result for scan, result in quality["registration"].items() if scan != head.target
    }
    kept, lacks = Pictures(), head.lacks()
    tile = panels.selection_tile(head, kept)
    return {
        "subject": quality["subject"],
        "group": str(gate.get("group") or "").replace("_", " "),
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
    """A registered scan, or a reference map: those are registered together, as "reference"."""
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
