"""Pack scans, maps, and spread of a few held-out subjects for the report's viewer."""

import base64
import json
from pathlib import Path

import numpy as np

from contrast2map.figures import head, style
from contrast2map.figures.case_files import by_predictor_and_fold
from contrast2map.imaging import images
from contrast2map.jobs import logs
from contrast2map.quality import participation
from contrast2map.report import viewer_volumes
from contrast2map.study.entities import by_subject


def embed_maps(files, groups, target, budget_mb, path_to_viewer):
    """Write what the viewer needs but for its program.

    Args:
        files: Paths by name, then subject: scan, brain, slice_selection, and for T1 and T2
            reference_T1, predicted_T1, spread_T1 and so on; the order of subjects is kept.
        groups: Group of each subject.
        target: Name of the target scan.
        budget_mb: Most megabytes (of a million bytes) that all volumes may take in the page.
    """
    heads = [
        read_head(subject, groups[subject], {name: of[subject] for name, of in files.items()})
        for subject in files["scan"]
    ]
    packed, every = viewer_volumes.fit(heads, budget_mb * 1e6)
    panels = {quantity: panels_of(quantity, target) for quantity in viewer_volumes.STEPS_MS}
    found = {"subjects": packed, "every": every, "n_chosen": len(heads), "panels": panels}
    found["poster"] = None
    if packed:
        picture = viewer_volumes.poster(packed[0], "T1", panels["T1"])
        found["poster"] = base64.b64encode(picture).decode()
    Path(path_to_viewer).write_text(json.dumps(found) + "\n")


def read_head(subject, group, paths):
    like = images.open_volume(paths["scan"])
    read = {
        name: images.load_volume(path, like)
        for name, path in paths.items()
        if name != "slice_selection"
    }
    selected = np.zeros(like.shape, bool)
    selected[..., images.selected_slices(paths["slice_selection"])] = True
    quantities = list(viewer_volumes.STEPS_MS)
    return viewer_volumes.Head(
        subject=subject,
        group=group.replace("_", " "),
        scan=read["scan"],
        reference_s={name: read[f"reference_{name}"] for name in quantities},
        predicted_s={name: read[f"predicted_{name}"] for name in quantities},
        spread_s={name: read[f"spread_{name}"] for name in quantities},
        brain=read["brain"] > 0,
        predicted=selected,
        affine=like.affine,
    )


def panels_of(quantity, target):
    """The panels from left to right, each with its window and its colours."""
    low, high = style.WINDOWS_MS[quantity]
    bound = style.ERROR_WINDOWS_MS[quantity]
    colours = viewer_volumes.colour_table(style.COLOUR_MAPS[quantity])
    grey = "".join(f"{level:02x}" * 3 for level in range(256))
    windows = [
        ("scan", target.upper(), "% of bright brain", 0, 100, grey),
        ("reference", f"{quantity} reference", "ms", low, high, colours),
        ("network", f"{quantity} network", "ms", low, high, colours),
        (
            *("error", f"{quantity} error", "ms", -bound, bound),
            viewer_volumes.colour_table(style.ERROR_COLOUR_MAP),
        ),
        (
            *("spread", f"{quantity} spread", "ms", 0, head.SPREAD_WINDOWS_MS[quantity]),
            viewer_volumes.colour_table(head.SPREAD_COLOURS),
        ),
    ]
    keys = ("name", "title", "unit", "low", "high", "colours")
    return [dict(zip(keys, window, strict=True)) for window in windows]


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    given = snakemake.input
    names = ("scan", "brain", "slice_selection", "reference_T1", "reference_T2")
    files = {name: by_subject(given[name]) for name in names}
    folders = by_predictor_and_fold(given.predictions)
    folds = participation.folds_of(given.folds)
    for subject, spread in by_subject(given.spread).items():
        predicted = folders[snakemake.params.predictor, folds[subject]]
        for quantity in viewer_volumes.STEPS_MS:
            map_of, spread_of = (
                f"{folder}/sub-{subject}/anat/sub-{subject}_{entity}{quantity}map.nii.gz"
                for folder, entity in ((predicted, ""), (spread, "desc-spread_"))
            )
            files.setdefault(f"predicted_{quantity}", {})[subject] = map_of
            files.setdefault(f"spread_{quantity}", {})[subject] = spread_of
    embed_maps(
        files=files,
        groups=snakemake.params.groups,
        target=snakemake.params.target,
        budget_mb=snakemake.params.budget_mb,
        path_to_viewer=snakemake.output.viewer,
    )
