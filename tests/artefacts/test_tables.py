"""Tables say what the maps say, and what was published."""

import numpy as np
import pytest

METRICS = {"mae": "mae_ms", "mpe": "mpe_percent", "psnr": "psnr_db", "ssim": "ssim"}
REGIONS = ("gm", "wm", "putamen", "thalamus")
TOLERANCE = 1e-5  # six digits in the tables; single precision in the evaluation


def agree(written, computed):
    """Where two columns agree; a missing value agrees with a missing value."""
    return np.isclose(
        written.to_numpy(float), computed.to_numpy(float), rtol=TOLERANCE, equal_nan=True
    )


@pytest.mark.parametrize("region", ["full_brain", "excluding_csf"])
def test_errors_of_every_subject_are_those_of_its_maps(tables, measured, region):
    errors = tables["errors_by_subject"]
    errors = errors[(errors["against"] == "reference") & (errors["region"] == region)]
    both = errors.merge(measured, on=["predictor", "fold", "subject", "quantity"], how="left")
    tabulated = measured["predictor"].isin(errors["predictor"])
    expected = (tabulated & measured[f"mae_{region}_ms"].notna()).sum()
    assert len(errors) == len(both) == 2 * expected  # two conventions, one mean absolute error
    wrong = both[~agree(both["mae_ms"], both[f"mae_{region}_ms"])]
    assert wrong.empty, wrong[["predictor", "subject", "quantity", "mae_ms"]].to_string()


@pytest.mark.parametrize("kind", ["predicted", "reference"])
def test_means_of_table_2_are_those_of_the_maps(tables, measured, kind):
    table = tables["table_2"]
    means = measured.groupby(["predictor", "quantity"])[[f"{kind}_{each}_ms" for each in REGIONS]]
    computed_ms = means.mean().stack()
    keys = zip(table["predictor"], table["quantity"], table["region"], strict=True)
    table = table.assign(
        computed_ms=[computed_ms.get((p, q, f"{kind}_{r}_ms"), np.nan) for p, q, r in keys]
    )
    assert len(table) == table["predictor"].nunique() * 2 * len(REGIONS)
    wrong = table[~agree(table[f"{kind}_mean_ms"], table["computed_ms"])]
    columns = ["predictor", "quantity", "region", f"{kind}_mean_ms", "computed_ms"]
    assert wrong.empty, wrong[columns].to_string()


def test_means_of_table_1_are_those_of_the_slices(tables, slice_errors):
    keys = ["predictor", "against", "convention", "region", "quantity"]
    computed = slice_errors.rename(columns={column: name for name, column in METRICS.items()})
    computed = computed.groupby(keys)[list(METRICS)].mean()
    computed = computed.rename_axis("metric", axis=1).stack(future_stack=True)
    table = tables["table_1"].set_index([*keys, "metric"])
    assert table.index.is_unique and set(table.index) == set(computed.index)
    wrong = table[~agree(table["mean_over_slices"], computed.reindex(table.index))]
    assert wrong.empty, wrong["mean_over_slices"].to_string()


def test_means_of_table_1_over_subjects_are_those_of_the_subjects(tables):
    keys = ["predictor", "against", "convention", "region", "quantity"]
    subjects = tables["errors_by_subject"].rename(columns={v: k for k, v in METRICS.items()})
    computed = subjects.groupby(keys)[list(METRICS)].mean()
    computed = computed.rename_axis("metric", axis=1).stack(future_stack=True)
    table = tables["table_1"].set_index([*keys, "metric"])
    wrong = table[~agree(table["mean_over_subjects"], computed.reindex(table.index))]
    assert wrong.empty, wrong["mean_over_subjects"].to_string()


def test_published_errors_of_table_1_are_untouched(tables, published):
    rows = {
        (row["metric"], row["quantity"], row["region"]): row
        for row in published
        if row["table"] == "1"
    }
    table = tables["table_1"]
    keys = list(zip(table["metric"], table["quantity"], table["region"], strict=True))
    assert set(keys) == set(rows)
    for name, column in (("dl_mean", "published_mean"), ("dl_sd", "published_sd")):
        assert table[column].tolist() == [float(rows[key][name]) for key in keys]


def test_published_values_of_table_2_are_untouched(tables, published):
    rows = {(row["quantity"], row["region"]): row for row in published if row["table"] == "2"}
    table = tables["table_2"]
    keys = list(zip(table["quantity"], table["region"], strict=True))
    assert set(keys) == set(rows)
    for name in ("dl_mean", "dl_sd", "reference_mean", "reference_sd", "p_value"):
        column = f"published_{name}" + ("" if name == "p_value" else "_ms")
        assert table[column].tolist() == [float(rows[key][name]) for key in keys], column
