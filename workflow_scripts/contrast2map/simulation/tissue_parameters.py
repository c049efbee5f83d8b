"""Relaxation times and proton density of a subject's tissues, and how they vary within a tissue."""

import numpy as np

from contrast2map.study.terms import QUANTITIES


def draw_tissues(rng, tissues, between_tissue_correlation):
    """A subject's tissue parameters, drawn around the cohort's means.

    The deviations (in SDs) of a subject's tissues share one component, so that any two tissues
    correlate by `between_tissue_correlation`; T1 and T2 deviate independently of each other.

    Args:
        rng: NumPy random generator.
        tissues: Dict of tissue to dict with T1_s, T1_sd_s, T2_s, T2_sd_s, PD.
        between_tissue_correlation: Correlation of two tissues over subjects, 0-1.

    Returns:
        Dict of tissue to dict with T1_s, T2_s, PD. T1 and T2 are at least 20 % of their mean.
    """
    shared = {quantity: rng.standard_normal() for quantity in QUANTITIES}
    weight_shared = np.sqrt(between_tissue_correlation)
    weight_own = np.sqrt(1 - between_tissue_correlation)
    drawn = {}
    for name, mean in tissues.items():
        drawn[name] = {"PD": mean["PD"]}
        for quantity in QUANTITIES:
            # A lesion's SD is between lesions (`draw_lesions`), not between subjects.
            own = rng.standard_normal()
            deviation = weight_shared * shared[quantity] + weight_own * own
            sd_s = 0.0 if name == "lesion" else mean[f"{quantity}_sd_s"]
            value = mean[f"{quantity}_s"] + sd_s * deviation
            drawn[name][f"{quantity}_s"] = float(max(value, 0.2 * mean[f"{quantity}_s"]))
    return drawn


def draw_lesions(rng, lesion, n_lesions):
    """T1 and T2 of each lesion relative to the lesions' mean.

    T1 and T2 of a lesion deviate together: both follow its water content (ASSUME correlation 0.8).

    Args:
        rng: NumPy random generator.
        lesion: Dict with T1_s, T1_sd_s, T2_s, T2_sd_s.
        n_lesions: Number of lesions.

    Returns:
        Dict of "T1" and "T2" to array (n_lesions + 1,); entry 0 is 1, entry k is lesion k.
    """
    water = rng.standard_normal(n_lesions)
    factors = {}
    for quantity in QUANTITIES:
        deviation = 0.8 * water + 0.6 * rng.standard_normal(n_lesions)
        relative_sd = lesion[f"{quantity}_sd_s"] / lesion[f"{quantity}_s"]
        factors[quantity] = np.concatenate([[1.0], np.clip(1 + relative_sd * deviation, 0.5, 2.0)])
    return factors
