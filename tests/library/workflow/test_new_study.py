"""`contrast2map init`: a study in a folder of its own."""

import importlib.util
import os

import pytest
import yaml

from contrast2map import __main__ as command
from contrast2map.workflow import new_study
from project import ROOT

TINY = ROOT / "tests/config/tiny.yaml"


@pytest.fixture
def refused(capsys):
    """Function that runs `contrast2map init` with bad arguments; returns the line it prints."""

    def run(*arguments):
        try:
            code = command.main(["init", *map(str, arguments)])
        except SystemExit as stopped:
            code = stopped.code
        shown = capsys.readouterr()
        assert code == command.UNUSABLE and shown.out == ""
        (line,) = shown.err.splitlines()
        return line

    return run


def settings(folder):
    """The study's configuration files by name, parsed."""
    return {
        path.stem: yaml.safe_load(path.read_text()) for path in (folder / "config").glob("*.yaml")
    }


def test_the_default_study_has_the_default_settings_under_the_name_of_its_folder(tmp_path, capsys):
    folder = tmp_path / "parent" / "my study-2"
    assert command.main(["init", str(folder)]) == 0
    defaults = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    assert settings(folder) == {"config": defaults | {"study": "my_study_2"}}
    assert "snakemake --cores" in capsys.readouterr().out.splitlines()[-1]
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_each_preset_becomes_a_file_that_the_snakefile_reads_in_order(tmp_path):
    folder = tmp_path / "study"
    new_study.create(folder, ["replication", "cpu", str(TINY)])
    names = ["config", "replication", "cpu", "tiny"]
    text = (folder / "Snakefile").read_text()
    places = [text.index(f'configfile: "config/{name}.yaml"') for name in names]
    assert places == sorted(places)
    found = settings(folder)
    assert set(found) == set(names) and found["tiny"]["study"] == "study"
    assert found["replication"] == yaml.safe_load((ROOT / "config/replication.yaml").read_text())
    readme = (folder / "README.md").read_text()
    assert "results/study/report/index.html" in readme and "`config/cpu.yaml`" in readme
    assert (folder / "requirements.txt").read_text() == (ROOT / "requirements.txt").read_text()
    assert (folder / "profiles/slurm/partitions.yaml").is_file()


def test_every_preset_of_the_project_can_be_chosen(tmp_path):
    names = set(new_study.presets())
    assert {"demo", "paper", "cpu"} <= names
    assert names - {"demo"} == {
        path.stem
        for path in (ROOT / "config").glob("*.yaml")
        if not path.name.startswith("config.")
    }
    for name in names:
        new_study.create(tmp_path / name, [name])


def test_the_paper_s_preset_reads_the_given_cohort(tmp_path):
    cohort = tmp_path / "bids"
    cohort.mkdir()
    (cohort / "participants.tsv").write_text("participant_id\tgroup\nsub-01\tMS\n")
    folder = tmp_path / "study"
    steps = new_study.create(folder, ["paper"], str(cohort))
    assert settings(folder)["paper"]["cohort"]["path"] == str(cohort)
    assert str(cohort) in (folder / "README.md").read_text() and len(steps) == 1


def test_without_a_cohort_the_next_step_says_where_it_is_expected(tmp_path):
    folder = tmp_path / "study"
    steps = new_study.create(folder, ["paper"])
    assert settings(folder)["paper"]["cohort"]["path"] == "cohort"
    assert str(folder / "cohort") in steps[0] and "cohort.path" in steps[0]


def test_an_environment_without_snakemake_is_told_how_to_install_it(tmp_path, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "snakemake" else find(name)
    )
    first = new_study.create(tmp_path / "study", [])[0]
    assert "Snakemake" in first and "pip install" in first and "\n" not in first


def test_the_current_folder_can_be_chosen_if_it_is_empty(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    new_study.create(".", [])
    assert settings(tmp_path)["config"]["study"] == new_study.re.sub(r"\W", "_", tmp_path.name)
    assert os.listdir()  # the process is in the folder that was filled, not in a replaced one


def test_a_folder_with_contents_is_never_touched(tmp_path, refused):
    (tmp_path / "notes.txt").write_text("mine")
    assert str(tmp_path) in refused(tmp_path) and "not an empty folder" in refused(tmp_path)
    assert "not an empty folder" in refused(tmp_path / "notes.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_bad_arguments_end_in_one_line_and_write_nothing(tmp_path, refused):
    folder = tmp_path / "study"
    line = refused(folder, "--preset", "papers")
    assert "'papers'" in line and "paper" in line.partition("choose")[2]
    assert "none.yaml" in refused(folder, "--preset", tmp_path / "none.yaml")
    assert "'config'" in refused(folder, "--preset", "config")
    assert "participants.tsv" in refused(folder, "--preset", "paper", "--cohort", tmp_path)
    assert "--preset paper" in refused(folder, "--cohort", tmp_path)
    assert "--presets" in refused(folder, "--presets", "cpu")
    assert "FOLDER" in refused()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("own", ["mycohort", "/elsewhere/mycohort"])
def test_a_preset_of_ones_own_keeps_its_cohort_or_gets_another(tmp_path, monkeypatch, own):
    monkeypatch.chdir(tmp_path)
    for name in ("mycohort", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "participants.tsv").touch()
    text = f"study: mine # in results/mine\ncohort:\n    source: bids\n    path: {own} # ours\n"
    (tmp_path / "mine.yaml").write_text(text)
    new_study.create("study", ["mine.yaml"])
    found = settings(tmp_path / "study")["mine"]
    assert found["study"] == "study" and found["cohort"]["path"] == str(tmp_path / own)
    assert "results/mine" not in (tmp_path / "study/config/mine.yaml").read_text()
    steps = new_study.create("study2", ["mine.yaml"], cohort="other")
    assert settings(tmp_path / "study2")["mine"]["cohort"]["path"] == str(tmp_path / "other")
    assert len(steps) == 1
