"""Pack scans, maps and spread of a few held-out subjects for the report's viewer."""

import base64
import json
from pathlib import Path

from contrast2map.figures.viewer_panels import panels_of
from contrast2map.jobs import logs
from contrast2map.report import viewer_volumes
from contrast2map.study.folds import folds_of
from contrast2map.study.subject_paths import by_predictor_and_fold, by_subject, map_path
from contrast2map.study.terms import QUANTITIES


def embed_maps(files, groups, target, budget_mb, path_to_viewer):
    """Write all data of the viewer as one JSON file.

    Args:
        files: Files as {name: {subject: path}} with the names of `viewer_volumes.Head.read`; the
            order of subjects is kept.
        groups: Dict mapping subject to group.
        target: Name of the target scan.
        budget_mb: Largest size of all volumes in the page, in megabytes (10^6 bytes).
    """
    heads = [
        viewer_volumes.Head.read(
            subject, groups[subject], {name: of[subject] for name, of in files.items()}
        )
        for subject in files["scan"]
    ]
    packed, every = viewer_volumes.fit(heads, budget_mb * 1e6)
    panels = {quantity: panels_of(quantity, target) for quantity in QUANTITIES}
    poster = viewer_volumes.poster(packed[0], "T1", panels["T1"]) if packed else b""
    found = {
        "subjects": packed,
        "every": every,
        "n_chosen": len(heads),
        "panels": panels,
        "poster": base64.b64encode(poster).decode() or None,
    }
    Path(path_to_viewer).write_text(json.dumps(found) + "\n")


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    given = snakemake.input
    names = ("scan", "brain", "slice_selection", "reference_T1", "reference_T2")
    files = {name: by_subject(given[name]) for name in names}
    folders = by_predictor_and_fold(given.predictions)
    fold_of = folds_of(given.folds)
    for subject, spread in by_subject(given.spread).items():
        maps = folders[snakemake.params.predictor, fold_of[subject]]
        for name in QUANTITIES:
            files.setdefault(f"predicted_{name}", {})[subject] = map_path(maps, subject, name)
            of_spread = map_path(spread, subject, name, "spread")
            files.setdefault(f"spread_{name}", {})[subject] = of_spread
    embed_maps(
        files=files,
        groups=snakemake.params.groups,
        target=snakemake.params.target,
        budget_mb=snakemake.params.budget_mb,
        path_to_viewer=snakemake.output.viewer,
    )
