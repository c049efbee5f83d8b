"""What a person must know of a trained model before using it, written from its facts."""

from contrast2map.imaging import grids
from contrast2map.maps import bundle
from contrast2map.maps.facts import DEFINITIONS
from contrast2map.study.terms import PARAMETER_NAMES, PARAMETER_UNITS, REGION_NAMES, TISSUE_SYMBOLS
from contrast2map.tables import layout

METRIC_WORDS = {"mae_ms": ("MAE (ms)", 1), "mpe_percent": ("MPE (%)", 1)}
METRIC_WORDS |= {"psnr_db": ("PSNR (dB)", 1), "ssim": ("SSIM", 3)}


NOT_A_DEVICE = "This is research software, not a medical device: no diagnosis may rest on its maps."


def write(facts):
    """The model card as Markdown; every number comes from the facts.

    Args:
        facts: Facts of a bundle (`bundle_facts`), without those of `bundle.write`.
    """
    scans, simulated = bundle.scans_of(facts), facts["simulated"]
    n_subjects = sum(facts["n_subjects"].values())
    groups = ", ".join(f"{n} {group}" for group, n in facts["n_subjects"].items())
    population = "simulated heads" if simulated else "subjects"
    first = (
        "**SIMULATED: this model was trained on a computer's heads. It has seen no person.**"
        if simulated
        else "This model was trained on the scans of persons."
    )
    return "\n".join(
        [
            f"# {' and '.join(facts['quantities'])} maps from {', '.join(scans)}",
            "",
            first,
            "",
            NOT_A_DEVICE,
            "",
            "## What it is",
            "",
            f"{facts['n_folds']} networks (U-Net, Qiu et al., MRM 2022;87:488), one a fold of the "
            f"cross-validation, that read {', '.join(facts['inputs'])} slice by slice and give "
            f"{' and '.join(facts['quantities'])} in seconds. Their mean is the map, their SD the "
            "spread.",
            "",
            "## Trained on",
            "",
            f"{n_subjects} {population} ({groups}) of the study `{facts['study']}`, seed "
            f"{facts['seed']}; voxels of "
            f"{grids.size_words(facts['grid']['voxel_mm'])} "
            f"(target scan: {facts['target_contrast']}).",
            "",
            *_protocol(facts),
            "",
            "Median relaxation times of their reference maps, lowest and highest subject (ms):",
            "",
            *_medians(facts),
            "",
            "## How it did on held-out subjects",
            "",
            DEFINITIONS["errors"],
            "",
            *_errors(facts["metrics"]["network"]["errors"]),
            "",
            *[f"- {name}: {DEFINITIONS[key]}." for name, key in _definitions()],
            "",
            *_regions(facts),
            "",
            "## Limits",
            "",
            *_limits(facts),
            "",
            "## How to use it",
            "",
            "```",
            "python -m contrast2map maps "
            + " ".join(f"--{name} {name}.nii.gz" for name in scans)
            + " --model THIS_FOLDER --output maps/",
            "```",
            "",
            "Each scan is a NIfTI or a folder of DICOMs of one series; a page beside the maps "
            "shows them, with a verdict.",
            "",
        ]
    )


def _protocol(facts):
    lines = ["| scan | sequence | parameters |", "| --- | --- | --- |"]
    for contrast in facts["contrasts"]:
        ranges = facts["sequences"].get(contrast["name"], {})
        words = ", ".join(
            f"{PARAMETER_NAMES[key]} {_range(low, high)} {PARAMETER_UNITS[key]}"
            for key, (low, high) in ranges.items()
        )
        kind = contrast["sequence"]["type"].replace("_", " ")
        lines.append(f"| {contrast['name']} | {kind} | {words or 'not known'} |")
    return lines


def _medians(facts):
    lines = ["| | " + " | ".join(TISSUE_SYMBOLS.values()) + " |", "| --- " * 4 + "|"]
    for quantity in facts["quantities"]:
        cells = [
            _range(found["low"], found["high"], ".0f") if found else layout.NOTHING
            for found in (facts["maps"][quantity][tissue] for tissue in TISSUE_SYMBOLS)
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


def _regions(facts):
    """Region means beside those of the simplest predictor, where the study has it."""
    ours = facts["metrics"]["network"]["regions"]
    theirs = {
        (each["quantity"], each["region"]): each
        for each in facts["metrics"].get("cohort_mean", {}).get("regions", [])
    }
    lines = [DEFINITIONS["regions"], ""]
    lines += ["| | region | reference | bias ± SD | network: mean absolute difference |"]
    lines[-1] += " cohort mean: mean absolute difference |" if theirs else ""
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
    if theirs:
        lines += ["", "Cohort mean: each region's mean over the other subjects; it reads no scan."]
        lines += ["Where it is as good as the network, the maps tell nothing of a person there."]
    return lines


def _limits(facts):
    low, high = facts["pose"]["levels_mm"]
    lines = [
        f"- Trained between {low:.0f} and {high:.0f} mm (MNI z) only; maps above and below are "
        "predicted, but nothing is known of their error.",
        "- Scans of another protocol, field strength or vendor give maps of unknown error; the "
        "verdict tells where the contrast differs from the training's, not how wrong the maps are.",
        "- The spread over folds is what the networks disagree by. They share the training and "
        "its errors: a small spread is no proof of a right map.",
        "- No map is made where one of the scans does not reach.",
    ]
    if facts["simulated"]:
        lines.insert(
            0,
            "- Trained on simulated scans: what the simulation leaves out (vessels' flow, motion, "
            "coil patterns, diseases other than lesions) the networks do not know.",
        )
    return lines


def _range(low, high, form="g"):
    return f"{low:{form}}" if f"{low:{form}}" == f"{high:{form}}" else f"{low:{form}}–{high:{form}}"
