"""The accuracy of preprocessing: known overlaps, and a table with the mean of all subjects."""

import numpy as np
import pandas as pd

from contrast2map.tables.layout import to_html
from contrast2map.tables.preprocessing import layout_preprocessing, segmentation_accuracy
from html_checks import is_well_formed


def test_a_perfect_segmentation_hits_everything():
    true = np.random.default_rng(0).integers(0, 7, (8, 8, 8))
    tissue = np.where(np.isin(true, [1, 2, 3]), true, 0)
    rois = np.select([true == 2, true == 3, true == 4, true == 5], [1, 2, 3, 4], 0)
    accuracy = segmentation_accuracy(true > 0, true > 0, tissue, rois, true)
    assert set(accuracy.values()) == {1.0}


def test_lesions_do_not_affect_the_accuracy_of_a_segmentation():
    true = np.array([2, 3, 3, 6, 6]).reshape(5, 1, 1)
    tissue = np.array([2, 3, 3, 2, 3]).reshape(5, 1, 1)
    accuracy = segmentation_accuracy(true > 0, true > 0, tissue, np.zeros_like(true), true)
    assert accuracy["gm_dice"] == accuracy["wm_dice"] == 1
    assert np.isnan(accuracy["gm_hit_rate"])


def test_the_preprocessing_table_ends_with_the_mean():
    rows = [
        {
            "subject": name,
            "group": "MS",
            "error_mm_gre": error_mm,
            "movement_mm_gre": 1.0,
            **{f"{each}_dice": 0.9 for each in ("brain", "gm", "wm")},
            **{f"{each}_hit_rate": 0.5 for each in ("gm", "wm", "putamen", "thalamus")},
        }
        for name, error_mm in (("01", 0.1), ("02", 0.3))
    ]
    layout = layout_preprocessing(pd.DataFrame(rows), "2 simulated subjects")
    assert layout.rows[-1][:3] == ["Mean", "all", "0.20"]
    assert is_well_formed(to_html(layout))
