"""Write the overview page of quality control: one row per subject, and a form for ratings."""

from pathlib import Path

from contrast2map.jobs import logs
from contrast2map.quality import overview_page
from contrast2map.report.page import joined, render, webp_uri
from contrast2map.study import subject_lists
from contrast2map.study.groups import has_groups
from contrast2map.tables import layout


def write_quality_overview(inputs, page, study, limits, simulated, path_to_page):
    """Fill the template and write the page.

    Args:
        inputs: Input paths by name, as in the rule; thumbnails is a list.
        page: Dict with the path of the template, and lists of paths of style sheets and scripts.
        study: Name of the study.
        limits: Dict mapping measure to its limits, from config section `quality`.
        simulated: Whether the subjects are simulated.
        path_to_page: Page to write.
    """
    gates, qualities = (subject_lists.read_by_subject(inputs[name]) for name in ("gate", "quality"))
    thumbnails = {
        Path(path).stem.removeprefix("sub-"): webp_uri(Path(path).read_bytes())
        for path in inputs["thumbnails"]
    }
    grouped = has_groups(gate.get("group") for gate in gates.values())
    rows = overview_page.subject_rows(gates, qualities, thumbnails, limits)
    text = render(
        Path(page["template"]).read_text(),
        style=joined(page["style"]),
        behaviour=joined(page["behaviour"]),
        banner=layout.banner(simulated),
        study=study,
        counts=overview_page.count_words(rows),
        columns=overview_page.columns_of(qualities.values(), limits, grouped),
        grouped=grouped,
        rows=rows,
    )

    Path(path_to_page).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    write_quality_overview(
        inputs=dict(snakemake.input.items()),
        page=snakemake.params.page,
        study=snakemake.params.study,
        limits=snakemake.params.limits,
        simulated=snakemake.params.simulated,
        path_to_page=snakemake.output.page,
    )
