"""Whether one predictor's errors are smaller than another's, in one word."""

import numpy as np

from contrast2map.statistics.agreement import paired_t_test

SIGNIFICANCE = 0.05


def compare_errors(network_ms, baseline_ms):
    """Whether a network's error is below a baseline's: better, equal, worse or untested.

    Better and worse require P < 0.05 in a paired t-test across subjects. Otherwise the word is
    equal: no difference was detected with this number of subjects. A single subject, or differences
    without any spread, cannot be tested.

    Args:
        network_ms: Mean absolute error of each subject in ms, shape (subject,).
        baseline_ms: Errors of the baseline in the same subjects, same shape.

    Returns:
        The word and the P value (NaN if no test is possible).
    """
    network_ms, baseline_ms = np.asarray(network_ms, float), np.asarray(baseline_ms, float)
    p = paired_t_test(network_ms, baseline_ms)
    if np.isnan(p):
        return ("equal" if np.array_equal(network_ms, baseline_ms) else "untested"), p
    if p >= SIGNIFICANCE:
        return "equal", p
    return ("better" if network_ms.mean() < baseline_ms.mean() else "worse"), p
