"""The page on a study of one's own cohort works as it is printed."""

import json
import re
import runpy

import nibabel as nib
import numpy as np
import pytest
import yaml

from contrast2map.bids import files
from contrast2map.input_gate.value_checks import check_map_values
from contrast2map.study import participants
from contrast2map.workflow import configuration
from pages.rendering import DOCS
from project import ROOT


@pytest.fixture(scope="module")
def page():
    return (DOCS / "own_cohort.md").read_text()


@pytest.fixture
def settings(page, config):
    """The page's configuration, merged with the defaults as Snakemake merges it."""
    own = yaml.safe_load(re.search(r"```yaml\n(.*?)```", page, re.DOTALL)[1])
    return merged(config, own)


def merged(old, new):
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return new
    return old | {key: merged(old.get(key), value) for key, value in new.items()}


def test_the_configuration_of_the_page_is_valid(settings):
    schema = yaml.safe_load((ROOT / "config" / "config.schema.yaml").read_text())
    configuration.check(settings, schema, {})


def test_the_script_of_the_page_makes_the_cohort_of_its_configuration(
    page, settings, tmp_path, monkeypatch, rng
):
    monkeypatch.chdir(tmp_path)
    for name in ("PAT007", "PAT014"):
        folder = tmp_path / "converted" / name
        folder.mkdir(parents=True)
        for series in ("003_t1_mprage_sag", "007_t2_space_dark-fluid"):
            image = nib.Nifti1Image(rng.random((16, 16, 16), np.float32), np.eye(4))
            nib.save(image, folder / f"{series}.nii.gz")
            (folder / f"{series}.json").write_text(json.dumps({"EchoTime": 0.003}))
        for series, times_ms in (("011_T1_mapping", (800, 1300)), ("012_T2_mapping", (60, 90))):
            values = rng.integers(*times_ms, (16, 16, 16)).astype(np.int16)
            nib.save(nib.Nifti1Image(values, np.eye(4)), folder / f"{series}.nii.gz")
    (tmp_path / "converted" / "ages.csv").write_text("patient;age\nPAT007;34\nPAT014;51\n")
    (tmp_path / "rename.py").write_text(re.search(r"```python\n(.*?)```", page, re.DOTALL)[1])
    runpy.run_path("rename.py")

    root = tmp_path / settings["cohort"]["path"]
    table = root / "participants.tsv"
    assert list(participants.read_participants(table, settings["cohort"]["group_column"])) == [
        "01",
        "02",
    ]
    assert table.read_text().splitlines()[1] == "sub-01\t34"
    patterns = [each["file"] for each in settings["contrasts"]]
    for pattern in [*patterns, *settings["reference"].values()]:
        assert files.resolve(str(root), pattern, "02").path, pattern
    for quantity, pattern in settings["reference"].items():
        path = files.resolve(str(root), pattern, "01").path
        assert check_map_values(nib.load(path).get_fdata(), quantity, path) == []
