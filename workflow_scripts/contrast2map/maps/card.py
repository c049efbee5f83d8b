"""The model card: data, errors and limitations of a trained model."""

from contrast2map.imaging.size_words import size_words
from contrast2map.maps import known_errors
from contrast2map.study.groups import group_words, has_groups
from contrast2map.study.terms import (
    PARAMETER_NAMES,
    PARAMETER_UNITS,
    REGION_NAMES,
    TISSUE_SYMBOLS,
)
from contrast2map.tables import layout

DEFINITIONS = {
    "errors": (
        "Differences from the reference map in held-out subjects, each predicted by the network "
        "that did not see it: mean over the slices of a subject, then mean and SD across subjects."
    ),
    "mae_ms": "mean |predicted - reference| over the voxels of the region, in ms",
    "mpe_percent": "mean |predicted - reference| / reference over the voxels of the region, in %",
    "psnr_db": "peak signal-to-noise ratio in dB",
    "ssim": "structural similarity, window of 7 x 7 voxels",
    "paper": (
        "PSNR and SSIM of the whole masked slice, including background; data range of the slice"
    ),
    "brain": "PSNR and SSIM of the voxels in the mask only; data range 3 s",
    "regions": (
        "Region means of held-out subjects: predicted minus reference in ms, mean and SD across "
        "subjects; mae_ms is the mean absolute difference across subjects."
    ),
    "intensities": (
        "Tissue medians of the normalised images (the network's input) in slices with enough "
        "brain, summarised across subjects."
    ),
    "maps": (
        "Tissue medians of the reference maps in ms where they have a value, summarised across "
        "subjects."
    ),
    "spread": (
        "Tissue medians of the SD of the predicted maps across folds in ms, in the training "
        "subjects; all folds but one were trained on the subject."
    ),
    "levels_mm": "Lowest and highest training slice by height in the ICBM152 template (MNI z).",
}
METRIC_WORDS = {"mae_ms": ("MAE (ms)", 1), "mpe_percent": ("MPE (%)", 1)}
METRIC_WORDS |= {"psnr_db": ("PSNR (dB)", 1), "ssim": ("SSIM", 3)}
STARTS = {
    "scratch": "U-Net, Qiu et al., MRM 2022;87:488",
    "pretrained": "the network for any protocol, fine-tuned on these subjects",
}
NOT_A_DEVICE = "Research software, not a medical device: do not base a diagnosis on its maps."


def write(model):
    """Return the model card as Markdown; every number comes from the model.

    Args:
        model: model.Model.
    """
    scans, simulated = model.scans, model.simulated
    n_subjects = sum(model.n_subjects.values())
    groups = ", ".join(f"{n} {group_words(group)}" for group, n in model.n_subjects.items())
    groups = f" ({groups})" if has_groups(model.n_subjects) else ""
    quantities = " and ".join(model.quantities)
    population = "simulated heads" if simulated else "subjects"
    first = (
        "**SIMULATED: trained on simulated heads only, never on data of a person.**"
        if simulated
        else "Trained on the scans of a given dataset. The study does not know their origin; its "
        "authors must say whether they are scans of people."
    )
    return "\n".join(
        [
            f"# {quantities} maps from {', '.join(scans)}",
            "",
            first,
            "",
            NOT_A_DEVICE,
            "",
            "## Model",
            "",
            f"{model.n_folds} networks ({STARTS[model.start]}), one per fold of "
            f"the cross-validation. Each predicts {quantities} in seconds from "
            f"{', '.join(model.inputs)}, slice by slice. The map is the mean of the "
            "predictions, the spread their SD.",
            "",
            model.meaning_of_T1,
            "",
            "## Training data",
            "",
            f"{n_subjects} {population}{groups} of study `{model.study}`, seed "
            f"{model.seed}; voxel size {size_words(model.trained.grid.voxel_mm)} "
            f"(target scan: {model.target}).",
            "",
            *_protocol(model),
            "",
            "Median relaxation times in the reference maps (ms), range across subjects:",
            "",
            *_medians(model),
            "",
            "## Errors on held-out subjects",
            "",
            DEFINITIONS["errors"],
            "",
            *_errors(model.errors.errors),
            "",
            *[f"- {name}: {DEFINITIONS[key]}." for name, key in _definitions()],
            "",
            *_regions(model),
            "",
            "## Limitations",
            "",
            *_limits(model),
            "",
            "## Usage",
            "",
            "```",
            "python -m contrast2map maps "
            + " ".join(f"--{name} {name}.nii.gz" for name in scans)
            + " --model THIS_FOLDER --output maps/",
            "```",
            "",
            "Each scan is a NIfTI file or a folder with the DICOM files of one series. The output "
            "includes an HTML page with the maps and a verdict on them.",
            "",
        ]
    )


def _protocol(model):
    lines = ["| scan | sequence | parameters |", "| --- | --- | --- |"]
    for name, contrast in model.contrasts.items():
        ranges = model.trained.protocol.get(name, {})
        words = ", ".join(
            f"{PARAMETER_NAMES[key]} {_range(low, high)} {PARAMETER_UNITS[key]}"
            for key, (low, high) in ranges.items()
        )
        kind = contrast.sequence["type"].replace("_", " ")
        lines.append(f"| {name} | {kind} | {words or 'unknown'} |")
    return lines


def _medians(model):
    lines = ["| | " + " | ".join(TISSUE_SYMBOLS.values()) + " |", "| --- " * 4 + "|"]
    for quantity in model.quantities:
        cells = [
            _range(found.low, found.high, ".0f") if found else layout.NOTHING
            for found in (model.trained.maps[quantity][tissue] for tissue in TISSUE_SYMBOLS)
        ]
        lines.append(f"| {quantity} | " + " | ".join(cells) + " |")
    return lines


def _errors(errors):
    lines = [
        "| | region | convention | " + " | ".join(word for word, _ in METRIC_WORDS.values()) + " |",
        "| --- " * 7 + "|",
    ]
    for record in errors:
        cells = [
            layout.mean_sd(record[metric], record[f"{metric}_sd"], n_decimals)
            for metric, (_, n_decimals) in METRIC_WORDS.items()
        ]
        region = REGION_NAMES[record["region"]]
        lines.append(
            f"| {record['quantity']} | {region} | {record['convention']} | "
            + " | ".join(cells)
            + " |"
        )
    return lines


def _definitions():
    yield "MAE", "mae_ms"
    yield "MPE", "mpe_percent"
    yield "Convention paper", "paper"
    yield "Convention brain", "brain"


def _regions(model):
    """Table of the errors of region means, with those of the tissue mean if the model has them."""
    ours = model.errors.regions
    theirs = {(each["quantity"], each["region"]): each for each in model.errors_of_mean.regions}
    lines = [DEFINITIONS["regions"], ""]
    lines += ["| | region | reference | bias ± SD | network: mean absolute difference |"]
    lines[-1] += " tissue mean: mean absolute difference |" if theirs else ""
    lines.append("| --- " * (6 if theirs else 5) + "|")
    for each in ours:
        cells = [
            each["quantity"],
            REGION_NAMES[each["region"]],
            layout.number(each["reference_ms"], 0),
            layout.mean_sd(each["bias_ms"], each["sd_ms"]),
            layout.number(each["mae_ms"]),
        ]
        if theirs:
            other = theirs.get((each["quantity"], each["region"]))
            cells.append(layout.number(other["mae_ms"] if other else None))
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", f"Limits of the bias: {known_errors.limits_words()} of the region's value."]
    lines[-1] += f" {known_errors.sentence(model)}" if known_errors.beyond_limits(model) else ""
    if theirs:
        lines += ["", "Tissue mean: the region's mean over the training subjects, without reading"]
        lines[-1] += " the scan."
        lines += ["Where it is as accurate as the network, the maps do not capture individual"]
        lines[-1] += " differences."
    return lines


def _limits(model):
    low, high = model.trained.levels_mm
    lines = [
        f"- Trained only on slices from {low:.0f} to {high:.0f} mm (MNI z). Slices above and below "
        "are mapped too, but with unknown error.",
        "- For another protocol, field strength or vendor, the error is unknown. The verdict "
        "reports where the contrast differs from the training data, not how wrong the maps are.",
        "- The spread shows how far the networks disagree. They share training data and its "
        "errors, so a small spread does not prove that a map is right.",
        "- There is no map where a scan does not cover the brain.",
    ]
    if model.simulated:
        lines.insert(
            0,
            "- Trained on simulated scans: the networks have not seen what the simulation omits "
            "(flow, motion, coil patterns, diseases other than lesions).",
        )
    return lines


def _range(low, high, form="g"):
    return f"{low:{form}}" if f"{low:{form}}" == f"{high:{form}}" else f"{low:{form}}–{high:{form}}"
