"""Names of predictors: networks, named by inputs and seed, and baselines."""

import re

NETWORK = re.compile(r"network_(?P<inputs>[A-Za-z0-9_+]+)_seed-(?P<seed>\d+)")
REFERENCE, COHORT_MEAN = "reference", "cohort_mean"
BASELINE_NAMES = {
    COHORT_MEAN: "Tissue mean",
    "linear_regression": "Linear regression",
    "gradient_boosting": "Gradient boosting",
}


def network(inputs, seed):
    """Name of the networks with given inputs and seed.

    Args:
        inputs: Names of the contrasts, joined by "+".
        seed: Number of the repetition.
    """
    return f"network_{inputs}_seed-{seed}"


def inputs_of(predictor):
    """Input contrasts of a network, as a list of names; empty for a baseline."""
    match = NETWORK.fullmatch(predictor)
    return match["inputs"].split("+") if match else []


def seed_of(predictor):
    """Seed of a network; None for a baseline."""
    match = NETWORK.fullmatch(predictor)
    return int(match["seed"]) if match else None


def words(predictor):
    """A predictor's name in plain words, without the seed."""
    if inputs := inputs_of(predictor):
        return f"Network ({' + '.join(inputs)})"
    return BASELINE_NAMES.get(predictor, predictor.replace("_", " ").capitalize())


def short(predictor):
    """A predictor's short name, where a single network appears with its inputs given elsewhere."""
    return "Network" if inputs_of(predictor) else words(predictor)


def pair_without(networks, contrast):
    """Find the pair of networks with the most inputs that differ only in one contrast.

    Args:
        networks: Names of networks.
        contrast: Input that the first network of the pair has and the second lacks.

    Returns:
        The pair of names, or None if no networks form such a pair.
    """
    by_inputs = {frozenset(inputs_of(name)): name for name in networks}
    pairs = [
        (name, by_inputs[inputs - {contrast}])
        for inputs, name in by_inputs.items()
        if contrast in inputs and inputs - {contrast} in by_inputs
    ]
    return max(pairs, key=lambda pair: len(inputs_of(pair[0])), default=None)
