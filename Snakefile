"""contrast2map: T1 and T2 maps from conventional contrast-weighted images, as a study."""

from snakemake.utils import min_version

min_version("9.27")


configfile: "config/config.yaml"


pathvars:
    results=f"results/{config.get('study')}",
    logs=f"results/{config.get('study')}/logs",
    benchmarks=f"results/{config.get('study')}/benchmarks",


include: "rules/common.smk"
include: "rules/simulate.smk"
include: "rules/preprocess.smk"
include: "rules/segment.smk"
include: "rules/train.smk"
include: "rules/predict.smk"
include: "rules/evaluate.smk"
include: "rules/report.smk"


report: "report/workflow.rst"


rule all:
    default_target: True
    input:
        "<results>/report/index.html",
        "<results>/tests/artefacts.passed",
        branch(HAS_TRUTH, then="<results>/cohort/participants.tsv", otherwise=[]),
