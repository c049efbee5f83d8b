"""Where the files of the study are: Snakefile, rules, scripts, settings, templates.

In a clone they are the clone's. A wheel contains them in the folder `project` of this package, in
the same layout (setup.py).
"""

from pathlib import Path

LIBRARY = Path(__file__).resolve().parents[1]
PACKED = LIBRARY / "project"
ROOT = PACKED if PACKED.is_dir() else LIBRARY.parents[1]
SNAKEFILE = str(ROOT / "Snakefile")
