"""Turn the spread that a network states into intervals that cover what they promise.

Conformal calibration (Vovk et al. 2005; Angelopoulos and Bates, arXiv:2107.07511): on held-out
simulated visits, the ratio of error to stated spread has a 90 % quantile, by which the spread is
then multiplied. The quantile is taken in bins of the predicted T1, so that it differs by tissue.
It holds for visits like those of the calibration; calibrating on simulation promises nothing for
real scans.
"""

from dataclasses import asdict, dataclass

import numpy as np

COVERAGE = 0.90
# Limits of predicted T1 in seconds; a factor belongs to the middle of a bin.
BINS_S = (0.2, 0.6, 0.75, 0.9, 1.05, 1.2, 1.4, 1.7, 2.2, 3.0, 5.5)
LEAST_VOXELS = 500  # a bin with fewer takes the quantile of all voxels
# A map has no value where the interval reaches beyond this factor: the scans do not tell it.
WIDEST_FACTOR = 1.65


@dataclass(frozen=True)
class Calibration:
    """Factors of the stated spread.

    Attributes:
        T1_s: Predicted T1 to which the factors belong, ascending.
        factors: Dict mapping quantity to the factor at each of them.
        n_visits: Number of visits from which they were taken.
    """

    T1_s: tuple
    factors: dict
    n_visits: int

    def half_width(self, quantity, T1_s, spread):
        """Half width of the 90 % interval of log T.

        Args:
            quantity: "T1" or "T2".
            T1_s: Predicted T1 in seconds, any shape.
            spread: Laplace scale of log T that the network states, same shape.
        """
        nodes = np.log(self.T1_s)
        place = np.log(np.maximum(T1_s, 1e-3))
        return spread * np.interp(place, nodes, self.factors[quantity]).astype(np.float32)

    def as_record(self):
        """The calibration as a dict that can be stored as JSON."""
        return asdict(self)

    @classmethod
    def of(cls, record):
        """From the dict of `as_record`."""
        factors = {name: tuple(values) for name, values in record["factors"].items()}
        return cls(tuple(record["T1_s"]), factors, record["n_visits"])


def calibrate(found, n_visits):
    """Find the factors.

    Args:
        found: Dict mapping quantity to three arrays of one length, a voxel each: predicted T1 in
            seconds, absolute error of log T, and stated spread.
        n_visits: Number of visits that the voxels come from.

    Returns:
        Calibration.
    """
    limits = np.array(BINS_S)
    factors = {}
    for quantity, (T1_s, errors, spreads) in found.items():
        ratios = errors / spreads
        number = np.digitize(T1_s, limits[1:-1])
        of_all = np.quantile(ratios, COVERAGE)
        factors[quantity] = tuple(
            float(np.quantile(ratios[here], COVERAGE) if here.sum() >= LEAST_VOXELS else of_all)
            for here in (number == each for each in range(len(limits) - 1))
        )
    middles = tuple(float(each) for each in np.sqrt(limits[1:] * limits[:-1]))
    return Calibration(middles, factors, n_visits)


def half_width_s(T_s, half_width):
    """Half the length, in seconds, of an interval whose half width on the logarithm is given."""
    return T_s * np.sinh(half_width)


def half_width_of(half_s, T_s):
    """The inverse of `half_width_s`: half width on the logarithm; 0 where T is 0."""
    return np.arcsinh(np.divide(half_s, T_s, out=np.zeros_like(T_s), where=T_s > 0))


def is_told(half_width):
    """True where the interval is narrow enough for a value."""
    return half_width <= np.log(WIDEST_FACTOR)
