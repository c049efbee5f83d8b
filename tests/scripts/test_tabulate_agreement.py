"""Agreement is tabulated from the region means of folds, with and without truth."""

import pandas as pd
import pytest

from html_checks import is_well_formed
from table_files import files_of, read_layouts
from tabulate_agreement import tabulate_agreement

NETWORK = "network_mprage+flair_seed-1"
REGIONS = ("gm", "wm", "putamen", "thalamus")


def write_folds(folder, has_truth):
    """Region means of three subjects in two folds, two predictors; one subject has no putamen."""
    paths = []
    for fold, subjects in {"fold_0": ["01", "02"], "fold_1": ["03"]}.items():
        for predictor, factor in ((NETWORK, 0.9), ("cohort_mean", 0.0)):
            rows = []
            for subject in subjects:
                for quantity, scale in (("T1", 1.0), ("T2", 0.08)):
                    for number, region in enumerate(REGIONS):
                        mean_ms = scale * (800 + 100 * number)
                        truth_ms = mean_ms + scale * 13 * int(subject) * (1 + number % 2)
                        missing = (subject, region) == ("03", "putamen")
                        values = {
                            "predicted_ms": mean_ms + factor * (truth_ms - mean_ms),
                            "reference_ms": truth_ms + scale * (5 + int(subject) % 2),
                            "truth_ms": truth_ms if has_truth else None,
                        }
                        rows.append(
                            {
                                "subject": subject,
                                "group": "MS",
                                "fold": fold,
                                "predictor": predictor,
                                "region": region,
                                "quantity": quantity,
                                "n_voxels": 0 if missing else 20,
                            }
                            | (dict.fromkeys(values) if missing else values)
                        )
            paths.append(folder / f"{predictor}_{fold}.csv")
            pd.DataFrame(rows).to_csv(paths[-1], index=False)
    return paths


@pytest.fixture
def tabulated(tmp_path):
    def tabulate(has_truth):
        outputs = files_of(tmp_path, "agreement")
        tabulate_agreement(
            paths_to_roi_means=write_folds(tmp_path, has_truth),
            shown_predictors=[NETWORK, "cohort_mean"],
            simulated=has_truth,
            margins_percent={"T1": 2.0, "T2": 4.0},
            n_bootstrap_draws=50,
            seed=1,
            outputs=outputs,
        )
        return outputs.table, outputs.page.read_text()

    return tabulate


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("has_truth", "n_pairs", "n_tables"), [(True, 5, 6), (False, 2, 4)])
def test_folds_become_one_table_and_one_page(tmp_path, tabulated, has_truth, n_pairs, n_tables):
    path_to_table, page = tabulated(has_truth)
    table = pd.read_csv(path_to_table)
    assert len(table) == n_pairs * 2 * 5
    named = "predictor against quantity region n_subjects n_measurements sd_ms sd_percent".split()
    named += "p_value p_holm equivalence_margin_ms p_equivalence is_equivalent".split()
    named += ["mean_squared_error_ms2", "skill"]
    with_interval = [f"{name}_{unit}" for name in ("bias", "lower_limit", "upper_limit")
                     for unit in ("ms", "percent")]  # fmt: skip
    for name in [*with_interval, "slope", "sd_ratio", "ccc", "icc"]:
        named += [name, f"{name}_low", f"{name}_high"]
    assert set(table.columns) == set(named)
    counts = table.groupby("region")["n_subjects"].unique()
    assert {region: list(n) for region, n in counts.items()} == {
        "gm": [3], "wm": [3], "putamen": [2], "thalamus": [3], "all": [2]
    }  # fmt: skip
    assert is_well_formed(page) and page.count("<table") == n_tables
    assert page.count("<h1>") == 1 and page.count("<h2>") == n_tables - 1
    assert len(read_layouts(tmp_path, "agreement")) == n_tables
    assert ("SIMULATED" in page) == has_truth and ("against the truth" in page) == has_truth
    assert "nan" not in page


def test_the_page_names_its_pairs_in_order(tabulated):
    _, page = tabulated(True)
    titles = [
        f"{words}: differences in region means"
        for words in (
            "Network against the reference",
            "Network against the truth",
            "Reference against the truth",
        )
    ] + ["Concordance and regression toward the mean", "Tissue mean against the reference"]
    places = [page.index(title) for title in titles]
    assert places == sorted(places)


def test_the_csv_holds_the_differences_of_the_regions(tabulated):
    path_to_table, _ = tabulated(True)
    cells = pd.read_csv(path_to_table).set_index(["predictor", "against", "quantity", "region"])
    row = cells.loc[NETWORK, "truth", "T1", "gm"]
    assert row["bias_ms"] == pytest.approx(-0.1 * 13 * 2)
    assert row["sd_ratio"] == pytest.approx(0.9)
    assert cells.loc["cohort_mean", "truth", "T1", "gm"]["sd_ratio"] == 0
    assert cells.loc["reference", "truth", "T1", "gm"]["bias_ms"] == pytest.approx(17 / 3)
