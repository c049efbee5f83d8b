"""Relaxation times and proton density of a subject's tissues, drawn from those of the cohort."""

from dataclasses import dataclass

import numpy as np

LEAST_SHARE = 0.2  # lower limit of a relaxation time as a share of the cohort's mean
# ASSUME T1 and T2 of a lesion each correlate by 0.8 with its water content; 0.8^2 + 0.6^2 = 1.
WEIGHT_WATER, WEIGHT_OWN = 0.8, 0.6


@dataclass(frozen=True)
class TissueStatistics:
    """Distribution of a tissue's parameters across subjects (SDs of "lesion": across lesions).

    Attributes:
        T1_s: Mean T1.
        T1_sd_s: SD of T1.
        T2_s: Mean T2.
        T2_sd_s: SD of T2.
        PD: Proton density relative to water.
    """

    T1_s: float
    T1_sd_s: float
    T2_s: float
    T2_sd_s: float
    PD: float

    def of(self, quantity):
        """Mean and SD of "T1" or "T2" in seconds."""
        return getattr(self, f"{quantity}_s"), getattr(self, f"{quantity}_sd_s")


@dataclass(frozen=True)
class Tissue:
    """Mean relaxation times and proton density (relative to water) of a tissue of one subject."""

    T1_s: float
    T2_s: float
    PD: float


def draw_tissues(rng, statistics, between_tissue_correlation):
    """Draw the tissue parameters of a subject.

    The deviations (in SDs) of a subject's tissues share one component, so that any two tissues
    correlate by `between_tissue_correlation`; T1 and T2 deviate independently of each other.

    Args:
        rng: NumPy random generator.
        statistics: Dict mapping tissue to TissueStatistics.
        between_tissue_correlation: Correlation of two tissues across subjects, 0-1.

    Returns:
        Dict mapping tissue to Tissue.
    """
    shared = {quantity: rng.standard_normal() for quantity in ("T1", "T2")}
    weight_shared = np.sqrt(between_tissue_correlation)
    weight_own = np.sqrt(1 - between_tissue_correlation)
    drawn = {}
    for name, tissue in statistics.items():
        times_s = {}
        for quantity in ("T1", "T2"):
            mean_s, sd_s = tissue.of(quantity)
            own = rng.standard_normal()
            deviation = weight_shared * shared[quantity] + weight_own * own
            if name == "lesion":  # its SD is across lesions, see `draw_lesions`
                sd_s = 0.0
            times_s[f"{quantity}_s"] = float(max(mean_s + sd_s * deviation, LEAST_SHARE * mean_s))
        drawn[name] = Tissue(**times_s, PD=tissue.PD)
    return drawn


def draw_lesions(rng, lesion, n_lesions):
    """Draw T1 and T2 of each lesion relative to the mean over lesions.

    Args:
        rng: NumPy random generator.
        lesion: TissueStatistics of lesions.
        n_lesions: Number of lesions.

    Returns:
        Dict mapping "T1" and "T2" to array (n_lesions + 1,); entry 0 is 1, entry k belongs to
        lesion k.
    """
    water = rng.standard_normal(n_lesions)
    factors = {}
    for quantity in ("T1", "T2"):
        mean_s, sd_s = lesion.of(quantity)
        deviation = WEIGHT_WATER * water + WEIGHT_OWN * rng.standard_normal(n_lesions)
        factors[quantity] = np.concatenate([[1.0], np.clip(1 + sd_s / mean_s * deviation, 0.5, 2)])
    return factors
