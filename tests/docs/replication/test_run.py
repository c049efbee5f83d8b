"""How a study ran, from its files; what they do not tell is called unknown."""

import json

import pandas as pd
import pytest

from pages.replication import run


@pytest.fixture
def results(tmp_path):
    """Two networks of 3 and one of 2 epochs; one log of a resumed training, one is lost."""
    for fold, n_epochs in enumerate([3, 3, 2]):
        folder = tmp_path / f"training/network_a_seed-1/fold_{fold}"
        folder.mkdir(parents=True)
        epochs = pd.DataFrame({"epoch": range(1, n_epochs + 1), "seconds": 1200.0})
        epochs.to_csv(folder / "log.csv", index=False)
    logs = tmp_path / "logs/train_unet/a_seed-1"
    logs.mkdir(parents=True)
    (logs / "fold_0.log").write_text("root resuming after epoch 2 from x\n")
    (logs / "fold_1.log").write_text("epoch 1\n")
    return tmp_path


def test_trainings_are_counted_by_the_epochs_of_their_tables(results):
    found = run.format_trainings(results)
    assert (found["n_networks"], found["n_epochs"]) == (3, [[1, 2], [2, 3]])
    assert found["hours"] == "2.67"
    assert (found["resumed"], found["n_lost"]) == ({"a_seed-1/fold_0": 2}, 1)


def test_published_means_of_the_simulated_tissues_are_recognised(config):
    tissues = config["simulation"]["tissues"]
    published = pd.DataFrame(
        {
            "quantity": quantity,
            "region": region,
            "published_reference_mean_ms": 1000 * tissues[region][f"{quantity}_s"],
        }
        for quantity in ("T1", "T2")
        for region in ("gm", "wm", "putamen", "thalamus")
    )
    assert run.is_published(tissues, published)
    tissues["wm"]["T2_s"] += 0.001
    assert not run.is_published(tissues, published)


def test_networks_with_the_same_arithmetic_are_grouped():
    rows = [("network_a_seed-1", 18, 0), ("network_a+b_seed-1", 18, 0), ("network_b_seed-1", 2, 16)]
    columns = ["predictor", "n_in_float32", "n_in_bfloat16"]
    exactness = pd.DataFrame(rows, columns=columns).assign(trained_in="float32")
    first, second = run.format_exactness(exactness)
    assert first["networks"] == ["a_seed-1", "a+b_seed-1"] and first["n_in_float32"] == 18
    assert second["networks"] == ["b_seed-1"] and second["n_in_bfloat16"] == 16
    assert first["trained_in"] == "float32" and json.dumps([first, second])


@pytest.mark.parametrize(
    ("version", "commit", "dirty"),
    [
        ("0.1.0+abc123", "abc123", False),
        ("0.1.0+abc123.dirty", "abc123", True),
        ("0.1.0", "", False),
    ],
)
def test_the_code_is_identified_by_its_commit_if_that_is_known(version, commit, dirty):
    entities = [
        {"@id": "workflow/Snakefile", "version": version, "programmingLanguage": {"@id": "#smk"}},
        {"@id": "#smk", "version": "9.1"},
        {"@id": "pkg:pypi/numpy@2.0", "name": "numpy", "softwareVersion": "2.0"},
        {"@id": "#run", "startTime": "2026-01-01", "endTime": "2026-01-02"},
    ]
    found = run.format_crate(json.dumps({"@graph": entities}))
    assert (found["version"], found["commit"], found["dirty"]) == ("0.1.0", commit, dirty)
    assert (found["snakemake"], found["packages"]) == ("9.1", ["numpy 2.0"])
    assert (found["start"], found["end"]) == ("2026-01-01", "2026-01-02")


def test_large_files_and_folders_are_listed_with_the_largest_first(tmp_path):
    sizes = [("a/x/small.txt", 1000), ("b/large.bin", 2_000_000), ("b/more", 500_000)]
    for name, size in [*sizes, ("report/index.html", 1_200_000)]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"0" * size)
    run_time = pd.DataFrame({"wall_s": [3600, 1800], "cpu_s": [900, 900]})
    found = run.format_cost(tmp_path, run_time.assign(peak_memory_mib=[5, 70]))
    assert list(found["sizes_mb"].items()) == [("b", "2.5"), ("report", "1.2")]
    assert (found["total_mb"], found["report_mb"]) == ("4", "1.2")
    hours = found["wall_hours"], found["cpu_hours"]
    assert (*hours, found["peak_mib"]) == ("1.50", "0.50", "70")


def test_the_audit_trail_reports_what_was_found(tmp_path):
    leakage = pd.DataFrame({"n_files": [10, 12], "n_leaked": [0, 2]})
    found = run.format_audit(tmp_path, leakage)
    assert found["n_files"] == 22 and found["n_leaked"] == 2 and found["n_fits"] == 2
    assert not found["passed"] and found["counted"] is None
    for path, text in [("logs/test_artefacts.log", "== 25 passed in 4.99s =="), ("tests/x", "")]:
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(text)
    (tmp_path / "tests/artefacts.passed").touch()
    found = run.format_audit(tmp_path, leakage)
    assert found["passed"] and found["counted"] == "25 passed"
