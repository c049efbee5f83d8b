"""A wrong configuration ends the run at once with a one-line message."""

import pytest
import yaml

WRONG = {
    "a misspelt key": ({"training": {"batchsize": 4}}, "did you mean 'batch_size'"),
    "five subjects in seven folds": (
        {
            "simulation": {"groups": [{"name": "MS", "n_subjects": 5, "n_lesions_mean": 1}]},
            "folds": {"n_folds": 7},
        },
        "7 folds need at least 7 subjects, the cohort has 5",
    ),
    "negative epochs": ({"training": {"n_epochs": -3}}, "training.n_epochs: -3 is less than"),
    "an unknown engine": (
        {"preprocessing": {"brain_extraction": {"engine": "freesurfer"}}},
        "'freesurfer' is not one of: auto, fsl, embedded",
    ),
    "an input named twice": ({"input_sets": [["mprage", "gre", "mprage"]]}, "named twice"),
    "relaxation times in milliseconds": (
        {"simulation": {"tissues": {"gm": {"T1_s": 1210.7}}}},
        "seconds, not milliseconds",
    ),
    "a BIDS cohort without a path": ({"cohort": {"source": "bids"}}, "cohort.path"),
    "a BIDS cohort that is not there": (
        {"cohort": {"source": "bids", "path": "nowhere"}},
        "nowhere/participants.tsv does not exist",
    ),
    "a BrainWeb folder that is empty": (
        {"simulation": {"anatomy": {"source": "brainweb", "brainweb_folder": "nowhere"}}},
        "nowhere contains 0 BrainWeb models",
    ),
}


@pytest.fixture(scope="module")
def folder(copy_project):
    return copy_project("wrong")


def one_line_of(result):
    """Output of the run, without Snakemake's lines on profiles and configuration files."""
    assert result.returncode != 0
    lines = (result.stdout + result.stderr).strip().splitlines()
    output = [
        line
        for line in lines
        if line.strip()
        and not line.startswith(("Using workflow specific profile", "Config file", "Using profile"))
    ]
    assert len(output) == 1, output
    return output[0]


@pytest.mark.parametrize("mistake", WRONG)
def test_run_ends_with_a_one_line_message_for(mistake, folder, snakemake):
    config, expected = WRONG[mistake]
    (folder / "wrong.yaml").write_text(yaml.safe_dump(config))
    result = snakemake(folder, "--cores", "1", "--configfile", "wrong.yaml")
    assert expected in one_line_of(result)
    # The requirement is five seconds, two of which Python takes to import Snakemake. Other tests
    # run at the same time, so the clock on the wall would measure them too.
    assert result.processor_s < 5
    assert not (folder / "results").exists()


def test_run_ends_with_a_one_line_message_for_a_contrast_named_twice(folder, snakemake):
    text = (folder / "config" / "config.yaml").read_text()
    start, end = text.index("  - name: gre"), text.index("  - name: flair")
    (folder / "wrong.yaml").write_text(
        "contrasts:\n" + text[start:end] * 2 + "target_contrast: gre\ninput_sets: [[gre]]\n"
    )
    result = snakemake(folder, "--cores", "1", "--configfile", "wrong.yaml")
    assert "contrasts: 'gre' is named twice" in one_line_of(result)


def test_run_ends_with_a_one_line_message_for_a_key_given_twice(folder, snakemake):
    (folder / "wrong.yaml").write_text("folds: {n_folds: 2}\nseed: 1\nfolds: {n_folds: 3}\n")
    result = snakemake(folder, "--cores", "1", "--configfile", "wrong.yaml")
    assert "wrong.yaml, line 3: key 'folds' is given twice" in one_line_of(result)
