"""Run time is tabulated from existing files."""

import json

import pandas as pd

from contrast2map.jobs import hardware
from table_files import files_of, read_layouts
from tabulate_run_time import tabulate_run_time

ROW = "s\th:m:s\tmax_rss\tcpu_time\n2.5\t0:00:02\t100.2\t2\n"


def test_missing_benchmarks_and_logs_are_skipped(tmp_path):
    log = tmp_path / "fold_0.log"
    (tmp_path / "train_unet").mkdir()
    (tmp_path / "train_unet" / "fold_0.tsv").write_text(ROW)
    log.write_text(f"2026-11-26 root {hardware.in_a_line({'processor': 'X', 'GPU': 'Y'})}\n")
    outputs = files_of(tmp_path, "run_time")
    tabulate_run_time(
        folder=tmp_path,
        measured={"train_unet": ["fold_0", "lost"], "fit": ["lost_too"]},
        training_logs=[log, tmp_path / "lost.log"],
        simulated=True,
        path_to_hardware=tmp_path / "hardware.json",
        outputs=outputs,
    )
    table = pd.read_csv(outputs.table)
    assert list(table["rule"]) == ["train_unet"] and table.loc[0, "n_jobs"] == 1
    machines = json.loads((tmp_path / "hardware.json").read_text())
    assert machines["training"] == [{"processor": "X", "GPU": "Y"}]
    assert machines["writing"]["Python"]
    _, hardware_layout = read_layouts(tmp_path, "run_time")
    assert ("", "1 network trained on") in hardware_layout.columns
    page = outputs.page.read_text()
    assert "SIMULATED" in page and "nan" not in page
