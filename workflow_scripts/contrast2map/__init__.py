"""Quantitative T1 and T2 maps from conventional contrast-weighted MR images."""

__version__ = "0.2.0"
