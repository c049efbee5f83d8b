"""What a run's settings say of what CLAIM asks for, one function an item (report/claim.yaml).

Each takes `claim_facts.Facts` and returns a sentence.
"""

from typing import NamedTuple

import pandas as pd

from contrast2map.preprocessing import normalisation


def goal(_):
    return (
        "Whether T1 and T2 maps can be predicted from weighted images, judged in held-out subjects "
        "beside baselines that know less."
    )


def data_source(facts):
    if not facts.simulated:
        return "One BIDS dataset, as given to the study."
    source = facts.config["simulation"]["anatomy"]["source"]
    return (
        f"No person: heads from {source}, scans and maps by simulation, "
        f"seed {facts.config['seed']}."
    )


def eligibility(facts):
    rated = "and ratings " if facts.config["cohort"]["ratings"] else ""
    return (
        "All listed subjects, but those that the input gate, the limits of the quality control "
        f"{rated}leave out; each with its reason."
    )


def preprocessing(facts):
    settings = facts.config["preprocessing"]
    target, chosen = facts.config["target_contrast"], settings["normalisation"]
    return (
        f"Rigid registration to {target}, brain mask, division of "
        f"{normalisation.describe(chosen['method'], target)} and of maps by "
        f"{chosen['map_scale_s']:g} s."
    )


def selection(facts):
    slices = facts.config["preprocessing"]["slices"]
    by_hand = sum(map(len, facts.config["cohort"]["excluded_slices"].values()))
    return (
        f"Slices with at least {slices['minimum_brain_area_mm2']:g} mm² of brain and the reference "
        f"in {100 * slices['minimum_reference_coverage']:g} % of it; {by_hand} left out by hand."
    )


def missing_data(_):
    return (
        "Nothing is imputed: a subject without one of its files is left out, a voxel without a "
        "reference value is not counted."
    )


def acquisition(facts):
    told = []
    for contrast in facts.config["contrasts"]:
        sequence = contrast["sequence"]
        values = [
            f"{name.removesuffix('_s')} {1000 * sequence[name]:.4g} ms"
            for name in ("TR_s", "TE_s", "TI_s")
            if name in sequence
        ]
        if "flip_angle_deg" in sequence:
            values.append(f"flip angle {sequence['flip_angle_deg']:g} deg")
        told.append(f"{contrast['name']}: {', '.join(values)}")
    kind = "Simulated" if facts.simulated else "As configured"
    return f"{kind}: {'; '.join(told)}."


def reference(facts):
    quantities = " and ".join(facts.config["reference"])
    if facts.simulated:
        return (
            f"Simulated reference maps of {quantities} with noise, blur and a smooth error; the "
            "truth that they were made of is a second standard."
        )
    return f"Maps of {quantities} in the dataset, registered like the scans."


def annotators(facts):
    if facts.simulated:
        return "Nobody: software segments the tissues, lesions are those that were simulated."
    return "Software segments tissues and structures where the dataset brings no masks."


def annotation(facts):
    engines = {
        name: facts.config["preprocessing"][name]["engine"]
        for name in ("brain_extraction", "tissue_segmentation")
    }
    told = ", ".join(f"{name.replace('_', ' ')}: {engine}" for name, engine in engines.items())
    return f"Engines asked for: {told}; the report counts which did the work, with versions."


def architecture(facts):
    unet = facts.config["unet"]
    inputs = " + ".join(facts.config["input_sets"][0])
    return (
        f"2-D U-Net, {unet['n_levels']} levels, {unet['n_filters']} filters at full resolution, "
        f"{unet['n_convolutions']} convolutions a level; in: {inputs}; out: "
        f"{' and '.join(facts.config['reference'])}."
    )


def software(_):
    return "Packages and versions are listed in the report and in the run's RO-Crate."


def initialisation(facts):
    seeds = facts.config["training"]["seeds"]
    return (
        f"Random, normal with SD {facts.config['unet']['initialiser_sd']:g}; no weights from "
        f"elsewhere; {len(seeds)} seed{'s' if len(seeds) != 1 else ''}."
    )


def training(facts):
    recipe = facts.config["training"]
    return (
        f"Adam at {recipe['learning_rate']:g}, {recipe['n_epochs']} epochs, batches of "
        f"{recipe['batch_size']} random patches of {recipe['patch_size'][0]} x "
        f"{recipe['patch_size'][1]} voxels, loss L1 + {recipe['ssim_weight']:g} x SSIM loss; every "
        "setting is in workflow/config.yaml."
    )


def model_selection(facts):
    n_sets, n_seeds = len(facts.config["input_sets"]), len(facts.config["training"]["seeds"])
    return (
        "None by performance: the weights of the last epoch, the first set of inputs and the first "
        f"seed make the main tables; all {n_sets * n_seeds} networks of a fold are reported."
    )


def ensembling(_):
    return "None: one network predicts a held-out subject."


def measures(_):
    return (
        "Mean absolute and percentage error, PSNR and SSIM by region; bias, limits of agreement "
        "and concordance of region means; beside three baselines."
    )


def uncertainty(facts):
    draws = facts.config["evaluation"]["n_bootstrap_draws"]
    return (
        "SD over slices and subjects; 95 % intervals that count subjects "
        f"({draws} bootstrap draws where no formula holds); paired t-tests, Holm's correction, "
        "tests of equivalence."
    )


def robustness(facts):
    n_sets, n_seeds = len(facts.config["input_sets"]), len(facts.config["training"]["seeds"])
    return (
        f"{n_sets} set{'s' if n_sets != 1 else ''} of inputs, {n_seeds} "
        f"seed{'s' if n_seeds != 1 else ''}, {facts.config['folds']['n_folds']} folds."
    )


def explainability(_):
    return "None was applied."


def external_testing(_):
    return "None in this run."


def accuracy(_):
    return (
        "No diagnosis is made, so there is no diagnostic accuracy; bias and limits of region means "
        "have 95 % intervals."
    )


def limitations(facts):
    told = "Tests over subjects take those of a fold, who share a network, as independent."
    if not facts.simulated:
        return told
    return f"The cohort is simulated: these results are no evidence about persons. {told}"


def protocol(_):
    return "All settings, rules and versions are in the run's RO-Crate (ro-crate-metadata.json)."


def availability(_):
    return "The software is under the MIT licence; the trained networks are in models/."


class Facts(NamedTuple):
    """What the answers are made of.

    Attributes:
        config: The study's configuration.
        subjects: Table of who takes part (`subject_tables`).
        errors: Table 1 (`tables_errors`).
        errors_by_subject: Table of `tables_errors.errors_by_subject`.
        leakage: Table of `leakage`: files that each fit read.
        network: Name of the main network.
        simulated: Whether the subjects are simulated.
    """

    config: dict
    subjects: pd.DataFrame
    errors: pd.DataFrame
    errors_by_subject: pd.DataFrame
    leakage: pd.DataFrame
    network: str
    simulated: bool


def included(facts):
    """Rows of the subjects that take part."""
    return facts.subjects[facts.subjects["included"]]
