"""Names of what predicts maps: networks by their inputs and seed, and the baselines."""

import re

NETWORK = re.compile(r"network_(?P<inputs>[A-Za-z0-9_+]+)_seed-(?P<seed>\d+)")
REFERENCE, COHORT_MEAN = "reference", "cohort_mean"
BASELINE_NAMES = {
    COHORT_MEAN: "Cohort mean",
    "linear_regression": "Linear regression",
    "gradient_boosting": "Gradient boosting",
}


def network(inputs, seed):
    """Name of the networks that see some contrasts and start from some seed.

    Args:
        inputs: Names of the contrasts, joined by "+".
        seed: Number of the repetition.
    """
    return f"network_{inputs}_seed-{seed}"


def inputs_of(predictor):
    """Contrasts that a network sees, as a list of names; empty for a baseline."""
    match = NETWORK.fullmatch(predictor)
    return match["inputs"].split("+") if match else []


def seed_of(predictor):
    """Seed of a network, None for a baseline."""
    match = NETWORK.fullmatch(predictor)
    return int(match["seed"]) if match else None


def words(predictor):
    """A predictor's name as a person writes it; the seed is left out."""
    if inputs := inputs_of(predictor):
        return f"Network ({' + '.join(inputs)})"
    return BASELINE_NAMES.get(predictor, predictor.replace("_", " ").capitalize())


def short(predictor):
    """A predictor's name where there is one network only, whose inputs are said elsewhere."""
    return "Network" if inputs_of(predictor) else words(predictor)


def pair_without(networks, contrast):
    """The two networks with most inputs that differ in one contrast only.

    Args:
        networks: Names of networks.
        contrast: The contrast that the first of the pair sees and the second does not.

    Returns:
        The pair, or None if no two networks differ so.
    """
    by_inputs = {frozenset(inputs_of(name)): name for name in networks}
    pairs = [
        (name, by_inputs[inputs - {contrast}])
        for inputs, name in by_inputs.items()
        if contrast in inputs and inputs - {contrast} in by_inputs
    ]
    return max(pairs, key=lambda pair: len(inputs_of(pair[0])), default=None)
