"""Write the study's report: one HTML file with every table and figure, published beside ours."""

import csv
import json
from pathlib import Path

from contrast2map.jobs import logs
from contrast2map.report import descriptions, headline, methods, page, verdicts, viewer
from contrast2map.report import subjects as subject_rows
from contrast2map.study import published, records
from contrast2map.study.entities import by_subject
from contrast2map.study.terms import QUANTITIES
from contrast2map.tables import layout


def write_report(inputs, config, predictors, simulated, path_to_report):
    """Fill the template.

    Args:
        inputs: Paths by name, as the rule names them; `tables` are the layouts of its tables.
        config: The study's configuration.
        predictors: Names of the predictors of the main tables, the study's own network first.
        simulated: Whether the subjects are simulated.
        path_to_report: Page to write.
    """
    roi_means = records.read(inputs["roi_means"])
    errors_by_subject = records.read([inputs["errors_by_subject"]])
    evaluated = page.describe_subjects(errors_by_subject, predictors[0])
    engines = page.count_engines(Path(path).read_text() for path in inputs["engines"])
    facts = methods.Facts(
        n_subjects=len(evaluated),
        n_slices=sum(subject["n_slices"] for subject in evaluated),
        engines={(step, engine) for step, engine, _, _ in engines},
        versions=dict(page.software_versions()),
        simulated=simulated,
    )
    with open(inputs["subjects"], newline="", encoding="utf-8") as table:
        subjects = list(csv.DictReader(table))
    thumbnails = {
        subject: page.webp_uri(Path(path).read_bytes())
        for subject, path in by_subject(inputs["thumbnails"]).items()
    }
    text = page.render(
        Path(inputs["template"]).read_text(),
        parts={Path(path).name: Path(path).read_text() for path in inputs["parts"]},
        **methods.section(config, facts, Path(inputs["references"]).read_text()),
        style=page.joined([inputs["style"], inputs["viewer_style"]]),
        behaviour=page.joined([inputs["behaviour"]]),
        look_inside=look_inside(inputs, config, simulated),
        banner=layout.banner(simulated),
        simulated=simulated,
        population=layout.population(len(evaluated), simulated),
        config=config,
        settings=page.flatten(config),
        seed=config["seed"],
        citation=published.CITATION,
        doi=published.DOI,
        verdict=headline.sentences(subjects, roi_means, predictors, simulated),
        persons=verdicts.person_verdicts(roi_means, predictors, simulated),
        voxels=verdicts.error_verdicts(errors_by_subject, predictors, simulated),
        limits=[
            verdicts.agreement_verdict(roi_means, *predictors[:2], quantity)
            for quantity in QUANTITIES
        ],
        tables={
            Path(path).stem: layout.from_json(Path(path).read_text()) for path in inputs["tables"]
        },
        audit_findings=json.loads(Path(inputs["audit_findings"]).read_text()),
        figures={
            Path(path).stem: page.data_uri(Path(path).read_bytes()) for path in inputs["figures"]
        },
        alternatives={
            Path(path).stem: descriptions.describe(Path(path).stem, records.read([path]))
            for path in inputs["figure_data"]
        },
        subject_headings=subject_rows.HEADINGS,
        subjects=subject_rows.subject_rows(subjects, errors_by_subject, predictors[0], thumbnails),
        n_slices=facts.n_slices,
        engines=engines,
        versions=page.software_versions(),
    )

    Path(path_to_report).write_text(text)


def look_inside(inputs, config, simulated):
    """The viewer's part of the page; nothing where the study chose no subjects for it."""
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
