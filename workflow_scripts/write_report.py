"""Write the study's report: one HTML file with every table and figure, published beside ours."""

from pathlib import Path

from markupsafe import Markup

from contrast2map import descriptions, logs, published, records, report, tables, verdicts
from contrast2map.entities import by_subject


def write_report(inputs, config, predictors, simulated, path_to_report):
    """Fill the template.

    Args:
        inputs: Paths by name, as the rule names them; `pages` are those of the tables.
        config: The study's configuration.
        predictors: Names of the predictors of the main tables, the study's own network first.
    """
    roi_means = records.read(inputs["roi_means"])
    errors_by_subject = records.read([inputs["errors_by_subject"]])
    subjects = report.describe_subjects(errors_by_subject, predictors[0])
    text = report.render(
        Path(inputs["template"]).read_text(),
        style=Markup(Path(inputs["style"]).read_text()),
        banner=tables.banner(simulated),
        simulated=simulated,
        population=tables.population(len(subjects), simulated),
        config=config,
        settings=report.flatten(config),
        citation=published.CITATION,
        doi=published.DOI,
        persons=verdicts.person_verdicts(roi_means, predictors, simulated),
        voxels=verdicts.error_verdicts(errors_by_subject, predictors, simulated),
        limits=[
            verdicts.agreement_verdict(roi_means, *predictors[:2], quantity)
            for quantity in ("T1", "T2")
        ],
        tables={
            Path(path).stem: Markup(tables.contents_of_page(Path(path).read_text()))
            for path in inputs["pages"]
        },
        figures={Path(path).stem: picture(path) for path in inputs["figures"]},
        alternatives={
            Path(path).stem: descriptions.describe(Path(path).stem, records.read([path]))
            for path in inputs["figure_data"]
        },
        quality_control={
            subject: picture(path, widest_pixels=1000)
            for subject, path in sorted(by_subject(inputs["quality_control"]).items())
        },
        subjects=subjects,
        n_slices=sum(subject["n_slices"] for subject in subjects),
        engines=report.count_engines(Path(path).read_text() for path in inputs["engines"]),
        versions=report.software_versions(),
    )

    Path(path_to_report).write_text(text)


def picture(path, widest_pixels=report.WIDEST_PIXELS):
    return report.data_uri(Path(path).read_bytes(), widest_pixels)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    write_report(
        inputs=dict(snakemake.input.items()),
        config=snakemake.params.config,
        predictors=snakemake.params.predictors,
        simulated=snakemake.params.simulated,
        path_to_report=snakemake.output.report,
    )
