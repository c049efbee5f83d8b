"""FSL is not installed here: shell scripts replace its tools and record their arguments."""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile

import nibabel
import numpy as np
import pytest

from contrast2map.preprocessing import brain_extraction, engines, fsl, steps, tissue_segmentation

BET = (
    'echo "$@" > "$FSLDIR/words"; echo $FSLOUTPUTTYPE >> "$FSLDIR/words"; cp "$1" "$2_mask.nii.gz"'
)
FAST = """echo "$@" > "$FSLDIR/words"
for last; do :; done
for name in seg bias pve_0 pve_1 pve_2; do
  cp "$last" "$(dirname "$last")/brain_$name.nii.gz"
done"""


@pytest.fixture
def image():
    ones = np.zeros((6, 7, 8), np.float32)
    ones[1:6, 1:6, 1:6] = 1
    ones[0, 0, 0] = np.nan
    return nibabel.Nifti1Image(ones, np.diag([-1.0, 1, 2, 1]))


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install a shell script as an FSL tool; returns FSLDIR."""

    def install_tool(tool, script):
        for folder in ("bin", "etc"):
            (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / "etc" / "fslversion").write_text("6.0.7.4:a1b2c3d\n")
        path = tmp_path / "bin" / tool
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setenv("FSLDIR", str(tmp_path))
        return tmp_path

    monkeypatch.delenv("FSLDIR", raising=False)
    monkeypatch.delenv("FSLDEVDIR", raising=False)
    monkeypatch.delenv("FSLOUTPUTTYPE", raising=False)
    return install_tool


def words(folder):
    return (folder / "words").read_text().split()


def test_an_unknown_engine_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="'ants'.*auto, fsl, embedded"):
        fsl.resolve_engine("ants", "bet")


def test_auto_uses_fsl_only_if_it_has_the_tool(install):
    assert fsl.resolve_engine("auto", "bet") == "embedded"
    install("fast", FAST)
    assert fsl.resolve_engine("auto", "bet") == "embedded"
    install("bet", BET)
    assert fsl.resolve_engine("auto", "bet") == "fsl"
    assert fsl.resolve_engine("embedded", "bet") == "embedded"


def test_a_missing_fsl_is_reported_with_its_folder(install):
    with pytest.raises(fsl.FSLError, match="FSLDIR is not set"):
        fsl.resolve_engine("fsl", "bet")
    install("fast", FAST)
    with pytest.raises(fsl.FSLError, match="no bin/bet"):
        fsl.resolve_engine("fsl", "bet")


def test_the_version_is_fsls_without_its_hash(install):
    install("bet", BET)
    assert brain_extraction.describe_engine() == ("fsl", "FSL 6.0.7.4")


def test_bet_is_called_with_fraction_mask_and_robust_centre(install, image):
    folder = install("bet", BET)
    extraction = brain_extraction.extract_brain(image, "fsl", fractional_intensity=0.4)
    source, target, *options, output_type = words(folder)
    assert source.endswith("/image.nii.gz") and target.endswith("/brain")
    assert options == ["-f", "0.4", "-m", "-R"]
    assert output_type == "NIFTI_GZ"
    assert "FSLOUTPUTTYPE" not in os.environ
    mask = np.asarray(extraction.mask.dataobj)
    assert mask.dtype == np.uint8 and mask.sum() == 125
    assert np.array_equal(extraction.mask.affine, image.affine)
    assert (extraction.engine, extraction.version) == ("fsl", "FSL 6.0.7.4")


def test_bet_is_called_without_the_robust_centre(install, image):
    folder = install("bet", BET)
    brain_extraction.extract_brain(image, "fsl", robust=False)
    assert words(folder)[2:-1] == ["-f", "0.5", "-m"]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("exit 0", "bet failed: brain_mask.nii.gz is missing"),
        ('head -c 50 "$1" > "$2_mask.nii.gz"', "brain_mask.nii.gz cannot be read"),
        (': > "$2_mask.nii.gz"', "brain_mask.nii.gz cannot be read"),
        ("echo no memory >&2; exit 1", "no memory"),
        (
            "echo 'bet2: error loading libx.so' >&2; exit 0",
            "its last words: bet2: err",
        ),
        ("bet2 --nothing", "bet2: not found"),
        ("kill -9 $$", "bet failed: it was killed .signal 9., as when memory runs out"),
    ],
)
def test_a_failure_of_bet_is_reported_in_one_line(install, image, script, reason):
    install("bet", script)
    with pytest.raises(fsl.FSLError, match=reason) as failure:
        brain_extraction.extract_brain(image, "fsl")
    assert "bet" in str(failure.value) and "\n" not in str(failure.value)


def test_an_empty_mask_of_bet_is_the_fault_of_the_image(install, image, tmp_path):
    empty = tmp_path / "empty.nii.gz"
    nibabel.Nifti1Image(np.zeros(image.shape, np.uint8), image.affine).to_filename(empty)
    install("bet", f'cp "{empty}" "$2_mask.nii.gz"')
    with pytest.raises(ValueError, match="is empty"):
        brain_extraction.extract_brain(image, "fsl")


def test_an_empty_mask_beside_words_on_stderr_is_the_fault_of_bet(install, image, tmp_path):
    empty = tmp_path / "empty.nii.gz"
    nibabel.Nifti1Image(np.zeros(image.shape, np.uint8), image.affine).to_filename(empty)
    install("bet", f'echo "bet: dc: command not found" >&2; cp "{empty}" "$2_mask.nii.gz"')
    with pytest.raises(fsl.FSLError, match="is empty; its last words: bet: dc: command not found"):
        brain_extraction.extract_brain(image, "fsl")


def test_one_long_word_does_not_fill_the_screen(install, image):
    install("bet", "printf 'x%.0s' $(seq 5000) >&2; exit 1")
    with pytest.raises(fsl.FSLError) as failure:
        brain_extraction.extract_brain(image, "fsl")
    assert len(str(failure.value)) < 600


def test_fast_is_called_for_three_classes_of_a_t1_weighted_brain(install, image):
    folder = install("fast", FAST)
    mask = brain_extraction.on_grid_of(image, np.ones(image.shape, np.uint8))
    tissue = tissue_segmentation.segment_tissue(image, mask, "fsl")
    out, *options, source = words(folder)
    assert out.startswith("--out=") and out.endswith("/brain")
    assert " ".join(options) == "-t 1 -n 3 -H 0.1 -I 4 -l 20.0 -b"
    assert source.endswith("/image.nii.gz")
    assert (tissue.engine, tissue.version) == ("fsl", "FSL 6.0.7.4")
    assert list(tissue.probsegs) == ["CSF", "GM", "WM"]
    assert np.asarray(tissue.dseg.dataobj).sum() == 125


def test_fast_sees_only_the_brain(install, image):
    install("fast", FAST)
    mask = np.zeros(image.shape, np.uint8)
    mask[:, :, :4] = 1
    tissue = tissue_segmentation.segment_tissue(
        image, brain_extraction.on_grid_of(image, mask), "fsl"
    )
    assert np.asarray(tissue.dseg.dataobj).sum() == 75


def test_a_failure_of_fast_is_reported_in_one_line(install, image):
    install("fast", "echo Exception: not enough classes >&2; exit 1")
    mask = brain_extraction.on_grid_of(image, np.ones(image.shape, np.uint8))
    with pytest.raises(fsl.FSLError, match="fast failed.*not enough classes") as failure:
        tissue_segmentation.segment_tissue(image, mask, "fsl")
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize("script", ["echo dead >&2; exit 1", "exit 0", "kill -9 $$", "nothing"])
def test_a_tool_that_fails_is_no_bad_scan(install, image, script):
    install("bet", script)
    install("fast", script)
    mask = brain_extraction.on_grid_of(image, np.ones(image.shape, np.uint8))
    with pytest.raises(fsl.FSLError):
        steps.extract(image, engine="fsl", fractional_intensity=0.5)
    with pytest.raises(fsl.FSLError):
        steps.segment(image, mask, engine="fsl")


def test_what_a_tool_says_beside_its_result_is_a_warning(install, image):
    install("bet", f"echo dc: command not found >&2\n{BET}")
    brain = steps.extract(image, engine="auto", fractional_intensity=0.5)
    assert brain.problem is None
    assert brain.warning == "FSL's bet said: dc: command not found"
    install("bet", BET)
    assert steps.extract(image, engine="auto", fractional_intensity=0.5).warning is None


def test_auto_says_why_it_does_not_use_an_fsl_that_is_there(install, monkeypatch, tmp_path):
    assert fsl.fallback_words("auto", "bet") is None  # no FSL, none expected
    folder = install("fast", FAST)
    assert f"FSLDIR={folder} has no bin/bet; the embedded engine" in fsl.fallback_words(
        "auto", "bet"
    )
    assert fsl.fallback_words("auto", "fast") is None
    assert fsl.fallback_words("embedded", "bet") is None
    install("bet", BET)
    (folder / "bin" / "bet").chmod(0o644)
    assert "bin/bet is not executable" in fsl.fallback_words("auto", "bet")
    monkeypatch.setenv("FSLDIR", "/opt/my fsl")
    assert "has a blank" in fsl.fallback_words("auto", "bet")
    monkeypatch.delenv("FSLDIR")
    monkeypatch.setenv("FSLDEVDIR", str(folder))
    with pytest.raises(fsl.FSLError, match="FSLDEVDIR is set, but FSLDIR is not"):
        fsl.resolve_engine("fsl", "fast")
    assert "FSLDEVDIR is set, but FSLDIR is not" in fsl.fallback_words("auto", "fast")


def test_blanks_in_fsls_paths_are_refused(install, monkeypatch):
    folder = install("bet", BET)
    monkeypatch.setenv("FSLDEVDIR", "/home/me/my fsl")
    with pytest.raises(fsl.FSLError, match="FSLDEVDIR=/home/me/my fsl has a blank"):
        fsl.resolve_engine("fsl", "bet")
    monkeypatch.delenv("FSLDEVDIR")
    monkeypatch.setenv("FSLDIR", f"{folder} ")  # fslpy takes the blank as part of the path
    assert "has a blank" in fsl.fallback_words("auto", "bet")


def test_without_fslpy_an_installed_fsl_is_not_used_and_the_package_is_named(install, monkeypatch):
    install("bet", BET)
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "fsl" else find(name)
    )
    assert "pip install fslpy" in fsl.fallback_words("auto", "bet")
    with pytest.raises(fsl.FSLError, match="fslpy"):
        fsl.resolve_engine("fsl", "bet")


def test_an_fsl_in_pythons_environment_is_used_if_fsldir_is_not_set(install, image, monkeypatch):
    folder = install("bet", f'which dc > "$FSLDIR/dc"\n{BET}')
    install("dc", "exit 0")
    (folder / "etc" / "fslversion").unlink()
    (folder / "conda-meta").mkdir()
    for name, version in {"fsl-bet2": "2111.8", "fsl-flirt": "2111.4"}.items():
        record = {"name": name, "version": version}
        (folder / "conda-meta" / f"{name}-{version}-h0_0.json").write_text(json.dumps(record))
    monkeypatch.delenv("FSLDIR")
    assert fsl.resolve_engine("auto", "bet") == "embedded"
    path = os.environ["PATH"]
    monkeypatch.setattr(fsl.sys, "prefix", str(folder))
    assert fsl.resolve_engine("auto", "bet") == "fsl"
    brain = steps.extract(image, engine="auto", fractional_intensity=0.5)
    assert np.asarray(brain.mask.dataobj).sum() == 125
    assert (brain.engine, brain.version) == ("fsl", "FSL (fsl-bet2 2111.8)")
    assert (folder / "dc").read_text().strip() == str(folder / "bin" / "dc")
    assert "FSLDIR" not in os.environ and os.environ["PATH"] == path
    assert f"Python's environment {folder} has no bin/fast; the embedded engine" in (
        fsl.fallback_words("auto", "fast")
    )


def test_fsldir_takes_precedence_over_pythons_environment(install, tmp_path, monkeypatch):
    folder = install("bet", BET)
    (tmp_path / "other" / "bin").mkdir(parents=True)
    (tmp_path / "other" / "bin" / "bet").write_text("")
    monkeypatch.setattr(fsl.sys, "prefix", str(tmp_path / "other"))
    assert fsl.home() == str(folder)


def test_a_blank_in_tmpdir_does_not_reach_fsl(install, image, tmp_path, monkeypatch):
    blank = tmp_path / "my files"
    blank.mkdir()
    monkeypatch.setattr(fsl.tempfile, "gettempdir", lambda: str(blank))
    folder = install("bet", BET)
    brain_extraction.extract_brain(image, "fsl")
    assert "my files" not in (folder / "words").read_text()


def test_missing_engines_are_found_before_the_study_begins(install):
    asked = {step: {"engine": "auto"} for step in engines.TOOLS}
    assert engines.check(asked) == []
    install("fast", FAST)
    [note] = engines.check(asked)
    assert note.startswith("preprocessing.brain_extraction.engine: ") and "bin/bet" in note
    asked["brain_extraction"]["engine"] = "fsl"
    with pytest.raises(ValueError, match="preprocessing.brain_extraction.engine: engine 'fsl'"):
        engines.check(asked)
    asked["brain_extraction"]["engine"] = "deepbet"
    if "deepbet" in missing_packages():
        with pytest.raises(ValueError, match="config: .*engine 'deepbet'.*, or choose auto"):
            engines.check(asked)


def missing_packages():
    return [name for name in engines.DEEPBET if importlib.util.find_spec(name) is None]


def test_a_model_names_itself_and_no_configuration(install):
    asked = {"brain_extraction": {"engine": "fsl"}}
    with pytest.raises(ValueError, match="brain_extraction of this model: engine 'fsl'") as error:
        engines.check(asked, "{step} of this model", ", or provide a mask")
    assert str(error.value).endswith("FSLDIR is not set; install FSL, or provide a mask")
    assert engines.check({}) == []


SHORT_OF_DISK = """
import resource, sys
import nibabel, numpy as np
from contrast2map.preprocessing import fsl, steps
from phantoms import head
image = head(shape=(44, 53, 41), voxel_sizes_mm=(4, 4, 4))[0]
other = nibabel.Nifti1Image(np.asarray(image.dataobj)[::-1] ** 0.5, image.affine)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    if sys.argv[1] == "fsl":
        steps.extract(image, engine="fsl", fractional_intensity=0.5)
    else:
        steps.register({"a": image, "b": other}, "a", sampling_share=0.5, seed=1)
except Exception as error:
    print(type(error).__name__, error)
"""


@pytest.mark.parametrize("what", ["fsl", "ants"])
def test_a_full_folder_for_temporary_files_is_no_bad_scan(install, what):
    install("bet", BET)
    done = subprocess.run(
        [sys.executable, "-c", SHORT_OF_DISK, what],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    name, _, words = done.stdout.partition(" ")
    assert name == {"fsl": "FSLError", "ants": "OSError"}[what], done.stdout + done.stderr
    assert "set TMPDIR to another folder" in words and tempfile.gettempdir() in words
