"""What a run was is said from its files, and what they do not tell is called so."""

import json

import pandas as pd
import pytest

from pages.replication import facts as run_facts

LOG = pd.DataFrame({"epoch": [1, 2, 3], "seconds": [1200.0, 1200.0, 1200.0]})


@pytest.fixture
def subjects():
    return pd.DataFrame(
        {
            "subject": ["01", "02", "03"],
            "group": ["MS", "suspected_MS", "MS"],
            "included": [True, True, False],
            "n_slices": [50, 52, None],
        }
    )


def test_a_study_is_described_by_those_who_take_part(config, subjects):
    facts = dict(run_facts.describe_study(config, subjects, simulated=True))
    assert facts["Subjects"] == (
        "2 simulated subjects of 3 listed: 1 MS, 1 suspected MS; 102 slices"
    )
    assert "ICBM152" in facts["Heads"]
    assert f"{config['training']['n_epochs']} epochs" in facts["Schedule"]
    assert facts["Seeds"].startswith(f"{config['seed']} of the study")
    config["simulation"]["anatomy"]["source"] = "brainweb"
    heads = dict(run_facts.describe_study(config, subjects, True))["Heads"]
    assert "BrainWeb" in heads and "ICBM152" not in heads


def test_a_study_of_persons_has_no_simulated_heads(config, subjects):
    facts = run_facts.describe_study(config, subjects, simulated=False)
    assert "imulated" not in str(facts)


def test_a_truth_drawn_about_the_published_values_is_said_to_be(config):
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
    assert "by construction" in run_facts.describe_tissues(tissues, published)[1]
    tissues["wm"]["T2_s"] += 0.001
    assert "by construction" not in run_facts.describe_tissues(tissues, published)[1]


def test_trainings_are_counted_by_the_epochs_of_their_logs():
    logs = {"a/fold_0": LOG, "a/fold_1": LOG, "a/fold_2": LOG.iloc[:2]}
    words = {"a/fold_0": "root goes on after epoch 2 from x", "a/fold_1": "epoch 1"}
    facts = dict(run_facts.describe_trainings(logs, words))
    assert facts["Trained"] == "1 network of 2 epochs; 2 networks of 3 epochs"
    assert facts["Hours of the epochs"].startswith("2.67,")
    assert facts["Stopped and resumed"] == (
        "by their logs 1 of 3 trainings at their last start: a/fold_0 after epoch 2; 1 log is lost"
    )


def test_trainings_that_ran_through_are_not_called_resumed():
    facts = dict(run_facts.describe_trainings({"a/fold_0": LOG}, {"a/fold_0": "epoch 1"}))
    assert facts["Stopped and resumed"] == "by their logs 0 of 1 trainings"


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("0.1.0+abc123", "contrast2map 0.1.0, commit abc123; "),
        ("0.1.0+abc123.dirty", "contrast2map 0.1.0, commit abc123, with changes"),
        ("0.1.0", "contrast2map 0.1.0, commit not known; "),
    ],
)
def test_the_code_is_named_by_its_commit_if_that_is_known(version, words):
    entities = [
        {"@id": "workflow/Snakefile", "version": version, "programmingLanguage": {"@id": "#smk"}},
        {"@id": "#smk", "version": "9.1"},
        {"@id": "pkg:pypi/numpy@2.0", "name": "numpy", "softwareVersion": "2.0"},
        {"@id": "#run", "startTime": "2026-01-01", "endTime": "2026-01-02"},
    ]
    facts = dict(run_facts.describe_crate(json.dumps({"@graph": entities})))
    assert facts["Code that described the run"].startswith(words)
    assert facts["Software"] == "Snakemake 9.1, numpy 2.0"
    assert facts["First and last file"] == "2026-01-01 to 2026-01-02"


def test_sizes_are_those_of_the_files_with_the_largest_first(tmp_path):
    for name, size in [("a/x/small.txt", 1000), ("b/large.bin", 2_000_000), ("b/more", 500_000)]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"0" * size)
    (tmp_path / "README.md").write_bytes(b"0" * 10_000)
    assert list(run_facts.sizes_mb(tmp_path).items()) == [
        ("b", 2.5),
        ("README.md", 0.01),
        ("a", 0.001),
    ]


def test_the_audit_trail_says_what_was_found_and_no_better():
    leakage = pd.DataFrame({"n_files": [10, 12], "n_leaked": [0, 0]})
    clean = run_facts.audit_trail(leakage, True, "== 25 passed in 4.99s ==")
    assert "22 in all: none is of a subject" in clean[0]
    assert clean[1] == "The tests of the results (tests/artefacts) passed: 25 passed."
    leaked = run_facts.audit_trail(leakage.assign(n_leaked=[0, 2]), False, "")
    assert "2 are of subjects that the fit's fold holds out" in leaked[0]
    assert "none" not in leaked[0] and "did not pass" in leaked[1]
    assert "their log is lost" in run_facts.audit_trail(leakage, True, "")[1]
