"""Write the study's report: one HTML file with every table and figure, published beside ours."""

import json
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from contrast2map import logs, published, report, tables, verdicts
from contrast2map.entities import by_subject
from contrast2map.tables_errors import layout_errors
from contrast2map.tables_preprocessing import layout_preprocessing
from contrast2map.tables_rois import layout_rois


def write_report(inputs, config, predictors, baseline, simulated, path_to_report):
    """Fill the template.

    Args:
        inputs: Paths by name, as the rule names them.
        config: The study's configuration.
        predictors: Names of all predictors, the study's own network first.
        baseline: Name of the baseline that the verdicts compare with.
    """
    errors = pd.read_csv(inputs["table_1"])
    rois = pd.read_csv(inputs["table_2"])
    roi_means = read_all(inputs["roi_means"])
    errors_by_subject = pd.read_csv(inputs["errors_by_subject"], dtype={"subject": str})
    preprocessing = None
    if inputs.get("preprocessing"):
        preprocessing = pd.read_csv(inputs["preprocessing"], dtype={"subject": str})
    subjects = describe_subjects(errors_by_subject, predictors[0])
    population = tables.population(len(subjects), simulated)
    ours = roi_means[roi_means["predictor"] == predictors[0]]
    text = report.render(
        Path(inputs["template"]).read_text(),
        style=Markup(Path(inputs["style"]).read_text()),
        banner=tables.banner(simulated),
        simulated=simulated,
        population=population,
        config=config,
        settings=report.flatten(config),
        citation=published.CITATION,
        doi=published.DOI,
        verdicts=verdicts.baseline_verdicts(errors_by_subject, predictors[0], baseline, simulated),
        agreement=[
            verdicts.agreement_verdict(part["predicted_ms"], part["reference_ms"], quantity)
            for quantity, part in ours.groupby("quantity")
        ],
        table_1=table(layout_errors(errors, predictors, population)),
        table_2=table(layout_rois(rois, predictors, population)),
        preprocessing=table(layout_preprocessing(preprocessing, population))
        if preprocessing is not None
        else None,
        figure_1=picture(inputs["network"]),
        figure_2=picture(inputs["representative_cases"]),
        figure_3={
            path_stem(path, "bland_altman_"): picture(path) for path in inputs["bland_altman"]
        },
        loss_curves={
            path_stem(path, "loss_curves_"): picture(path) for path in inputs["loss_curves"]
        },
        quality_control={
            subject: picture(path, widest_pixels=1000)
            for subject, path in sorted(by_subject(inputs["quality_control"]).items())
        },
        subjects=subjects,
        n_slices=sum(subject["n_slices"] for subject in subjects),
        engines=count_engines(inputs["engines"]),
        versions=report.software_versions(),
    )

    Path(path_to_report).write_text(text)


def read_all(paths):
    return pd.concat(pd.read_csv(path, dtype={"subject": str}) for path in paths)


def table(layout):
    return Markup(tables.to_html(layout))


def picture(path, widest_pixels=report.WIDEST_PIXELS):
    return report.data_uri(Path(path).read_bytes(), widest_pixels)


def path_stem(path, prefix):
    return Path(path).stem.removeprefix(prefix)


def describe_subjects(errors_by_subject, predictor):
    """Subject, group, fold and evaluated slices, one record a subject."""
    ours = errors_by_subject[
        (errors_by_subject["predictor"] == predictor)
        & (errors_by_subject["against"] == "reference")
        & (errors_by_subject["quantity"] == "T1")
        & (errors_by_subject["region"] == "full_brain")
        & (errors_by_subject["convention"] == "paper")
    ]
    return ours[["subject", "group", "fold", "n_slices"]].to_dict("records")


def count_engines(paths):
    """Which engine did each step in how many subjects, as (step, engine, version, n_subjects)."""
    counts = {}
    for path in paths:
        for step, used in json.loads(Path(path).read_text()).items():
            key = (step.replace("_", " "), used["engine"], used["version"])
            counts[key] = counts.get(key, 0) + 1
    return [(*key, n) for key, n in sorted(counts.items(), key=str)]


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    write_report(
        inputs=dict(snakemake.input.items()),
        config=snakemake.params.config,
        predictors=snakemake.params.predictors,
        baseline=snakemake.params.baseline,
        simulated=snakemake.params.simulated,
        path_to_report=snakemake.output.report,
    )
