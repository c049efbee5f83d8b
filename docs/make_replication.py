"""A finished study as a page of the docs: `make replication-docs`, after config/replication.yaml.

    python docs/make_replication.py results/<study> [folder of docs]

Writes replication.md and the folder replication beside it, and renews the block of the README that
lies above the docs. Every number comes from the results.
"""

import shutil
import sys
from pathlib import Path

import pandas as pd
import presets

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "workflow_scripts"))
from contrast2map import replication_page, run_settings, small_pictures  # noqa: E402
from contrast2map.replication_study import Study  # noqa: E402

NEEDED = ["report/index.html", "tests/artefacts.passed", "ro-crate-metadata.json"]
WIDEST_PIXELS, PICTURE_BYTES, TABLE_BYTES = 900, 150_000, 60_000
COPIED = ["table_1", "table_2", "table_s1", "table_s2", "agreement", "ablation_tests", "seeds"]
COPIED += ["subjects", "exactness", "leakage", "run_time"]


def main(results, docs=ROOT / "docs"):
    """Write page, pictures, tables and the README's block."""
    results, docs = Path(results), Path(docs)
    missing = [name for name in NEEDED if not (results / name).is_file()]
    if missing:
        sys.exit(f"{results} is not a finished study: it lacks {', '.join(missing)}")
    study = Study(results, presets.read("replication"))
    copied = [results / f"tables/{name}.csv" for name in COPIED]
    copied = [each for each in copied if each.is_file() and each.stat().st_size <= TABLE_BYTES]
    names = sorted(["cells.csv", "config.yaml", *(path.name for path in copied)])
    page = "\n\n".join(study.sections(names)) + "\n"

    folder = docs / "replication"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (docs / "replication.md").write_text(page)
    (folder / "config.yaml").write_text(run_settings.settings_text(study.config))
    pd.concat(study.cells).to_csv(folder / "cells.csv", index=False, float_format="%.6g")
    for path in copied:
        shutil.copyfile(path, folder / path.name)
    for name, path in study.figures.items():
        png = small_pictures.shrink(path.read_bytes(), WIDEST_PIXELS, PICTURE_BYTES)
        (folder / f"{name}.png").write_bytes(png)
    readme = docs.parent / "README.md"
    if readme.is_file():
        readme.write_text(replication_page.renew_block(readme.read_text(), study.readme_block()))


if __name__ == "__main__":
    main(*sys.argv[1:])
