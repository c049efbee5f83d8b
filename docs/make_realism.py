"""Compare simulated with real scans: `make realism-docs`.

    python docs/make_realism.py results/t1w_flair_t2w

The real scans are those of patient12 of Lesjak, Pernus, Likar and Spiclin, Neuroinformatics
2016;14:403 (CC-BY), in CONTRAST2MAP_DATA/openms, at two visits; the phantom is that of SEPAL, in
CONTRAST2MAP_DATA/phantom/sepal.
The simulated heads are those of config/t1w_flair_t2w.yaml, preprocessed; no network is needed.
Writes realism.md, its numbers realism.json and its picture realism.png.
"""

import os
import sys
from pathlib import Path

from pages import presets, rendering
from pages.realism import histograms, phantom, scans
from pages.realism.measures import measure
from pages.realism.page import compare_scans


def main(results):
    """Measure, draw and write the page."""
    config = presets.read("t1w_flair_t2w")
    data = os.environ.get("CONTRAST2MAP_DATA")
    if not data:
        sys.exit("set CONTRAST2MAP_DATA to the folder that contains openms/patient12")
    engine = scans.engine_of(Path(results))
    folder = Path(data) / "openms" / "patient12"
    real = [scans.read_real(folder, visit, config, engine) for visit in scans.VISITS]
    simulated = scans.read_simulated(Path(results), config)
    facts = {
        "n_heads": len(simulated),
        "seed": config["seed"],
        "engine": engine,
        "visits": scans.VISITS,
        "absent": [
            [title, visit]
            for visit, head in zip(scans.VISITS, real, strict=True)
            for contrast, title in scans.REAL.items()
            if contrast not in head
        ],
        "configured_snr": {
            title: f"{config['simulation']['scan']['snr'][contrast]:g}"
            for contrast, title in scans.REAL.items()
        },
        "scans": {
            title: compare_scans(measured(real, contrast), measured(simulated, contrast))
            for contrast, title in scans.REAL.items()
        },
        "phantom": phantom.measure(Path(data) / "phantom" / "sepal" / "T1_data"),
    }
    histograms.draw(real, simulated, rendering.DOCS / "realism.png")
    rendering.write("realism", facts)


def measured(heads, contrast):
    """Numbers of one contrast of each head; None where it was not acquired."""
    return [measure(*head[contrast]) if contrast in head else None for head in heads]


if __name__ == "__main__":
    main(*sys.argv[1:])
