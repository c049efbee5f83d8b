"""One command turns a finished study into a page of the docs."""

import re
import shutil
import subprocess
import sys

import pytest
import yaml

from small_studies import TINY

pytestmark = pytest.mark.slow  # a whole study of its own

BIGGEST_PICTURE_BYTES = 250_000


def publish(root, results, docs, *options):
    command = [sys.executable, root / "docs/make_replication.py", results, "--docs", docs, *options]
    return subprocess.run(command, capture_output=True, text=True)


def test_a_finished_study_becomes_a_page_whose_links_work(study, root, tmp_path):
    docs = tmp_path / "docs"
    docs.mkdir()
    shutil.copy(root / "docs/statistics.md", docs)
    shutil.copy(root / "README.md", tmp_path)
    result = publish(root, study / "results/tiny", docs)
    assert result.returncode == 0, result.stderr
    text = (docs / "replication.md").read_text()
    assert "simulated subjects" in re.search("^# (.*)$", text, re.MULTILINE)[1]
    for heading in ("Table 1", "Table 2", "Figure 1", "Figure 2", "Figure 3"):
        assert f"### {heading}. " in text
    assert "nan" not in re.findall(r"[a-z]+", text)
    links = re.findall(r"\]\(([^)#:]+)\)", text)
    assert len(links) > 10 and all((docs / target).is_file() for target in links)
    pictures = list((docs / "replication").glob("*.png"))
    assert len(pictures) >= 4
    assert all(path.stat().st_size <= BIGGEST_PICTURE_BYTES for path in pictures)
    readme = (tmp_path / "README.md").read_text()
    assert "simulated subjects of study `tiny`" in readme
    assert publish(root, study / "results/tiny", docs).returncode == 0
    assert (tmp_path / "README.md").read_text() == readme
    refused = publish(root, study / "results/tiny", docs, "--input-sets", study / "results/tiny")
    assert refused.returncode == 1
    assert "results/tiny has a single set of inputs" in refused.stderr


def test_another_study_provides_the_sets_of_inputs(study, root, snakemake, tmp_path):
    folder, results = tmp_path / "sets", tmp_path / "sets/results/tiny"
    shutil.copytree(study, folder)
    added = {"input_sets": [["mprage", "gre", "flair"], ["mprage"]], "training": {"seeds": [1]}}
    (folder / "sets.yaml").write_text(yaml.safe_dump(added))
    targets = ("results/tiny/tables/ablation_tests.html", "results/tiny/figures/input_sets.png")
    result = snakemake(folder, *TINY, "sets.yaml", "--", *targets)
    assert result.returncode == 0, result.stderr[-3000:]
    # What the report's jobs would write; they are not run here to save time.
    path_to_config = results / "workflow/config.yaml"
    config = yaml.safe_load(path_to_config.read_text())
    path_to_config.write_text(yaml.safe_dump(config | {"input_sets": added["input_sets"]}))

    docs = tmp_path / "docs"
    docs.mkdir()
    shutil.copy(root / "docs/statistics.md", docs)
    result = publish(root, study / "results/tiny", docs, "--input-sets", results)
    assert result.returncode == 0, result.stderr
    text = (docs / "replication.md").read_text()
    assert "smaller study, `tiny`: 4 simulated subjects, scans of 64 × 64 × 48" in text
    for name in ("Table S1", "Table S2", "Figure S1"):
        assert f"### {name}. " in text
    assert not re.search("Not in this study.*S1", text)
    assert text.count("| Configuration (SHA-256) |") == 2
    links = re.findall(r"\]\(([^)#:]+)\)", text)
    assert {"replication/input_sets_config.yaml", "replication/table_s1.csv"} <= {*links}
    assert all((docs / target).is_file() for target in links)

    files = {path.name: path.read_bytes() for path in (docs / "replication").iterdir()}
    assert publish(root, study / "results/tiny", docs).returncode == 0
    kept = (docs / "replication.md").read_text()
    assert kept.split("## Sets of inputs")[1].split("\n## ")[0] in text
    assert {path.name: path.read_bytes() for path in (docs / "replication").iterdir()} == files


def test_an_unfinished_study_is_not_published(root, tmp_path):
    result = publish(root, tmp_path, tmp_path / "docs")
    assert result.returncode == 1
    assert f"{tmp_path}: the study is not finished" in result.stderr
    assert "report/index.html" in result.stderr
    assert not (tmp_path / "docs").exists()
    result = publish(root, tmp_path, tmp_path / "docs", "--input-sets", tmp_path)
    assert result.returncode == 1 and not (tmp_path / "docs").exists()
