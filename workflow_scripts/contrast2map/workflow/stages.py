"""Stages of the workflow, one per rule file, and the order in which they follow each other."""

# Stages by the name of their rule file: title, and the stages that they follow.
STAGES = {
    "simulate": ("Simulation", ()),
    "check": ("Input gate", ("simulate",)),
    "preprocess": ("Preprocessing", ("check",)),
    "segment": ("Segmentation", ("preprocess",)),
    "quality": ("Quality control", ("segment",)),
    "train": ("Training", ("quality",)),
    "predict": ("Prediction", ("train",)),
    "evaluate": ("Evaluation", ("predict",)),
    "tables": ("Tables", ("evaluate",)),
    "report": ("Report", ("tables",)),
    "provenance": ("Provenance", ("report",)),
    "maps": ("Maps of new scans", ("train",)),
}
# Not stages of a study: lists of files, and the network for any protocol.
NOT_STAGES = ("lists", "any_protocol")


def rules_by_stage(rules):
    """Names of the rules of each stage.

    Args:
        rules: Pairs of rule name and rule file.

    Returns:
        Dict mapping stage to names, stages in the order of `STAGES`, without those that have no
        rule in this study.

    Raises:
        ValueError: A rule file is no known stage.
    """
    found = {stage: [] for stage in STAGES}
    for name, file in rules:
        stage = file.rpartition("/")[2].removesuffix(".smk")
        if stage in NOT_STAGES or stage == "Snakefile":
            continue
        if stage not in STAGES:
            raise ValueError(f"rules/{stage}.smk is no stage of the overview: add it to STAGES")
        found[stage].append(name)
    return {stage: names for stage, names in found.items() if names}
