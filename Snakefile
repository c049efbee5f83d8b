"""contrast2map: a study of T1 and T2 maps predicted from conventional contrast-weighted images."""

from snakemake.utils import min_version

min_version("9.27")


configfile: "config/config.yaml"


pathvars:
    results=f"results/{config.get('study')}",
    logs=f"results/{config.get('study')}/logs",
    benchmarks=f"results/{config.get('study')}/benchmarks",


include: "rules/common.smk"
include: "rules/subjects.smk"
include: "rules/simulate.smk"
include: "rules/check.smk"
include: "rules/preprocess.smk"
include: "rules/segment.smk"
include: "rules/quality.smk"
include: "rules/lists.smk"
include: "rules/train.smk"
include: "rules/any_protocol.smk"
include: "rules/predict.smk"
include: "rules/evaluate.smk"
include: "rules/tables.smk"
include: "rules/maps.smk"
include: "rules/report.smk"
include: "rules/provenance.smk"
include: "rules/start.smk"
include: "rules/end.smk"


report: "report/workflow.rst"


rule all:
    default_target: "any_protocol" not in config
    input:
        "<results>/report/index.html",
        "<results>/ro-crate-metadata.json",
        "<results>/quality/index.html",
        "<results>/tables/input_gate.csv",
        collect("<results>/models/{inputs}", inputs=INPUT_SETS),
        "<results>/tests/artefacts.passed",
        branch(HAS_TRUTH, then="<results>/cohort/participants.tsv", otherwise=[]),
    localrule: True


rule maps:
    input:
        f"{MAPS_FOLDER}/dataset_description.json",
    localrule: True


rule any_protocol:
    default_target: "any_protocol" in config
    input:
        "<results>/any_protocol/model",
    localrule: True
