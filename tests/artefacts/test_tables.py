"""The tables agree with the maps and with the published values."""

import numpy as np
import pandas as pd
import pytest

METRICS = {"mae": "mae_ms", "mpe": "mpe_percent", "psnr": "psnr_db", "ssim": "ssim"}
REGIONS = ("gm", "wm", "putamen", "thalamus")
TOLERANCE = 1e-5  # six digits in the tables; single precision in the evaluation
# Of differences of region means: a mean T1 in single precision is accurate to about 1e-4 ms.
DIFFERENCE_TOLERANCE_MS = 1e-3


def agree(written, computed, smallest=1e-8):
    """Where two columns agree within `TOLERANCE` or `smallest`; NaN agrees with NaN."""
    return np.isclose(
        written.to_numpy(float),
        computed.to_numpy(float),
        rtol=TOLERANCE,
        atol=smallest,
        equal_nan=True,
    )


@pytest.mark.parametrize("metric", ["mae_ms", "mpe_percent", "psnr_db"])
@pytest.mark.parametrize("region", ["full_brain", "excluding_csf"])
def test_errors_of_every_subject_agree_with_its_maps(tables, measured, region, metric):
    errors = tables["errors_by_subject"]
    errors = errors[(errors["against"] == "reference") & (errors["region"] == region)]
    both = errors.merge(measured, on=["predictor", "fold", "subject", "quantity"], how="left")
    tabulated = measured["predictor"].isin(errors["predictor"])
    expected = (tabulated & measured[f"mae_ms_{region}"].notna()).sum()
    assert len(errors) == len(both) == 2 * expected  # two conventions, one MAE and one MPE
    if metric == "psnr_db":
        both = both[both["convention"] == "paper"]
    computed = f"{metric}_{region}"
    wrong = both[~agree(both[metric], both[computed])]
    columns = ["predictor", "subject", "quantity", "convention", metric, computed]
    assert wrong.empty, wrong[columns].to_string()


@pytest.mark.parametrize("kind", ["predicted", "reference"])
def test_means_of_table_2_agree_with_the_maps(tables, measured, kind):
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


@pytest.mark.parametrize("statistic", ["mean", "std"])
def test_bias_and_sd_of_single_tissues_agree_with_the_maps(tables, measured, statistic):
    table = tables["agreement"]
    table = table[(table["against"] == "reference") & (table["region"] != "all")]
    keys = ["predictor", "quantity", "region"]
    differences_ms = pd.concat(
        measured[["predictor", "quantity"]].assign(
            region=region,
            ms=measured[f"predicted_{region}_ms"] - measured[f"reference_{region}_ms"],
        )
        for region in REGIONS
    )
    computed_ms = differences_ms.groupby(keys)["ms"].agg(statistic)
    assert len(table) == table["predictor"].nunique() * 2 * len(REGIONS) > 0
    assert not table.duplicated(keys).any()
    table = table.assign(computed_ms=table[keys].apply(tuple, axis=1).map(computed_ms))
    column = {"mean": "bias_ms", "std": "sd_ms"}[statistic]
    wrong = table[~agree(table[column], table["computed_ms"], DIFFERENCE_TOLERANCE_MS)]
    assert wrong.empty, wrong[[*keys, column, "computed_ms"]].to_string()


def test_means_of_table_1_agree_with_the_slices(tables, slice_errors):
    keys = ["predictor", "against", "convention", "region", "quantity"]
    computed = slice_errors.rename(columns={column: name for name, column in METRICS.items()})
    computed = computed.groupby(keys)[list(METRICS)].mean()
    computed = computed.rename_axis("metric", axis=1).stack(future_stack=True)
    table = tables["table_1"].set_index([*keys, "metric"])
    assert table.index.is_unique and set(table.index) == set(computed.index)
    wrong = table[~agree(table["mean_over_slices"], computed.reindex(table.index))]
    assert wrong.empty, wrong["mean_over_slices"].to_string()


def test_means_of_table_1_over_subjects_agree_with_the_subjects(tables):
    keys = ["predictor", "against", "convention", "region", "quantity"]
    subjects = tables["errors_by_subject"].rename(columns={v: k for k, v in METRICS.items()})
    computed = subjects.groupby(keys)[list(METRICS)].mean()
    computed = computed.rename_axis("metric", axis=1).stack(future_stack=True)
    table = tables["table_1"].set_index([*keys, "metric"])
    wrong = table[~agree(table["mean_over_subjects"], computed.reindex(table.index))]
    assert wrong.empty, wrong["mean_over_subjects"].to_string()


def test_published_errors_of_table_1_are_unchanged(tables, published):
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


def test_published_values_of_table_2_are_unchanged(tables, published):
    rows = {(row["quantity"], row["region"]): row for row in published if row["table"] == "2"}
    table = tables["table_2"]
    keys = list(zip(table["quantity"], table["region"], strict=True))
    assert set(keys) == set(rows)
    for name in ("dl_mean", "dl_sd", "reference_mean", "reference_sd", "p_value"):
        column = f"published_{name}" + ("" if name == "p_value" else "_ms")
        assert table[column].tolist() == [float(rows[key][name]) for key in keys], column
