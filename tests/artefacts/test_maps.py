"""Predicted maps are maps: finite, in the range of tissue, within the brain."""

# Nothing in a head relaxes more slowly than its water: at 3 T and body temperature CSF has a T1 of
# about 4.3 s (Lin et al., JMRI 2001;13:425) and a T2 of about 2 s (Spijkerman et al., MAGMA
# 2018;31:415), and the reference saturates below. Noise in a network's output gets a margin; a map
# in milliseconds, or one that was not scaled back, does not fit.
CEILING_S = {"T1": 5.0, "T2": 3.0}


def listed(rows):
    """The maps of some rows, for the message of a failure."""
    return ", ".join(str(path) for path in rows["path"])


def test_every_map_lies_on_the_grid_of_its_reference(measured):
    assert len(measured) > 0
    elsewhere = measured[~measured["same_grid"].astype(bool)]
    assert elsewhere.empty, listed(elsewhere)


def test_every_voxel_of_every_map_is_finite(measured):
    broken = measured[measured["all_finite"].ne(True)]
    assert broken.empty, listed(broken)


def test_every_map_lies_between_zero_and_the_relaxation_of_water(measured):
    within = (measured["lowest_s"] >= 0) & (
        measured["highest_s"] <= measured["quantity"].map(CEILING_S)
    )
    assert within.all(), listed(measured[~within])


def test_every_map_has_a_value_somewhere(measured):
    empty = measured[measured["highest_s"].eq(0)]
    assert empty.empty, listed(empty)


def test_every_map_is_zero_outside_the_brain_and_the_selected_slices(measured):
    beyond = measured[measured["n_outside"].ne(0)]
    assert beyond.empty, listed(beyond)
