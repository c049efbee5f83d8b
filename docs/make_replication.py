"""A finished study as a page of the docs: `make replication-docs`, after config/replication.yaml.

    python docs/make_replication.py results/<study> [--input-sets results/<another study>]

Writes replication.md and the folder replication beside it, and renews the block of the README that
lies above the docs. Every number comes from the results. What compares sets of inputs is taken from
the other study, where the first has a single set.
"""

import argparse
import shutil
import sys
from pathlib import Path

import pandas as pd

from pages import pictures, presets
from pages.replication import page as replication_page
from pages.replication import settings
from pages.replication.study import CONFIG, FOLDER, PREFIX_OF_INPUT_SETS, Study

ROOT = Path(__file__).parents[1]

PRESETS, PRESETS_OF_INPUT_SETS = ["replication"], ["replication", "ablation", "coarse"]
NEEDED = ["report/index.html", "tests/artefacts.passed", "ro-crate-metadata.json"]
CELLS = "cells.csv"
WIDEST_PIXELS, PICTURE_BYTES, TABLE_BYTES = 900, 250_000, 80_000
COPIED = ["table_1", "table_2", "agreement", "seeds", "subjects", "exactness", "leakage"]
COPIED += ["run_time"]
COPIED_OF_INPUT_SETS = ["table_s1", "table_s2", "ablation_tests"]


def main(results, docs, results_of_input_sets):
    """Write page, pictures, tables and the README's block."""
    study = finished(results, PRESETS)
    other = (
        finished(results_of_input_sets, PRESETS_OF_INPUT_SETS) if results_of_input_sets else None
    )
    if other and len(study.config["input_sets"]) > 1:
        sys.exit(f"{results} has several sets of inputs itself: leave --input-sets out")
    if other and len(other.config["input_sets"]) == 1:
        sys.exit(f"{results_of_input_sets} has a single set of inputs: there is nothing to compare")
    of_input_sets = other or study
    copied = [study.results / f"tables/{name}.csv" for name in COPIED]
    copied += [of_input_sets.results / f"tables/{name}.csv" for name in COPIED_OF_INPUT_SETS]
    copied = [each for each in copied if each.is_file() and each.stat().st_size <= TABLE_BYTES]
    described = {"": study} | ({PREFIX_OF_INPUT_SETS: other} if other else {})
    own = [f"{prefix}{name}" for prefix in described for name in (CONFIG, CELLS)]
    names = sorted([*own, *(path.name for path in copied)])
    page = "\n\n".join(study.sections(names, other)) + "\n"

    folder = docs / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (docs / "replication.md").write_text(page)
    for prefix, each in described.items():
        (folder / f"{prefix}{CONFIG}").write_text(settings.settings_text(each.config))
        cells = pd.concat(each.cells)
        cells.to_csv(folder / f"{prefix}{CELLS}", index=False, float_format="%.6g")
    for path in copied:
        shutil.copyfile(path, folder / path.name)
    borrowed = replication_page.only_of_input_sets(other.figures) if other else {}
    for name, path in (borrowed | study.figures).items():
        png = pictures.shrink(path.read_bytes(), WIDEST_PIXELS, PICTURE_BYTES)
        (folder / f"{name}.png").write_bytes(png)
    readme = docs.parent / "README.md"
    if readme.is_file():
        readme.write_text(replication_page.renew_block(readme.read_text(), study.readme_block()))


def finished(results, preset_names):
    """The study of some results; ends the command where it is not finished."""
    missing = [name for name in NEEDED if not (results / name).is_file()]
    if missing:
        sys.exit(f"{results} is not a finished study: it lacks {', '.join(missing)}")
    return Study(results, presets.read(*preset_names), preset_names)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path, help="folder of the finished study")
    parser.add_argument("--input-sets", type=Path, help="of a finished study of several sets")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs")
    options = parser.parse_args()
    main(options.results, options.docs, options.input_sets)
