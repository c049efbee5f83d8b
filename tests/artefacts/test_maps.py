"""Predicted maps are finite, in the range of tissue and zero outside the brain."""

# Fraction of a map's voxels that may exceed the relaxation times of water (`CEILING_S` of
# conftest.py). Predictors have no upper bound, so single voxels may do so in vivo; a map in
# milliseconds, or one that was not scaled back, does so nearly everywhere.
LARGEST_SHARE_ABOVE = 0.01


def listed(rows):
    """Paths of the maps of some rows, for the message of a failure."""
    return ", ".join(str(path) for path in rows["path"])


def test_every_map_is_on_the_grid_of_its_reference(measured):
    assert len(measured) > 0
    elsewhere = measured[~measured["same_grid"].astype(bool)]
    assert elsewhere.empty, listed(elsewhere)


def test_every_voxel_of_every_map_is_finite(measured):
    broken = measured[measured["all_finite"].ne(True)]
    assert broken.empty, listed(broken)


def test_no_voxel_of_any_map_is_below_zero(measured):
    below = measured[~(measured["lowest_s"] >= 0)]
    assert below.empty, listed(below)


def test_few_voxels_of_every_map_exceed_the_relaxation_time_of_water(measured):
    within = measured["share_above"] <= LARGEST_SHARE_ABOVE
    assert within.all(), listed(measured[~within])


def test_every_map_has_nonzero_values(measured):
    empty = measured[measured["highest_s"].eq(0)]
    assert empty.empty, listed(empty)


def test_every_map_is_zero_outside_the_brain_and_the_selected_slices(measured):
    beyond = measured[measured["n_outside"].ne(0)]
    assert beyond.empty, listed(beyond)
