"""Names, terms and units that all packages share."""

MS_PER_S = 1000.0

QUANTITIES = ("T1", "T2")

# What all pages say of T1; a test compares the documentation with it.
MEANING_OF_T1 = (
    "T1 is the time constant of mono-exponential recovery, as inversion recovery at the field "
    "strength of the scans would measure it. Reference methods differ among themselves by up to "
    "0.3 s in white matter, largely because of magnetisation transfer."
)

# The same of a study whose reference maps were given.
MEANING_OF_GIVEN_T1 = (
    "T1 and T2 are what the reference maps of the training subjects measured; the study does not "
    "know their method. Methods differ among themselves by up to 0.3 s in T1 of white matter, "
    "largely because of magnetisation transfer."
)

TISSUE_NAMES = {"wm": "white matter", "gm": "grey matter", "csf": "CSF"}
TISSUE_SYMBOLS = {"wm": "WM", "gm": "GM", "csf": "CSF"}

# Voxel-wise errors are averaged over two masks, relaxation times over four regions of interest.
ERROR_MASKS = ("full_brain", "excluding_csf")
REGIONS = ("gm", "wm", "putamen", "thalamus")
REGION_NAMES = {
    "full_brain": "Full brain",
    "excluding_csf": "Excluding CSF",
    "gm": "Cortical GM",
    "wm": "WM",
    "putamen": "Putamen",
    "thalamus": "Thalamus",
}
REGIONS_IN_SENTENCES = {
    "gm": "cortical GM",
    "wm": "WM",
    "putamen": "the putamen",
    "thalamus": "the thalamus",
}

PARAMETER_NAMES = {"TR_s": "TR", "TE_s": "TE", "TI_s": "TI", "flip_angle_deg": "flip angle"}
PARAMETER_UNITS = {"TR_s": "s", "TE_s": "s", "TI_s": "s", "flip_angle_deg": "degrees"}


def cell_name(row):
    """Name of a row with `quantity` and `region`, such as "T1 of the putamen"."""
    return f"{row['quantity']} of {REGIONS_IN_SENTENCES[row['region']]}"
