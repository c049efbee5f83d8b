"""Tables of input sets and of seeds, from files to files."""

from itertools import product

import pandas as pd
import pytest

from contrast2map.tables import layout
from tabulate_ablation import tabulate_ablation
from tabulate_seeds import tabulate_seeds

NETWORKS = ["network_a+b_seed-1", "network_a_seed-1"]
SECOND_SEED = "network_a+b_seed-2"
# MAE of a predictor; each subject adds its own, a little different for each predictor.
MAE_MS = {NETWORKS[0]: 50.0, NETWORKS[1]: 60.0, SECOND_SEED: 54.0, "cohort_mean": 80.0}


def write(folder, predictor):
    """Slice errors and region means of one predictor, in one fold; returns their paths."""
    labels = {"group": "MS", "predictor": predictor}
    folds = {"01": "fold_0", "02": "fold_1", "03": "fold_0"}
    errors = [
        labels
        | {"subject": subject, "fold": fold, "slice": index, "against": "reference"}
        | {"quantity": quantity, "region": region, "convention": convention, "n_voxels": 9}
        | {"mae_ms": MAE_MS[predictor] + int(subject) * (1 + MAE_MS[predictor] / 1000)}
        | {"mpe_percent": 5.0, "psnr_db": 30.0, "ssim": 0.9}
        for (subject, fold), quantity, region, convention, index in product(
            folds.items(), ("T1", "T2"), ("full_brain", "excluding_csf"), ("paper", "brain"), (3, 4)
        )
    ]
    means = [
        labels
        | {"subject": subject, "fold": fold, "region": region, "quantity": quantity}
        | {"n_voxels": 9, "predicted_ms": 900.0 + int(subject), "reference_ms": 890.0}
        | {"truth_ms": None}
        for (subject, fold), region, quantity in product(
            folds.items(), ("gm", "wm", "putamen", "thalamus"), ("T1", "T2")
        )
    ]
    paths = folder / f"{predictor}_errors.csv", folder / f"{predictor}_means.csv"
    for rows, path in zip((errors, means), paths, strict=True):
        pd.DataFrame(rows).to_csv(path, index=False)
    return paths


@pytest.fixture
def style(tmp_path):
    path = tmp_path / "style.css"
    path.write_text("main { margin: 0 }")
    return path


def test_input_sets_are_tabulated_and_tested_against_each_other(tmp_path, style):
    written = [write(tmp_path, name) for name in (*NETWORKS, "cohort_mean")]
    names = ("table_s1", "page_s1", "table_s2", "page_s2", "tests", "tests_page")
    paths = {name: tmp_path / name for name in names}
    tabulate_ablation(
        paths_to_slice_errors=[errors for errors, _ in written],
        paths_to_roi_means=[means for _, means in written],
        path_to_style=style,
        networks=NETWORKS,
        baselines=["cohort_mean"],
        n_seeds=1,
        simulated=False,
        paths=paths,
    )
    tests = pd.read_csv(paths["tests"])
    assert list(tests["quantity"]) == ["T1", "T2"]
    assert tests["difference_ms"].to_numpy() == pytest.approx(-10 - 2 * 0.01, abs=1e-3)
    assert set(tests["added"]) == {"b"}
    s1 = layout.parts_of_page(paths["page_s1"].read_text())[0].html
    for label in ("Network (a + b)", "Network (a)", "Cohort mean", "3 subjects"):
        assert label in s1
    assert pd.read_csv(paths["table_s2"])["bias_ms"].to_numpy() == pytest.approx(12)


def test_seeds_are_tabulated_for_each_set_of_inputs(tmp_path, style):
    written = [write(tmp_path, name) for name in (*NETWORKS[:1], SECOND_SEED)]
    table, page = tmp_path / "seeds.csv", tmp_path / "seeds.html"
    tabulate_seeds(
        paths_to_slice_errors=[errors for errors, _ in written],
        path_to_style=style,
        input_sets=["a+b"],
        simulated=True,
        path_to_table=table,
        path_to_page=page,
    )
    rows = pd.read_csv(table)
    assert set(rows["n_seeds"]) == {2}
    assert rows["sd_over_seeds_ms"].to_numpy() == pytest.approx(4.008 / 2**0.5, rel=1e-3)
    assert "2 seeds" in page.read_text() and "SIMULATED" in page.read_text()
