"""The methods of a study in words, written from the settings that it ran with.

Citations stand as "[@key]", for `references.cite`.
"""

from typing import NamedTuple

from contrast2map.report import methods_data, references
from contrast2map.tables.layout import population


class Facts(NamedTuple):
    """What a run knows of itself beside its settings.

    Attributes:
        n_subjects: Subjects that take part.
        n_slices: Their evaluated slices.
        engines: Set of pairs of a step of the preprocessing and the engine that did it in at
            least one subject.
        versions: Dict of package to version, of the environment that writes the report.
        simulated: Whether the subjects are simulated.
    """

    n_subjects: int
    n_slices: int
    engines: set
    versions: dict
    simulated: bool


def write(config, facts):
    """Sections of the methods.

    Args:
        config: The study's configuration.
        facts: `Facts`.

    Returns:
        List of pairs of heading and text.
    """
    return [
        ("Cohort", methods_data.cohort(config, facts)),
        ("Preprocessing", methods_data.preprocessing(config, facts)),
        ("Segmentation and regions", methods_data.segmentation(config, facts)),
        ("Network", network(config)),
        ("Training", training(config)),
        ("Baselines", baselines(config)),
        ("Evaluation", evaluation(config, facts)),
        ("Statistics", statistics(config)),
        ("Software", software(facts)),
    ]


def section(config, facts, bibtex):
    """What the report's template needs for the methods.

    Args:
        config: The study's configuration.
        facts: `Facts`.
        bibtex: Text of the references that may be cited.

    Returns:
        Dict: "methods", a list of heading and HTML with numbered citations; "references" and
        "bibtex", of those that are cited.
    """
    known = references.read(bibtex)
    headings, texts = zip(*write(config, facts), strict=True)
    cited, keys = references.cite(texts, known)
    return {
        "methods": [
            {"heading": heading, "text": text}
            for heading, text in zip(headings, cited, strict=True)
        ],
        "references": references.listed(keys, known),
        "bibtex": references.to_bibtex(keys, known),
    }


def network(config):
    """The architecture, and what is and is not the paper's."""
    unet = config["unet"]
    sets = "; ".join(" + ".join(names) for names in config["input_sets"])
    n_sets = len(config["input_sets"])
    return (
        f"A 2-D U-Net [@ronneberger2015] maps normalised slices to {_join(config['reference'])}, "
        f"after Qiu et al. [@qiu2022]: {unet['n_levels']} levels, {unet['n_filters']} filters at "
        f"full resolution and twice as many a level deeper, {unet['n_convolutions']} convolutions "
        "of 3 × 3 a level, each with batch normalisation [@ioffe2015] (momentum "
        f"{unet['normalisation_momentum']:g}) and ReLU. Initial weights are normal with SD "
        f"{unet['initialiser_sd']:g}; nothing is pretrained. "
        + (f"There is one network for each set of inputs: {sets}. " if n_sets > 1 else "")
        + "The paper does not give the number of filters and Adam's β₁, and its sentence on the "
        "weight of the SSIM loss is lost in the manuscript that was read; the code of a sibling "
        "study by its first author [@qiu2023] uses 48, 0.5 and 0.1."
    )


def training(config):
    """The recipe."""
    recipe, n_seeds = config["training"], len(config["training"]["seeds"])
    height, width = recipe["patch_size"]
    return (
        f"Subjects were split into {config['folds']['n_folds']} folds, stratified by group; a fold "
        f"trains on the others' subjects, with {n_seeds} seed{_s(n_seeds)}. Each slice gives one "
        f"random patch of {height} × {width} voxels an epoch, randomly flipped, in batches of "
        f"{recipe['batch_size']}. Adam [@kingma2015] ran for {recipe['n_epochs']} epochs at a "
        f"learning rate of {recipe['learning_rate']:g} (β₁ {recipe['beta_1']:g}), from epoch "
        f"{recipe['n_epochs_constant']} on falling by exp(−{recipe['decay_rate']:g}) an epoch. The "
        f"loss is L1 + {recipe['ssim_weight']:g} × (1 − SSIM) [@wang2004]. The weights of the last "
        "epoch are used; no epoch, seed or set of inputs was chosen by its result. The default "
        "settings of network and baselines were chosen while looking at held-out errors of the "
        "default cohort."
    )


def baselines(config):
    """What the network has to beat."""
    trees = config["baselines"]["gradient_boosting"]
    return (
        "The cohort mean gives each tissue of a held-out subject the mean of the training subjects "
        "and reads no intensity. Linear regression and gradient boosting [@pedregosa2011] "
        f"({trees['n_iterations']} trees of at most {trees['max_leaf_nodes']} leaves, learning "
        f"rate {trees['learning_rate']:g}, absolute error) read the network's normalised "
        "intensities, one voxel at a time, and were fitted to at most "
        f"{config['baselines']['n_training_voxels']} voxels. All were fitted fold by fold like the "
        "network."
    )


def evaluation(config, facts):
    """What is measured in whom."""
    return (
        f"Each of {population(facts.n_subjects, facts.simulated)} was predicted once, by the fold "
        f"that held it out ({facts.n_slices} slices). Errors were computed slice by slice: mean "
        "absolute and percentage error, PSNR and SSIM [@wang2004]. A voxel counts if it lies in "
        "the mask and the reference has a value there. Region means were compared per subject and "
        "tissue by bias and limits of agreement [@bland1986]. "
        + (
            "Network, baselines and reference maps were also held against the truth. "
            if facts.simulated
            else ""
        )
        + "Maps are shown in the colours recommended for T1 and T2 [@fuderer2025; @crameri2020]."
    )


def statistics(config):
    """Tests and intervals."""
    settings = config["evaluation"]
    margins = " and ".join(
        f"{margin:g} % ({quantity})"
        for quantity, margin in settings["equivalence_margin_percent"].items()
    )
    return (
        "Paired t-tests of region means stand beside their P values corrected by Holm [@holm1979]; "
        "equivalence was tested by two one-sided tests [@schuirmann1987] with margins of "
        f"{margins} of the reference's mean, chosen by this study; concordance is Lin's "
        "coefficient [@lin1989]. Intervals are of 95 %; those of concordance, and of limits over "
        "several tissues, come from a parametric (normal) bootstrap over subjects with "
        f"{settings['n_bootstrap_draws']} draws. Tests over subjects take them as independent, "
        "although those of one fold share a network. Each statistic is explained in "
        "docs/statistics.md."
    )


def software(facts):
    """What ran, and how it is recorded."""
    engine = _named("Snakemake", facts.versions.get("snakemake"))
    keras = _named("Keras", facts.versions.get("keras"))
    return (
        f"The study is a workflow of {engine} [@molder2021]; networks are {keras} models. The run "
        "is described as a Workflow Run RO-Crate [@soilandreyes2022; @leo2024], and the items of "
        "the CLAIM checklist [@tejani2024] that it can answer are answered beside this report."
    )


def _named(name, version):
    return f"{name} {version}" if version else name


def _join(names):
    return " and ".join(names)


def _s(n):
    return "" if n == 1 else "s"
