"""Ranges of values that printed numbers stand for, and arithmetic on such ranges."""

import math
from decimal import Decimal
from typing import NamedTuple


class Range(NamedTuple):
    """All values from the lowest to the highest, both included."""

    lowest: float
    highest: float


def rounded(text):
    """All values that round to a printed number, within half a unit of its last digit."""
    value = Decimal(text)
    half_unit = Decimal(1).scaleb(value.as_tuple().exponent) / 2
    return Range(float(value - half_unit), float(value + half_unit))


def exact(text):
    """A printed number as a range of zero width."""
    return Range(float(text), float(text))


def intersect(first, second):
    """Overlap of two ranges; None if they do not overlap."""
    common = Range(max(first.lowest, second.lowest), min(first.highest, second.highest))
    return common if common.lowest <= common.highest else None


def difference(first, second):
    """Range of the first value minus the second."""
    return Range(first.lowest - second.highest, first.highest - second.lowest)


def size(values):
    """Range of the absolute values."""
    ends = sorted(abs(value) for value in values)
    return Range(0.0 if values.lowest <= 0 <= values.highest else ends[0], ends[1])


def scaled(values, factor):
    """A range multiplied by a positive number."""
    return Range(values.lowest * factor, values.highest * factor)


def quotient(numerator, denominator):
    """One range divided by another, both non-negative; division by zero gives infinity."""
    return Range(
        _ratio(numerator.lowest, denominator.highest), _ratio(numerator.highest, denominator.lowest)
    )


def nearest(values, value):
    """The value of a range that is nearest to a value."""
    return min(max(value, values.lowest), values.highest)


def _ratio(numerator, denominator):
    if numerator == 0:
        return 0.0
    return numerator / denominator if denominator > 0 else math.inf
