"""Summaries of the records of `trials.judge` over visits."""

import numpy as np
from scipy import stats

REGIONS = ("gm", "wm", "putamen", "thalamus")


def of_parenchyma(records, quantity):
    """MPE, bias, coverage and half width in parenchyma, means over visits; texts for a table."""
    chosen = _chosen(records, quantity, "parenchyma")
    found = {"n": str(len(chosen)), "mpe": f"{_mean(chosen, 'mpe'):.1f}"}
    bias = np.mean([100 * (each["found_ms"] / each["true_ms"] - 1) for each in chosen])
    found["bias"] = f"{bias:+.1f}"
    if "covered" in chosen[0]:
        found["covered"] = f"{_mean(chosen, 'covered'):.0f}"
        found["half_width"] = f"{_mean(chosen, 'half_width'):.0f}"
    return found


def of_region(records, quantity, region):
    """Bias, SD, MAE of region means, their correlation with the truth and slope; or None."""
    chosen = _chosen(records, quantity, region)
    if len(chosen) < 3:
        return None
    true, predicted = (np.array([each[key] for each in chosen]) for key in ("true_ms", "found_ms"))
    difference = predicted - true
    line = stats.linregress(true, predicted) if np.ptp(predicted) > 0 else None
    found = {
        "n": str(len(chosen)),
        "true": f"{true.mean():.0f}",
        "bias": f"{difference.mean():+.1f}",
        "sd": f"{difference.std(ddof=1):.1f}",
        "mae": f"{np.abs(difference).mean():.1f}",
        "r": f"{line.rvalue:.2f}" if line else "–",
        "slope": f"{line.slope:.2f}" if line else "–",
    }
    if "covered" in chosen[0]:
        found["covered"] = f"{_mean(chosen, 'covered'):.0f}"
    return found


def _chosen(records, quantity, region):
    return [each for each in records if each["quantity"] == quantity and each["region"] == region]


def _mean(records, key):
    return float(np.mean([each[key] for each in records]))
