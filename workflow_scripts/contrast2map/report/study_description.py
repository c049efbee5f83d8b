"""The settings of a study in words: one wording for methods, checklist, report and other pages.

All texts are phrases for use in a sentence or a table cell, without full stops or citations.
"""

from dataclasses import dataclass

from contrast2map.imaging.size_words import shape_words, size_words
from contrast2map.preprocessing import normalisation
from contrast2map.study.contrast_names import usual_name
from contrast2map.study.terms import MS_PER_S, PARAMETER_NAMES

HEADS = {
    "icbm152": "random deformations of one template, ICBM152 2009",
    "brainweb": "the anatomical models of BrainWeb, one per subject",
}
PUBLISHED_LEVELS, PUBLISHED_CONVOLUTIONS = 4, 3


@dataclass(frozen=True)
class Description:
    """A study in words.

    Attributes:
        groups: Simulated subjects per group, as configured.
        heads: Origin of the simulated heads.
        drawn_at: Voxel size at which these heads are made.
        scan_grid: Grid of the simulated scans.
        reference_grid: Grid of the simulated reference maps.
        acquisition: Sequence parameters of each contrast.
        target: Contrast to which all other images are registered.
        quantities: What the networks predict.
        inputs: Inputs of the main network.
        input_sets: All sets of inputs.
        normalisation: What images and maps are divided by, to follow "divided".
        slices: Criteria that a slice must meet to be used.
        exclusion: Possible causes of exclusion, to follow "excluded by".
        folds: Type of cross-validation.
        network: The network and its size, to follow "is a".
        difference_from_published: What differs from the published network, to follow "this study:".
        initialisation: Initial weights, to follow "initial weights are".
        schedule: Optimiser, epochs, batches and learning rate, to follow "trained with".
        loss: The loss, to follow "the loss is".
        seeds: Number of training seeds.
    """

    groups: str
    heads: str
    drawn_at: str
    scan_grid: str
    reference_grid: str
    acquisition: str
    target: str
    quantities: str
    inputs: str
    input_sets: str
    normalisation: str
    slices: str
    exclusion: str
    folds: str
    network: str
    difference_from_published: str
    initialisation: str
    schedule: str
    loss: str
    seeds: str


def describe(config):
    """Describe a study in words.

    Args:
        config: The study's whole configuration.

    Returns:
        `Description`; its texts on the simulation apply only to simulated cohorts.
    """
    simulation, preprocessing = config["simulation"], config["preprocessing"]
    scan, maps, anatomy = (simulation[name] for name in ("scan", "reference_maps", "anatomy"))
    divisor, slices = preprocessing["normalisation"], preprocessing["slices"]
    recipe = config["training"]
    by = normalisation.describe(divisor["method"], config["target_contrast"])
    return Description(
        groups=", ".join(
            f"{group['n_subjects']} {group['name'].replace('_', ' ')}"
            for group in simulation["groups"]
        ),
        heads=HEADS[anatomy["source"]],
        drawn_at=f"{anatomy['voxel_mm']:g} mm",
        scan_grid=_grid(scan["matrix"], scan["voxel_mm"]),
        reference_grid=_grid(maps["matrix"], maps["voxel_mm"]),
        acquisition="; ".join(
            f"{contrast['name']}: {_sequence_words(contrast['sequence'])}"
            for contrast in config["contrasts"]
        ),
        target=usual_name(config["target_contrast"]),
        quantities=" and ".join(config["reference"]),
        inputs=" + ".join(config["input_sets"][0]),
        input_sets="; ".join(" + ".join(names) for names in config["input_sets"]),
        normalisation=f"{by}, and maps by {divisor['map_scale_s']:g} s",
        slices=(
            f"a brain area of at least {slices['minimum_brain_area_mm2']:g} mm² and reference "
            f"values in at least {100 * slices['minimum_reference_coverage']:g} % of it"
        ),
        exclusion="the input gate or the limits of quality control"
        + (", or by a rater" if config["cohort"]["ratings"] else ""),
        folds=(
            f"{config['folds']['n_folds']}-fold cross-validation over subjects"
            + (", stratified by group" if config["cohort"]["group_column"] else "")
        ),
        **(_pretrained(config) if recipe["start"] == "pretrained" else _from_scratch(config)),
        seeds=count(len(recipe["seeds"]), "seed"),
    )


def _sequence_words(sequence):
    """Parameters of a sequence, or its type if none is configured."""
    kind = sequence["type"].replace("_", " ")
    return parameters(sequence) or f"type {kind}, parameters not configured"


def _from_scratch(config):
    """Texts on the paper's network and its training."""
    unet, recipe = config["unet"], config["training"]
    n_levels, n_convolutions = unet["n_levels"], unet["n_convolutions"]
    return {
        "network": (
            f"U-Net with {n_levels} levels, {n_convolutions} convolutions per level and "
            f"{unet['n_filters']} filters at full resolution, doubled at each level"
        ),
        "difference_from_published": (
            f"{n_levels} poolings (published: {PUBLISHED_LEVELS}), {n_convolutions} convolutions "
            f"per level (published: {PUBLISHED_CONVOLUTIONS}), {unet['n_filters']} filters at full "
            "resolution (published: not given)"
        ),
        "initialisation": f"random, normal with SD {_start_sd(unet)}, not pretrained",
        "schedule": _schedule(recipe),
        "loss": f"L1 + {recipe['ssim_weight']:g} × (1 − SSIM)",
    }


def _start_sd(unet):
    sd = unet["initialiser_sd"]
    return "√(2 / inputs of a kernel)" if sd == "he" else f"{sd:g}"


def _schedule(recipe):
    """Optimiser, epochs and learning rate of a training from scratch."""
    decay = recipe["weight_decay"]
    optimiser = f"AdamW (weight decay {decay:g})" if recipe["optimiser"] == "adamw" else "Adam"
    rate = (
        f"of {recipe['learning_rate']:g} (β₁ {recipe['beta_1']:g}) that was multiplied by "
        f"exp(−{recipe['decay_rate']:g}) in each epoch from epoch {recipe['n_epochs_constant']} on"
    )
    if recipe["schedule"] == "cosine":
        rate = (
            f"that rose to {recipe['learning_rate']:g} (β₁ {recipe['beta_1']:g}) in "
            f"{recipe['n_warm_up_epochs']:g} epochs and fell to 0 as a cosine"
        )
    n_frozen = recipe["n_epochs_frozen"]
    frozen = (
        f"; in the last {n_frozen} epochs, batch normalisation used its moving statistics"
        if n_frozen
        else ""
    )
    norm = recipe["gradient_norm"]
    clipped = f", with gradients of norm {norm:g} at most" if norm is not None else ""
    return (
        f"{optimiser} for {_epochs(recipe, recipe['n_epochs'])}, at a learning rate {rate}{clipped}"
        f"{frozen}"
    )


def _pretrained(config):
    """Texts on the fine-tuned network for any protocol."""
    tuning = config["fine_tuning"]
    return {
        "network": (
            f"U-Net for any protocol, told {_told(config)}, whose layers at full resolution see "
            "one voxel (docs/any_protocol.md)"
        ),
        "difference_from_published": (
            "the network for any protocol, pretrained on simulated patches and fine-tuned on this "
            "cohort, instead of the published U-Net with random initial weights"
        ),
        "initialisation": (
            "those of the network for any protocol "
            + ("that contrast2map contains" if tuning["weights"] is None else "of the study")
            + ", which was trained on simulated patches of other persons' label maps and of the "
            "ICBM152 template"
        ),
        "schedule": (
            f"AdamW for {_epochs(config['training'], tuning['n_epochs'])}, at a learning rate that "
            f"rose to {tuning['learning_rate']:g} in {tuning['n_warm_up_steps']} steps and fell to "
            f"0 as a cosine (weight decay {tuning['weight_decay']:g}, gradients of norm "
            f"{tuning['gradient_norm']:g} at most)"
        ),
        "loss": "the mean relative error of T1 and T2 in the brain",
    }


def _told(config):
    """What the network is told of the main network's inputs."""
    sequence_of = {each["name"]: each["sequence"] for each in config["contrasts"]}
    inputs = config["input_sets"][0]
    known = [name for name in inputs if set(sequence_of[name]) - {"type"}]
    if known == inputs:
        return "the kind and the sequence parameters of its inputs"
    if not known:
        return "the kind of its inputs, but no sequence parameters, because none are configured"
    return f"the kind of its inputs, and the sequence parameters of {' and '.join(known)} only"


def _epochs(recipe, n_epochs):
    height, width = recipe["patch_size"]
    persons = recipe["new_persons"]
    changed = (
        " of new persons (T1 and T2 of a training subject's tissues changed at random, with SDs of "
        f"{100 * persons['T1_sd']:g} and {100 * persons['T2_sd']:g} %, and its images by the ratio "
        "that the signal equations give)"
        if persons
        else ""
    )
    return (
        f"{count(n_epochs, 'epoch')} in batches of {recipe['batch_size']} random patches of "
        f"{height} × {width} voxels{changed}"
    )


def parameters(sequence):
    """Sequence parameters in words, such as "TR 1900 ms, TE 2.93 ms, flip angle 9°".

    Args:
        sequence: Dict with `TR_s`, `TE_s`, `TI_s` and `flip_angle_deg` as far as they are known;
            values, or pairs of the lowest and the highest value. Other keys are ignored.
    """
    texts = []
    for key, name in PARAMETER_NAMES.items():
        if key not in sequence:
            continue
        values = sequence[key] if isinstance(sequence[key], list | tuple) else [sequence[key]]
        scale, unit = (MS_PER_S, " ms") if key.endswith("_s") else (1, "°")
        shown = dict.fromkeys(f"{scale * value:.4g}" for value in values)
        texts.append(f"{name} {'–'.join(shown)}{unit}")
    return ", ".join(texts)


def count(n, noun):
    """A number with its noun, such as "1 seed" or "2 seeds"."""
    return f"{n} {noun}{'' if n == 1 else 's'}"


def _grid(matrix, voxel_mm):
    return f"{shape_words(matrix)} voxels of {size_words(voxel_mm)}"
