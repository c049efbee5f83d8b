"""What normalised images can tell of a person's T1 and T2: a calculation without a network.

Each simulated person has relaxation times of its own in each tissue. The signal equations give the
tissues' mean signals, a normalisation divides them, and the best reader of what is left - linear
and quadratic, fitted to many persons, judged on as many others - guesses the relaxation times. No
network that sees one visit can know more of a tissue than its mean signals hold, but it must find
its tissues by itself, and learns from few persons: the reader is a bound, not a prediction.
"""

import numpy as np
from scipy import stats

from contrast2map.imaging.signal_equations import equation_parameters, simulate_signal
from contrast2map.preprocessing.normalisation import PERCENTILE
from contrast2map.study.terms import QUANTITIES

# Tissues that are read, and ASSUME their shares of a brain's voxels, which place its percentile;
# grey, white matter and CSF as in the true masks of the demo.
SHARES = {"gm": 0.43, "wm": 0.39, "csf": 0.16, "putamen": 0.01, "thalamus": 0.01}
GUESSED = ("gm", "wm", "putamen", "thalamus")

# The normalisations that differ in tissue means, and the scale that no scanner gives: units of PD.
# `volume_p95` divides a brain's slices alike; here a brain has one composition, as a slice has.
READ_AS = ("slice_p95", "session", "reference_tissue", "absolute")


def draw_persons(rng, tissues, correlation, n_persons):
    """Relaxation times of many persons, distributed as those of `tissue_parameters.draw_tissues`.

    Args:
        rng: NumPy random generator.
        tissues: Section `simulation.tissues` of the config.
        correlation: Correlation of two tissues over persons, 0-1.
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
    """Mean signal of each tissue at nominal transmit.

    Args:
        persons: As of `draw_persons`.
        tissues: Section `simulation.tissues` of the config, for the proton densities.
        sequence: Sequence of a contrast of the config.

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
    """Percentile of the voxels of a brain whose tissues are normally distributed.

    Args:
        signals: Dict of tissue to mean signal, shape (person,).
        relative_sd: SD of a tissue's voxels over its mean.
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


def readings(signals, levels, method, target):
    """What a reader sees of the tissues.

    Args:
        signals: Dict of contrast to dict of tissue to mean signal, shape (person,).
        levels: Dict of contrast to its percentile, shape (person,).
        method: One of `READ_AS`.
        target: Contrast whose level is that of a session.

    Returns:
        Array (person, contrast x tissue).
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


def read(seen, wanted):
    """Guesses of the best linear-quadratic reader, fitted to the first half of the persons.

    Args:
        seen: Readings, shape (person, reading).
        wanted: What is to be guessed, shape (person, target).

    Returns:
        Guesses for the second half, shape (person, target).
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
    """How much of the spread between persons each normalisation leaves to the best reader.

    Args:
        config: Configuration of a study: its contrasts, tissues, texture, signal-to-noise.
        correlations: Between-tissue correlations.
        noises: Relative SDs of a tissue's mean signal from scan to scan, for what is neither T1 nor
            T2: transmit field, partial volume, noise.
        n_persons: Number of persons, half of them for the fit.
        seed: Seed.

    Returns:
        List of dicts: method, correlation, noise, quantity, region, r_squared (1 minus the mean
        squared error over the variance of those judged; the person-blind mean has 0), sd_ratio (SD
        of the guesses over that of the truth).
    """
    simulation, target = config["simulation"], config["target_contrast"]
    tissues, scan = simulation["tissues"], simulation["scan"]
    rows = []
    for correlation in correlations:
        rng = np.random.default_rng(seed)
        persons = draw_persons(rng, tissues, correlation, n_persons)
        wanted = np.stack([persons[q][t] for q in QUANTITIES for t in GUESSED], axis=1)
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
                guesses = read(readings(seen_of, levels, method, target), wanted)
                rows += _judge(method, correlation, noise, guesses, wanted[-len(guesses) :])
    return rows


def _judge(method, correlation, noise, guesses, truths):
    names = [(quantity, region) for quantity in QUANTITIES for region in GUESSED]
    rows = []
    for index, (quantity, region) in enumerate(names):
        guess, truth = guesses[:, index], truths[:, index]
        rows.append(
            {
                "method": method,
                "correlation": correlation,
                "noise": noise,
                "quantity": quantity,
                "region": region,
                "r_squared": float(1 - np.mean((guess - truth) ** 2) / truth.var()),
                "sd_ratio": float(guess.std() / truth.std()),
            }
        )
    return rows
