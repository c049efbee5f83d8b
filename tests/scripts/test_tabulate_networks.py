"""Tables of input sets and of seeds, from files to files."""

import pandas as pd
import pytest

from table_files import files_of, read_layouts
from table_rows import roi_means, slice_errors
from tabulate_ablation import tabulate_ablation
from tabulate_seeds import tabulate_seeds

NETWORKS = ["network_a+b_seed-1", "network_a_seed-1"]
SECOND_SEED = "network_a+b_seed-2"
# MAE of a predictor; each subject adds its own, a little different for each predictor.
MAE_MS = {NETWORKS[0]: 50.0, NETWORKS[1]: 60.0, SECOND_SEED: 54.0, "cohort_mean": 80.0}


def write(folder, predictor):
    """Slice errors and region means of one predictor; returns their paths."""
    folds = {"01": "fold_0", "02": "fold_1", "03": "fold_0"}

    def mae_ms(_, subject, *__):
        return MAE_MS[predictor] + int(subject) * (1 + MAE_MS[predictor] / 1000)

    def predicted_ms(_, subject, *__):
        return 1010.0 + 11 * int(subject)  # 10 ms more than the reference, and 1 ms per number

    tables = (
        slice_errors(mae_ms, [predictor], folds, against=("reference",)),
        roi_means(predicted_ms, [predictor], folds, truth_ms=None),
    )
    paths = folder / f"{predictor}_errors.csv", folder / f"{predictor}_means.csv"
    for table, path in zip(tables, paths, strict=True):
        table.to_csv(path, index=False)
    return paths


def test_input_sets_are_tabulated_and_tested_against_each_other(tmp_path):
    written = [write(tmp_path, name) for name in (*NETWORKS, "cohort_mean")]
    outputs = {name: files_of(tmp_path, name) for name in ("s1", "s2", "tests")}
    tabulate_ablation(
        paths_to_slice_errors=[errors for errors, _ in written],
        paths_to_roi_means=[means for _, means in written],
        networks=NETWORKS,
        baselines=["cohort_mean"],
        n_seeds=1,
        simulated=False,
        outputs=outputs,
    )
    tests = pd.read_csv(outputs["tests"].table)
    assert list(tests["quantity"]) == ["T1", "T2"]
    assert tests["difference_ms"].to_numpy() == pytest.approx(-10 - 2 * 0.01, abs=1e-3)
    assert set(tests["added"]) == {"b"}
    layouts = {name: read_layouts(tmp_path, name) for name in outputs}
    assert [len(each) for each in layouts.values()] == [1, 1, 1]
    predictors = [row[1] for row in layouts["s1"][0].rows]
    assert set(predictors) == {"a + b", "a", "Tissue mean"}
    assert "3 subjects" in layouts["s1"][0].caption
    assert pd.read_csv(outputs["s2"].table)["bias_ms"].to_numpy() == pytest.approx(12)


def test_seeds_are_tabulated_for_each_set_of_inputs(tmp_path):
    written = [write(tmp_path, name) for name in (*NETWORKS[:1], SECOND_SEED)]
    outputs = files_of(tmp_path, "seeds")
    tabulate_seeds(
        paths_to_slice_errors=[errors for errors, _ in written],
        input_sets=["a+b"],
        simulated=True,
        outputs=outputs,
    )
    rows = pd.read_csv(outputs.table)
    assert set(rows["n_seeds"]) == {2}
    assert rows["sd_over_seeds_ms"].to_numpy() == pytest.approx(4.008 / 2**0.5, rel=1e-3)
    (layout,) = read_layouts(tmp_path, "seeds")
    assert "2 seeds" in layout.caption and "SIMULATED" in outputs.page.read_text()
