"""Write one subject's quality-control page and its thumbnail for the overview."""

import json
from pathlib import Path

from contrast2map.jobs import logs
from contrast2map.quality import selection, subject_page
from contrast2map.quality.page_contents import Head, thumbnail
from contrast2map.report.page import joined, render
from contrast2map.tables import layout


def write_quality_page(
    inputs, page, study, target, scans, limits, simulated, path_to_page, path_to_thumbnail
):
    """Fill the template, and write page and thumbnail.

    Args:
        inputs: Input paths by name, as in the rule; the registered images have the names of the
            scans.
        page: Dict with the path of the template, and lists of paths of style sheets and scripts.
        study: Name of the study.
        target: Name of the target scan.
        scans: Names of the registered images, including T1 for the reference map.
        limits: Dict mapping measure to its limits, from config section `quality`.
        simulated: Whether the subjects are simulated.
        path_to_page: Page to write.
        path_to_thumbnail: WebP image to write.
    """
    head = Head.read(inputs, scans, target)
    gate, quality = (json.loads(Path(inputs[name]).read_text()) for name in ("gate", "quality"))
    selected = selection.read(inputs["slice_selection"])
    text = render(
        Path(page["template"]).read_text(),
        style=joined(page["style"]),
        behaviour=joined(page["behaviour"]),
        banner=layout.banner(simulated),
        study=study,
        **subject_page.contents(head, gate, quality, selected, limits),
    )

    Path(path_to_page).write_text(text, encoding="utf-8")
    thumbnail(head).save(path_to_thumbnail, "WEBP", quality=80)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    write_quality_page(
        inputs=dict(snakemake.input.items()),
        page=snakemake.params.page,
        study=snakemake.params.study,
        target=snakemake.params.target,
        scans=snakemake.params.scans,
        limits=snakemake.params.limits,
        simulated=snakemake.params.simulated,
        path_to_page=snakemake.output.page,
        path_to_thumbnail=snakemake.output.thumbnail,
    )
