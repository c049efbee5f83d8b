"""Files that a computation actually read, seen by Python's audit hook."""

import gzip
import hashlib
import os
import sys
import threading
import zipfile

import joblib
import nibabel
import numpy as np
import pytest

from contrast2map.study import opened_files


@pytest.fixture
def study(tmp_path):
    """A study's folder with two subjects, each with an array, an image and a text."""
    for subject in ("01", "02"):
        folder = tmp_path / f"sub-{subject}"
        folder.mkdir()
        np.savez(folder / "slices.npz", values=np.arange(3))
        image = nibabel.Nifti1Image(np.ones((2, 2, 2), np.float32), np.eye(4))
        nibabel.save(image, folder / "scan.nii.gz")
        (folder / "table.tsv").write_text(f"subject\n{subject}\n")
    return tmp_path


def os_open(path):
    os.close(os.open(path, os.O_RDONLY))


def load_image(path):
    np.asarray(nibabel.load(path).dataobj)


def read_gzip(path):
    with gzip.open(path) as file:
        file.read()


def memory_map(path):
    np.memmap(path, np.uint8, "r")


READERS = {
    "numpy.load": (np.load, "slices.npz"),
    "a zip archive": (lambda path: zipfile.ZipFile(path).namelist(), "slices.npz"),
    "nibabel": (load_image, "scan.nii.gz"),
    "gzip": (read_gzip, "scan.nii.gz"),
    "open": (lambda path: open(path).close(), "table.tsv"),
    "open to read and write": (lambda path: open(path, "r+b").close(), "table.tsv"),
    "open to read and append": (lambda path: open(path, "a+").close(), "table.tsv"),
    "read_text": (lambda path: path.read_text(), "table.tsv"),
    "a path in bytes": (lambda path: open(os.fsencode(path)).close(), "table.tsv"),
    "os.open": (os_open, "table.tsv"),
    "a memory map": (memory_map, "table.tsv"),
    "hash": (lambda path: joblib.hash(path.read_bytes()), "table.tsv"),
}


@pytest.mark.parametrize("reader", READERS)
def test_a_file_is_seen_however_it_is_read(reader, study):
    read, name = READERS[reader]
    with opened_files.recording(study) as recorder:
        read(study / "sub-01" / name)
    assert recorder.paths == {f"sub-01/{name}"}


WRITERS = {
    "numpy.save": lambda path: np.save(path, np.arange(3)),
    "a zip archive": lambda path: np.savez(path, values=np.arange(3)),
    "open": lambda path: open(path, "w").close(),
    "open to write and read": lambda path: open(path, "w+b").close(),
    "open a new one": lambda path: open(path.with_name("new"), "x").close(),
    "append": lambda path: open(path, "a").close(),
    "os.open": lambda path: os.close(os.open(path, os.O_WRONLY)),
    "os.open and truncate": lambda path: os.close(
        os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    ),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_a_file_that_is_only_written_is_not_recorded(writer, study):
    with opened_files.recording(study) as recorder:
        WRITERS[writer](study / "sub-01" / "slices.npz")
    assert recorder.paths == set()


def test_nothing_is_seen_before_and_after_the_block(study):
    (study / "sub-01/table.tsv").read_text()
    with opened_files.recording(study) as recorder:
        (study / "sub-01/scan.nii.gz").read_bytes()
    (study / "sub-02/table.tsv").read_text()
    assert recorder.paths == {"sub-01/scan.nii.gz"}


def test_a_block_that_fails_stops_recording(study):
    with pytest.raises(KeyError), opened_files.recording(study) as recorder:
        raise KeyError
    (study / "sub-01/table.tsv").read_text()
    assert recorder.paths == set()


def test_nested_blocks_both_record_a_file(study):
    with opened_files.recording(study) as outer:
        with opened_files.recording(study) as inner:
            (study / "sub-01/table.tsv").read_text()
        (study / "sub-02/table.tsv").read_text()
    assert inner.paths == {"sub-01/table.tsv"}
    assert outer.paths == {"sub-01/table.tsv", "sub-02/table.tsv"}


def test_files_are_seen_in_all_threads(study):
    with opened_files.recording(study) as recorder:
        thread = threading.Thread(target=(study / "sub-02/table.tsv").read_text)
        thread.start()
        thread.join()
    assert recorder.paths == {"sub-02/table.tsv"}


def test_a_subjects_file_is_recorded_wherever_it_is(study, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "sub-07"
    elsewhere.mkdir()
    (elsewhere / "scan.txt").write_text("1")
    (elsewhere.parent / "notes.txt").write_text("1")
    with opened_files.recording(study) as recorder:
        (elsewhere / "scan.txt").read_text()
        (elsewhere.parent / "notes.txt").read_text()
    assert recorder.paths == {str(elsewhere / "scan.txt")}


def test_a_file_of_no_subject_inside_the_study_is_seen_and_has_no_subject(study):
    (study / "pooled.csv").write_text("all subjects")
    with opened_files.recording(study) as recorder:
        (study / "pooled.csv").read_text()
    (row,) = opened_files.describe(recorder)
    assert (row["subject"], row["file"]) == ("", "pooled.csv")


def test_a_sibling_of_the_studys_folder_is_not_inside_it(study):
    beside = study.with_name(f"{study.name}_old")
    beside.mkdir()
    (beside / "pooled.csv").write_text("1")
    with opened_files.recording(study) as recorder:
        (beside / "pooled.csv").read_text()
    assert recorder.paths == set()


def test_programs_caches_and_hidden_folders_are_not_data(study, monkeypatch):
    for name in ("model.py", "__pycache__/model.pyc", ".snakemake/log", "python/share/x.csv"):
        (study / name).parent.mkdir(parents=True, exist_ok=True)
        (study / name).write_text("x = 1")
    monkeypatch.setattr(sys, "prefix", str(study / "python"))
    with opened_files.recording(study) as recorder:
        for name in ("model.py", "__pycache__/model.pyc", ".snakemake/log", "python/share/x.csv"):
            (study / name).read_text()
    assert recorder.paths == set()


def test_missing_files_and_folders_are_not_recorded(study):
    with opened_files.recording(study) as recorder:
        with pytest.raises(FileNotFoundError):
            (study / "sub-01/missing.tsv").read_text()
        os_open(study / "sub-01")
    assert recorder.paths == set()


def test_paths_are_relative_to_the_working_directory(study, monkeypatch):
    monkeypatch.chdir(study)
    with opened_files.recording() as recorder:
        open("sub-01/table.tsv").close()
        open(study / "sub-02" / "table.tsv").close()
        open("sub-01/../sub-01/table.tsv").close()
    assert recorder.paths == {"sub-01/table.tsv", "sub-02/table.tsv"}


def test_the_table_has_each_file_once_with_its_subject_and_hash(study):
    with opened_files.recording(study) as recorder:
        for name in ("sub-02/table.tsv", "sub-01/scan.nii.gz", "sub-02/table.tsv"):
            (study / name).read_bytes()
    opened_files.write_table(recorder, study / "training_files.tsv")
    lines = (study / "training_files.tsv").read_text().splitlines()
    assert lines[0] == "subject\tfile\tsha256"
    rows = opened_files.read_table(study / "training_files.tsv")
    assert [(row["subject"], row["file"]) for row in rows] == (
        [("01", "sub-01/scan.nii.gz"), ("02", "sub-02/table.tsv")]
    )
    expected = hashlib.sha256((study / "sub-02/table.tsv").read_bytes()).hexdigest()
    assert rows[1]["sha256"] == expected


def test_a_computation_that_read_nothing_is_an_error(study):
    with opened_files.recording(study) as recorder:
        pass
    with pytest.raises(ValueError, match="no file of the study was read"):
        opened_files.write_table(recorder, study / "training_files.tsv")
    assert not (study / "training_files.tsv").exists()


def test_a_file_that_no_longer_exists_is_an_error(study):
    with opened_files.recording(study) as recorder:
        (study / "sub-01/table.tsv").read_text()
        (study / "sub-01/table.tsv").unlink()
    with pytest.raises(ValueError, match=r"sub-01/table\.tsv was read but no longer exists"):
        opened_files.describe(recorder)
