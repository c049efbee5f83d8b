"""Write the study's report: one HTML file with all tables and figures and the published values."""

import csv
import json
from pathlib import Path

from contrast2map.jobs import logs
from contrast2map.report import alternative_texts, headline, methods, page, viewer
from contrast2map.report.study_description import describe
from contrast2map.report.subjects import HEADINGS, describe_subjects, subject_rows
from contrast2map.study import published, records
from contrast2map.study.subject_paths import by_subject
from contrast2map.tables import layout


def write_report(inputs, config, predictors, simulated, path_to_report):
    """Fill in the template of the report.

    Args:
        inputs: Dict mapping the names of the rule's inputs to paths; `tables` are JSON layouts.
        config: The study's configuration.
        predictors: Names of the predictors of the main tables, the study's own network first.
        simulated: Whether the subjects are simulated.
        path_to_report: HTML page to write.
    """
    roi_means = records.read(inputs["roi_means"])
    errors_by_subject = records.read([inputs["errors_by_subject"]])
    with open(inputs["subjects"], newline="", encoding="utf-8") as table:
        subjects = list(csv.DictReader(table))
    evaluated = describe_subjects(errors_by_subject, predictors[0])
    engines = page.count_engines(Path(path).read_text() for path in inputs["engines"])
    thumbnails = {
        subject: page.webp_uri(Path(path).read_bytes())
        for subject, path in by_subject(inputs["thumbnails"]).items()
    }
    versions = page.software_versions()
    text = page.render(
        Path(inputs["template"]).read_text(),
        parts={Path(path).name: Path(path).read_text() for path in inputs["parts"]},
        style=page.joined([inputs["style"], inputs["viewer_style"]]),
        behaviour=page.joined([inputs["behaviour"]]),
        banner=layout.banner(simulated),
        simulated=simulated,
        population=layout.population(len(evaluated), simulated),
        n_slices=sum(subject["n_slices"] for subject in evaluated),
        config=config,
        study=describe(config),
        settings=page.flatten(config),
        citation=published.CITATION,
        doi=published.DOI,
        **headline.answers(subjects, roi_means, errors_by_subject, predictors, simulated),
        tables={
            Path(path).stem: layout.from_json(Path(path).read_text()) for path in inputs["tables"]
        },
        audit_findings=json.loads(Path(inputs["audit_findings"]).read_text()),
        figures={
            Path(path).stem: page.data_uri(Path(path).read_bytes()) for path in inputs["figures"]
        },
        alternatives={
            Path(path).stem: alternative_texts.describe(Path(path).stem, records.read([path]))
            for path in inputs["figure_data"]
        },
        look_inside=look_inside(inputs, config, simulated),
        subject_headings=HEADINGS,
        subjects=subject_rows(subjects, errors_by_subject, predictors[0], thumbnails),
        **methods.content(Path(inputs["references"]).read_text(), engines, dict(versions)),
        engines=engines,
        versions=versions,
    )

    Path(path_to_report).write_text(text)


def look_inside(inputs, config, simulated):
    """The viewer's part of the page; empty if the study chose no subjects for it."""
    if not inputs["viewer"]:
        return ""
    return viewer.fill(
        template=Path(inputs["viewer_template"]).read_text(),
        script=Path(inputs["viewer_script"]).read_text(),
        program=viewer.packed_niivue(),
        found=json.loads(Path(inputs["viewer"]).read_text()),
        target=config["target_contrast"],
        n_seeds=len(config["training"]["seeds"]),
        simulated=simulated,
    )


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    write_report(
        inputs=dict(snakemake.input.items()),
        config=snakemake.params.config,
        predictors=snakemake.params.predictors,
        simulated=snakemake.params.simulated,
        path_to_report=snakemake.output.report,
    )
