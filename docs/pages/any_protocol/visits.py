"""Two visits of real patients (Lesjak et al., Neuroinformatics 2016;14:403, CC-BY)."""

import tempfile

import numpy as np

from contrast2map.imaging import masks
from contrast2map.jobs.progress import Stages
from contrast2map.maps import command, new_scans, pipeline, shipped

# Scans of both visits. The T1W is taken for a spin echo (config/t1w_flair_t2w.yaml); there are no
# sidecars, so the network is told nothing of the protocol.
SCANS = {
    "patient01": {"t1w-se": "T1W", "flair": "FLAIR", "t2w": "T2W"},
    "patient12": {"t1w-se": "T1W", "flair": "FLAIR"},
}
VISITS = (1, 2)
QUARTILES = (25, 50, 75)


def mapped(folder):
    """Maps of both visits.

    Args:
        folder: Folder with patient01 and patient12.

    Returns:
        Dict mapping patient to a list of pipeline.HeadMaps, one per visit.
    """
    loaded = shipped.load(shipped.open_model())
    return {
        patient: [_mapped(loaded, folder / patient, visit, files) for visit in VISITS]
        for patient, files in SCANS.items()
    }


def compare(heads_of):
    """Medians and interquartile ranges of WM and GM at both visits.

    Args:
        heads_of: Dict of `mapped`.

    Returns:
        List of dicts with texts: patient, scans, quantity, tissue, medians, difference (%), and the
        interquartile range in percent of the median of the map and of the first scan.
    """
    rows = []
    for patient, heads in heads_of.items():
        for quantity in ("T1", "T2"):
            for tissue in ("wm", "gm"):
                found = [_quartiles(head, tissue, head.slab.maps_s[quantity]) for head in heads]
                seen = [_quartiles(head, tissue, head.slab.inputs["t1w-se"]) for head in heads]
                row = {"patient": patient, "quantity": quantity, "tissue": tissue}
                row["scans"] = " + ".join(SCANS[patient])
                if not all(found):
                    rows.append(row | dict.fromkeys(("first", "second", "percent"), "–"))
                    rows[-1] |= {"spread": "–", "spread_of_scan": f"{_relative(seen[0]):.0f}"}
                    continue
                first, second = (1000 * each[1] for each in found)
                row |= {"first": f"{first:.0f}", "second": f"{second:.0f}"}
                row["percent"] = f"{100 * (second / first - 1):+.1f}"
                row["spread"] = f"{_relative(found[0]):.0f}"
                row["spread_of_scan"] = f"{_relative(seen[0]):.0f}"
                rows.append(row)
    return rows


def _mapped(loaded, folder, visit, files):
    paths = {name: folder / f"study{visit}_{file}.nii.gz" for name, file in files.items()}
    model = loaded.reading(paths)
    with tempfile.TemporaryDirectory() as work:
        scans = new_scans.read(paths, model, work)
    model = model.for_scans(scans)
    print(folder.name, visit, flush=True)
    given = {name: scan.image for name, scan in scans.items()}
    return pipeline.map_head(given, model, Stages(command.N_STAGES, lambda line: None))


def _quartiles(head, tissue, values):
    """Quartiles of a slab's values in a tissue; None if most voxels have none."""
    there = head.slab.tissue == masks.TISSUE_LABELS[tissue]
    known = there & (values > 0)
    if known.sum() < 0.5 * there.sum():
        return None
    return np.percentile(values[known], QUARTILES).tolist()


def _relative(quartiles):
    low, middle, high = quartiles
    return 100 * (high - low) / middle
