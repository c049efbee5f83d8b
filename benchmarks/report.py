"""Size of a finished study's report, and the time that a browser takes to load it.

    python benchmarks/report.py results/demo

The last row is a report with three times as many subjects: those of the study are repeated under
new labels, with their pictures, errors and region means. Nothing is computed for them, because only
the length of the page matters. Needs Chromium (tests/browser/install.sh).
"""

import csv
import shutil
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "workflow_scripts"), str(ROOT / "tests" / "library")]
import chromium
from contrast2map.study import predictors
from write_report import write_report

N_ROUNDS = 5
COPIES = ("", "x", "y")
PARTS = ("macros", "methods", "provenance", "software", "bibtex")


def main(results):
    """Print the table."""
    results = Path(results)
    with tempfile.TemporaryDirectory() as folder, chromium.browser() as browser:
        print("| report | MB | load (s) | draw viewer (s) |\n| --- | --- | --- | --- |")
        line(browser, str(results), results / "report/index.html")
        line(browser, "three times the subjects", three_times(results, Path(folder)))


def line(browser, what, path):
    """Print a row: medians over rounds."""
    rounds = sorted(measure(browser, path) for _ in range(N_ROUNDS))
    loaded_s = rounds[N_ROUNDS // 2][0]
    drawn_s = sorted(drawn for _, drawn in rounds)[N_ROUNDS // 2]
    print(f"| {what} | {path.stat().st_size / 1e6:.2f} | {loaded_s:.2f} | {drawn_s:.2f} |")


def measure(browser, path):
    """Seconds to load a report, and from the click to the drawn viewer."""
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    started = time.monotonic()
    page.goto(path.resolve().as_uri())
    loaded_s = time.monotonic() - started
    started = time.monotonic()
    page.get_by_role("button", name="Open the viewer").click()
    page.wait_for_selector('#viewer[data-state="open"]', timeout=120_000)
    drawn_s = time.monotonic() - started
    page.close()
    return loaded_s, drawn_s


def three_times(results, folder):
    """Write the report with three times the subjects; return its path."""
    config = yaml.safe_load((results / "workflow/config.yaml").read_text())
    own = predictors.network("+".join(config["input_sets"][0]), config["training"]["seeds"][0])
    shown = [own, "cohort_mean", "linear_regression", "gradient_boosting"]

    def found(pattern):
        return sorted(map(str, results.glob(pattern)))

    means = [path for name in shown for path in found(f"evaluation/{name}/*/roi_means.csv")]
    thumbnails = []
    for path in map(Path, found("quality/*.webp")):
        for copy in COPIES:
            thumbnails.append(shutil.copy(path, folder / f"{path.stem}{copy}.webp"))
    report = ROOT / "report"
    inputs = {
        "template": report / "index.html.j2",
        "supplement": report / "supplement.html.j2",
        "parts": [report / f"{name}.html.j2" for name in PARTS],
        "references": report / "references.bib",
        "style": ROOT / "workflow_scripts/contrast2map/report/page.css",
        "behaviour": report / "sort.js",
        "viewer": results / "report_parts/viewer.json",
        "viewer_template": report / "viewer.html.j2",
        "viewer_style": report / "viewer.css",
        "viewer_script": report / "viewer.js",
        "tables": [
            path for path in found("tables/*.json") if Path(path).with_suffix(".html").is_file()
        ],
        "audit_findings": results / "tables/audit_findings.json",
        "figures": found("figures/*.png"),
        "narrow_figures": found("figures/one_column/*.png"),
        "figure_data": found("figures/*.csv"),
        "lesions": tripled(results / "tables/lesions.csv", folder),
        "convergence": found("tables/convergence.csv")[0]
        if found("tables/convergence.csv")
        else [],
        "errors_by_subject": tripled(results / "tables/errors_by_subject.csv", folder),
        "subjects": tripled(results / "tables/subjects.csv", folder),
        "roi_means": [tripled(path, folder) for path in means],
        "thumbnails": list(map(str, thumbnails)),
        "engines": [
            *found("preprocessed/*/brain_extraction.json"),
            *found("preprocessed/*/tissue_segmentation.json"),
        ],
    }
    path = folder / "index.html"
    simulated = config["cohort"]["source"] == "simulated"
    write_report(inputs, config, shown, simulated, path, folder / "supplement.html")
    return path


def tripled(path, folder):
    """Write a table with each subject's rows under three labels; return its path."""
    with open(path, newline="", encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    new = folder / "_".join(Path(path).parts[-3:])
    with open(new, "w", newline="", encoding="utf-8") as table:
        writer = csv.DictWriter(table, rows[0])
        writer.writeheader()
        for copy in COPIES:
            writer.writerows(row | {"subject": row["subject"] + copy} for row in rows)
    return str(new)


if __name__ == "__main__":
    main(*sys.argv[1:])
