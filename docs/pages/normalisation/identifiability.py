"""How well normalised signals identify a person's T1 and T2: a calculation without a network.

Each simulated person has its own relaxation times in each tissue. The signal equations give the
mean signals of the tissues, and a normalisation divides them. A linear-quadratic regression, fitted
to many persons and evaluated on as many others, estimates the relaxation times from the result. It
bounds what a network can achieve from one visit, but does not predict it: a network must find the
tissues itself and learns from few persons.
"""

import numpy as np
from scipy import stats

from contrast2map.imaging.signal_equations import equation_parameters, simulate_signal
from contrast2map.preprocessing.normalisation import PERCENTILE
from contrast2map.study.terms import QUANTITIES

# ASSUME shares of a brain's voxels, which determine its percentile; grey matter, white matter and
# CSF as in the true masks of the demo.
SHARES = {"gm": 0.43, "wm": 0.39, "csf": 0.16, "putamen": 0.01, "thalamus": 0.01}
ESTIMATED = ("gm", "wm", "putamen", "thalamus")
# The normalisations that differ in tissue means, and "absolute", in units of PD, which no scanner
# provides. `volume_p95` is missing: a brain has a single composition here, like a slice.
READ_AS = ("slice_p95", "session", "reference_tissue", "absolute")


def draw_persons(rng, tissues, correlation, n_persons):
    """Draw relaxation times of many persons, distributed as by `tissue_parameters.draw_tissues`.

    Args:
        rng: NumPy random generator.
        tissues: Section `simulation.tissues` of the configuration.
        correlation: Correlation between tissues over persons, 0-1.
        n_persons: Number of persons.

    Returns:
        Dict of "T1", "T2" to dict of tissue to seconds, shape (person,).
    """
    drawn = {}
    for quantity in QUANTITIES:
        shared = rng.standard_normal(n_persons)
        drawn[quantity] = {}
        for name in SHARES:
            mean_s, sd_s = (tissues[name][f"{quantity}_{key}s"] for key in ("", "sd_"))
            own = rng.standard_normal(n_persons)
            deviation = np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own
            drawn[quantity][name] = np.maximum(mean_s + sd_s * deviation, 0.2 * mean_s)
    return drawn


def tissue_signals(persons, tissues, sequence):
    """Mean signal of each tissue at nominal transmit field.

    Args:
        persons: Relaxation times from `draw_persons`.
        tissues: Section `simulation.tissues` of the configuration, for the proton densities.
        sequence: Sequence of a contrast of the configuration.

    Returns:
        Dict of tissue to signal in units of PD, shape (person,).
    """
    parameters = equation_parameters(sequence)
    return {
        name: simulate_signal(
            sequence["type"],
            persons["T1"][name],
            persons["T2"][name],
            tissues[name]["PD"],
            1.0,
            parameters,
        )
        for name in SHARES
    }


def percentile_level(signals, relative_sd, noise_sd):
    """Percentile of a brain whose voxels are normally distributed within each tissue.

    Args:
        signals: Dict of tissue to mean signal, shape (person,).
        relative_sd: SD of a tissue's voxels divided by its mean.
        noise_sd: SD of the noise, shape (person,).

    Returns:
        `normalisation.PERCENTILE` of the mixture by `SHARES`, shape (person,), by bisection.
    """
    means = np.stack([signals[name] for name in SHARES])
    shares = np.array(list(SHARES.values()))[:, None] / sum(SHARES.values())
    sds = np.sqrt((relative_sd * means) ** 2 + noise_sd**2)
    low, high = means.min(axis=0) - 10 * sds.max(axis=0), means.max(axis=0) + 10 * sds.max(axis=0)
    for _ in range(50):
        middle = (low + high) / 2
        below = (shares * stats.norm.cdf((middle - means) / sds)).sum(axis=0) < PERCENTILE / 100
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2


def normalised_signals(signals, levels, method, target):
    """Normalised mean signals.

    Args:
        signals: Dict of contrast to dict of tissue to mean signal, shape (person,).
        levels: Dict of contrast to its percentile, shape (person,).
        method: One of `READ_AS`.
        target: Contrast whose level normalises a session.

    Returns:
        Array, shape (person, contrast x tissue).
    """
    columns = []
    for contrast, of_tissue in signals.items():
        level = {
            "slice_p95": levels[contrast],
            "session": levels[target],
            "reference_tissue": of_tissue["wm"],
            "absolute": np.ones_like(levels[contrast]),
        }[method]
        columns += [of_tissue[name] / level for name in SHARES]
    return np.stack(columns, axis=1)


def estimate(seen, wanted):
    """Linear-quadratic regression, fitted to the first half of the persons.

    Args:
        seen: Normalised signals, shape (person, signal); constant ones are ignored.
        wanted: Values to estimate, shape (person, target).

    Returns:
        Estimates for the second half, shape (person, target).
    """
    half = len(seen) // 2
    spread = seen[:half].std(axis=0)
    varies = spread > 1e-9
    scaled = (seen[:, varies] - seen[:half, varies].mean(axis=0)) / spread[varies]
    first, second = np.triu_indices(scaled.shape[1])
    design = np.hstack([np.ones((len(seen), 1)), scaled, scaled[:, first] * scaled[:, second]])
    weights, *_ = np.linalg.lstsq(design[:half], wanted[:half], rcond=None)
    return design[half:] @ weights


def tabulate(config, correlations, noises, n_persons, seed):
    """How much of the variance between persons each normalisation preserves.

    Args:
        config: Configuration of a study, for its contrasts, tissues, texture and SNR.
        correlations: Between-tissue correlations.
        noises: Relative SDs of a tissue's mean signal between scans, for causes other than T1 and
            T2: transmit field, partial volume, noise.
        n_persons: Number of persons, half of them for the fit.
        seed: Seed.

    Returns:
        List of dicts: method, correlation, noise, quantity, region, r_squared (1 minus the mean
        squared error over the variance of the evaluated persons; 0 for the tissue mean), sd_ratio
        (SD of the estimates over that of the truth).
    """
    simulation, target = config["simulation"], config["target_contrast"]
    tissues, scan = simulation["tissues"], simulation["scan"]
    rows = []
    for correlation in correlations:
        rng = np.random.default_rng(seed)
        persons = draw_persons(rng, tissues, correlation, n_persons)
        wanted = np.stack([persons[q][t] for q in QUANTITIES for t in ESTIMATED], axis=1)
        exact, levels = {}, {}
        for contrast in config["contrasts"]:
            name = contrast["name"]
            exact[name] = tissue_signals(persons, tissues, contrast["sequence"])
            noise_sd = exact[name]["wm"] / scan["snr"][name]
            levels[name] = percentile_level(exact[name], simulation["texture"]["sd"], noise_sd)
        drawn = {
            name: {t: rng.standard_normal(n_persons) for t in of_tissue}
            for name, of_tissue in exact.items()
        }
        for noise in noises:
            seen_of = {
                name: {t: values * (1 + noise * drawn[name][t]) for t, values in of_tissue.items()}
                for name, of_tissue in exact.items()
            }
            for method in READ_AS:
                estimates = estimate(normalised_signals(seen_of, levels, method, target), wanted)
                rows += _evaluate(method, correlation, noise, estimates, wanted[-len(estimates) :])
    return rows


def _evaluate(method, correlation, noise, estimates, truths):
    names = [(quantity, region) for quantity in QUANTITIES for region in ESTIMATED]
    rows = []
    for index, (quantity, region) in enumerate(names):
        estimated, truth = estimates[:, index], truths[:, index]
        rows.append(
            {
                "method": method,
                "correlation": correlation,
                "noise": noise,
                "quantity": quantity,
                "region": region,
                "r_squared": float(1 - np.mean((estimated - truth) ** 2) / truth.var()),
                "sd_ratio": float(estimated.std() / truth.std()),
            }
        )
    return rows
