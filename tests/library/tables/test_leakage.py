"""The table of the files that each fit read."""

from contrast2map.tables.layout import NOTHING, to_html
from contrast2map.tables.leakage import layout_leakage


def test_a_row_names_the_fit_and_lists_its_subjects():
    row = {
        "fold": "fold_0",
        "predictor": "network_mprage_seed-1",
        "n_training_subjects": 2,
        "training_subjects": "03 04",
        "validation_subjects": "05",
        "n_files": 8,
        "held_out_subjects": "01 02",
        "n_leaked": 0,
    }
    layout = layout_leakage(
        [row, row | {"predictor": "cohort_mean", "validation_subjects": ""}], "4 simulated subjects"
    )
    assert layout.rows[0] == (
        ["fold_0", "Network (mprage), seed 1", "2", "03 04", "05", "8", "01 02", "0"]
    )
    assert layout.rows[1][1] == "Tissue mean" and layout.rows[1][4] == NOTHING
    assert all(len(each) == len(layout.columns) for each in layout.rows)
    assert "<table>" in to_html(layout)
