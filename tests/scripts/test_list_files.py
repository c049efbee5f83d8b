"""The list of a fold's files: by patterns, and only existing ones."""

import json

import pytest

import list_files


def test_files_are_listed_by_pattern_and_individually(tmp_path):
    for subject in ("01", "02"):
        (tmp_path / f"sub-{subject}").mkdir()
        (tmp_path / f"sub-{subject}" / "T1.nii").touch()
    (tmp_path / "sub-02" / "lesion.nii").touch()

    def write():
        list_files.list_files(
            patterns={"T1": f"{tmp_path}/sub-{{subject}}/T1.nii"},
            subjects=["02", "01"],
            more={"lesions": [f"{tmp_path}/sub-02/lesion.nii"]},
            path_to_list=tmp_path / "list.json",
        )

    write()
    assert json.loads((tmp_path / "list.json").read_text()) == {
        "T1": {s: f"{tmp_path}/sub-{s}/T1.nii" for s in ("01", "02")},
        "lesions": {"02": f"{tmp_path}/sub-02/lesion.nii"},
    }
    (tmp_path / "sub-01" / "T1.nii").unlink()
    (tmp_path / "list.json").unlink()
    with pytest.raises(ValueError, match=r"sub-01: .*sub-01/T1.nii \(T1\) is missing.*snakemake "):
        write()
    assert not (tmp_path / "list.json").exists()
