"""Write the study's report and its supplement: HTML pages with all tables and figures."""

import csv
import json
from pathlib import Path

from contrast2map.evaluation.region_means import known_map
from contrast2map.jobs import logs
from contrast2map.report import alternative_texts, headline, methods, page, settings, viewer
from contrast2map.report.study_description import describe
from contrast2map.report.subjects import describe_subjects, subject_headings, subject_rows
from contrast2map.study import published, records
from contrast2map.study.subject_paths import by_subject
from contrast2map.tables import layout


def write_report(inputs, config, predictors, simulated, path_to_report, path_to_supplement):
    """Fill in the templates of the report and its supplement.

    Args:
        inputs: Dict mapping the names of the rule's inputs to paths; `tables` are JSON layouts.
        config: The study's configuration.
        predictors: Names of the predictors of the main tables, the study's own network first.
        simulated: Whether the subjects are simulated.
        path_to_report: HTML page to write.
        path_to_supplement: HTML page to write; it has the references that the report cites.
    """
    found = contents(inputs, config, predictors, simulated)
    pages = {path_to_report: inputs["template"], path_to_supplement: inputs["supplement"]}
    for path, template in pages.items():
        Path(path).write_text(page.render(Path(template).read_text(), **found))


def contents(inputs, config, predictors, simulated):
    """Everything that the templates may show, by name; arguments as in `write_report`."""
    roi_means = records.read(inputs["roi_means"])
    errors_by_subject = records.read([inputs["errors_by_subject"]])
    with open(inputs["subjects"], newline="", encoding="utf-8") as table:
        subjects = list(csv.DictReader(table))
    optional = {
        name: records.read([inputs[name]]) if inputs[name] else None
        for name in ("lesions", "convergence")
    }
    evaluated = describe_subjects(errors_by_subject, predictors[0])
    engines = page.count_engines(Path(path).read_text() for path in inputs["engines"])
    thumbnails = {
        subject: page.webp_uri(Path(path).read_bytes())
        for subject, path in by_subject(inputs["thumbnails"]).items()
    }
    versions = page.software_versions()
    return {
        "parts": {Path(path).name: Path(path).read_text() for path in inputs["parts"]},
        "style": page.joined([inputs["style"], inputs["viewer_style"]]),
        "behaviour": page.joined([inputs["behaviour"]]),
        "banner": layout.banner(simulated),
        "simulated": simulated,
        "against": known_map(roi_means),
        "population": layout.population(len(evaluated)),
        "n_slices": sum(subject["n_slices"] for subject in evaluated),
        "config": config,
        "study": describe(config),
        **settings.content(config),
        "citation": published.CITATION,
        "doi": published.DOI,
        **headline.answers(
            *(subjects, roi_means, errors_by_subject, predictors, simulated),
            **optional,
            n_folds=config["folds"]["n_folds"],
            n_validation=config["training"]["validation_subjects"],
        ),
        "tables": {
            Path(path).stem: layout.from_json(Path(path).read_text()) for path in inputs["tables"]
        },
        "audit_findings": json.loads(Path(inputs["audit_findings"]).read_text()),
        "figures": page.pictures(inputs["figures"]),
        "narrow_figures": page.pictures(inputs["narrow_figures"]),
        "alternatives": {
            Path(path).stem: alternative_texts.describe(Path(path).stem, records.read([path]))
            for path in inputs["figure_data"]
        },
        "look_inside": viewer.part_of_page(inputs, config, simulated),
        "subject_headings": subject_headings(subjects),
        "subjects": subject_rows(subjects, errors_by_subject, predictors[0], thumbnails),
        "some_excluded": len(evaluated) < len(subjects),
        **methods.content(Path(inputs["references"]).read_text(), engines, dict(versions)),
        "engines": engines,
        "versions": versions,
    }


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    write_report(
        inputs=dict(snakemake.input.items()),
        config=snakemake.params.config,
        predictors=snakemake.params.predictors,
        simulated=snakemake.params.simulated,
        path_to_report=snakemake.output.report,
        path_to_supplement=snakemake.output.supplement,
    )
