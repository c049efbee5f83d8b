"""The kinds of scan that the network for any protocol reads, under the names that users give."""

from dataclasses import dataclass

UNNAMED = "t1w"  # the sidecar tells which T1-weighted sequence it is
DARK_CSF = ("csf", "gm", "wm")


@dataclass(frozen=True)
class ScanKind:
    """One kind of scan.

    Attributes:
        meaning: What it is, for `--help`.
        slot: Among `imaging.protocol.SLOTS`; None if the sidecar tells.
        sequence: Key of `bids.protocol_sidecar.KINDS`; None if the sidecar tells.
        file: Where a BIDS dataset may have it.
        tissue_order: Tissues from dark to bright; a tissue that may be anywhere is missing.
    """

    meaning: str
    slot: str | None
    sequence: str | None
    file: str
    tissue_order: tuple = DARK_CSF


def _in_anat(name):
    return f"sub-{{subject}}/anat/sub-{{subject}}_{name}.nii.gz"


# In the order of preference for the grid of the maps.
SCAN_KINDS = {
    "mprage": ScanKind(
        "T1-weighted MPRAGE (BRAVO, IR-SPGR, TFE with inversion)",
        "mprage",
        "mprage",
        _in_anat("acq-mprage_T1w"),
    ),
    UNNAMED: ScanKind(
        "T1-weighted scan whose sidecar tells the sequence; without a sidecar: MPRAGE",
        None,
        None,
        _in_anat("T1w"),
    ),
    "gre": ScanKind(
        "T1-weighted spoiled gradient echo (FLASH, SPGR, T1-FFE, VIBE)",
        "spoiled_gradient_echo",
        "spoiled_gradient_echo",
        _in_anat("acq-gre_T1w"),
    ),
    "t1w-se": ScanKind(
        "T1-weighted spin echo", "t1w_spin_echo", "spin_echo", _in_anat("acq-se_T1w")
    ),
    "flair": ScanKind(
        "T2-weighted FLAIR", "flair", "flair", _in_anat("FLAIR"), ("csf", "wm", "gm")
    ),
    "t2w": ScanKind(
        "T2-weighted (fast) spin echo",
        "t2w_spin_echo",
        "fast_spin_echo",
        _in_anat("T2w"),
        ("wm", "gm", "csf"),
    ),
    "pdw": ScanKind(
        "proton-density-weighted (fast) spin echo",
        "pdw_spin_echo",
        "fast_spin_echo",
        _in_anat("PDw"),
        ("wm", "gm"),
    ),
}
