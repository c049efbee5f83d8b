"""Write the page of one subject's quality control, and its thumbnail for the overview."""

import csv
import json
from pathlib import Path

from contrast2map.imaging import images
from contrast2map.jobs import logs
from contrast2map.preprocessing import slices
from contrast2map.quality import head as quality_head
from contrast2map.quality import panels, picture, subject_page
from contrast2map.report import page as report
from contrast2map.tables import layout


def write_quality_page(
    inputs,
    page,
    subject,
    study,
    target,
    scans,
    limits,
    simulated,
    path_to_page,
    path_to_thumbnail,
    path_to_figure,
):
    """Fill the template.

    Args:
        inputs: Paths by name, as the rule names them; the registered images have the names of the
            scans.
        page: Path of the page's template; lists of those of style and behaviour.
        subject: Label of the subject.
        study: Name of the study.
        target: Name of the target scan.
        scans: Names of the registered images, T1 for the reference map among them.
        limits: Config section `quality`.
        simulated: Whether the subjects are simulated.
        path_to_page: Page to write.
        path_to_thumbnail: WebP to write.
        path_to_figure: PNG to write, of the whole head on one page.
    """
    image = images.load(inputs[target])
    head = quality_head.Head(
        scans={name: read(inputs[name]) for name in scans},
        target=target,
        brain=read(inputs["brain"]),
        tissue=read(inputs["tissue"]),
        rois=read(inputs["rois"]),
        slices=slices.load(inputs["slices"]),
        voxel_mm=tuple(map(float, image.header.get_zooms()[:3])),
    )
    gate, quality = (json.loads(Path(inputs[name]).read_text()) for name in ("gate", "quality"))
    descriptions = quality["steps"]
    registration = {
        scan: found for scan, found in quality["registration"].items() if scan != target
    }
    selection = read_selection(inputs["slice_selection"])
    lacks = head.lacks()
    kept = quality_head.Pictures()
    text = report.render(
        Path(page["template"]).read_text(),
        style=report.joined(page["style"]),
        behaviour=report.joined(page["behaviour"]),
        banner=layout.banner(simulated),
        study=study,
        subject=subject,
        group=str(gate.get("group") or "").replace("_", " "),
        target=target,
        verdict=subject_page.verdict_of(gate, quality),
        findings=subject_page.collect_findings(gate, quality),
        lacks=lacks,
        measures=subject_page.measure_rows(quality["measures"], limits),
        registration=[
            describe_scan(head, kept, name, registration, lacks) for name in scans if name != target
        ],
        problems=subject_page.step_problems(lacks, descriptions),
        brain=panels.brain_tiles(head, kept),
        tissue=panels.tissue_tiles(head, kept),
        regions=panels.roi_tiles(head, kept),
        normalised=panels.normalised_rows(head, kept),
        selection=subject_page.describe_selection(selection)
        | {
            "tile": subject_page.mark_unselected(
                panels.selection_tile(head, kept), selection, head.box, head.voxel_mm[2]
            )
        },
        steps=subject_page.step_rows(descriptions, registration),
        files=subject_page.file_rows(gate),
        pictures=kept,
    )

    Path(path_to_page).write_text(text, encoding="utf-8")
    quality_head.thumbnail(head).save(path_to_thumbnail, "WEBP", quality=80)
    title = f"sub-{subject} ({'simulated' if simulated else 'in vivo'})"
    figure = picture.draw_subject(
        title,
        head.scans[target],
        head.scans,
        head.brain,
        head.tissue,
        head.rois,
        head.slices,
        head.voxel_mm,
    )
    figure.savefig(path_to_figure, dpi=80, metadata={"Software": None})


def read(path):
    """Values of an image."""
    return images.values(images.load(path))


def read_selection(path):
    """Rows of a slice_selection.tsv, numbers as numbers."""
    with open(path, newline="") as table:
        return [
            row
            | {
                "slice": int(row["slice"]),
                "brain_area_mm2": float(row["brain_area_mm2"]),
                "selected": row["selected"] == "True",
            }
            for row in csv.DictReader(table, delimiter="\t")
        ]


def describe_scan(head, kept, name, registration, lacks):
    """What the page shows of a registered scan; the maps' registration is named "reference"."""
    result = registration.get(name) or registration.get("reference", {})
    flicker, checks = panels.registration_tiles(head, kept, name)
    return {
        "name": name,
        "title": name if name in registration else f"{name} map of the reference",
        "words": subject_page.registration_words(result),
        "problem": result.get("problem"),
        "is_empty": f"registered {name}" in lacks,
        "flicker": flicker,
        "checks": checks,
    }


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    write_quality_page(
        inputs=dict(snakemake.input.items()),
        page=snakemake.params.page,
        subject=snakemake.wildcards.subject,
        study=snakemake.params.study,
        target=snakemake.params.target,
        scans=snakemake.params.scans,
        limits=snakemake.params.limits,
        simulated=snakemake.params.simulated,
        path_to_page=snakemake.output.page,
        path_to_thumbnail=snakemake.output.thumbnail,
        path_to_figure=snakemake.output.figure,
    )
