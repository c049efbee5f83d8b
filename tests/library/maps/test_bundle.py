"""A model as a folder: what was written is read back, and anything else is refused."""

import json

import pytest

import bundles
from contrast2map.maps import bundle, card
from contrast2map.maps.bundle import BundleError
from contrast2map.maps.model import Range
from contrast2map.study.groups import UNGROUPED
from contrast2map.study.terms import MEANING_OF_GIVEN_T1, MEANING_OF_T1
from project import ROOT


@pytest.fixture
def folder(tmp_path):
    return bundles.write(tmp_path / "models" / "mprage+gre")


def rewrite(folder, **changes):
    path = folder / "bundle.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def forget(folder, key):
    path = folder / "bundle.json"
    content = json.loads(path.read_text())
    del content[key]
    path.write_text(json.dumps(content))


def test_what_was_written_is_read(folder):
    model, written = bundle.read(folder, "3.5.1"), bundles.FACTS
    content = json.loads((folder / "bundle.json").read_text())
    assert {key: content[key] for key in written} == written
    assert (model.study, model.target, model.simulated) == ("tiny", "mprage", True)
    assert model.sequences["gre"] == {"type": "spoiled_gradient_echo"}
    assert model.trained.protocol["mprage"]["TR_s"] == (1.9, 2.0)
    assert model.trained.maps["T1"]["wm"] == Range(**written["maps"]["T1"]["wm"])
    assert model.trained.maps["T2"]["csf"] is None
    assert model.trained.largest_voxel_mm == {"mprage": 1.2}
    assert list(model.folds) == ["fold_0", "fold_1"] and len(model.sha256) == 64
    assert model.folder == folder
    assert (folder / "fold_1.keras").read_bytes() == b"fold_1"
    assert model.known_as("print of 02") == ("fold_1", "02")
    assert model.known_as("another") == (None, None)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda f: (f / "fold_1.keras").unlink(), ["fold_1", "missing", "copy"]),
        (lambda f: (f / "fold_0.keras").write_bytes(b"x"), ["fold_0.keras", "SHA-256", "copy"]),
        (
            lambda f: rewrite(f, format=99),
            ["format 99", "format 2", "newer", "update contrast2map"],
        ),
        (lambda f: rewrite(f, format=0), ["format 0", "format 2", "older", "bundle"]),
        (lambda f: rewrite(f, keras="4.0.0"), ["Keras 4.0.0", "3.5.1", "update Keras"]),
        (lambda f: (f / "bundle.json").write_text("{"), ["bundle.json", "cannot be read", "copy"]),
        (
            lambda f: (f / "bundle.json").write_text("{}"),
            ["bundle.json", "contrast2map", "missing"],
        ),
        (lambda f: forget(f, "inputs"), ["bundle.json", "inputs", "missing"]),
        (lambda f: forget(f, "pose"), ["bundle.json", "pose", "missing", "bundle the model again"]),
        (
            lambda f: rewrite(f, preprocessing={"registration": {"interpolation": "linear"}}),
            ["sampling_share", "missing", "bundle the model again"],
        ),
        (lambda f: (f / "bundle.json").write_text("[]"), ["bundle.json", "not a model bundle"]),
        (lambda f: (f / "bundle.json").unlink(), ["mprage+gre", "bundle.json not found"]),
    ],
)
def test_a_bundle_that_is_incomplete_or_of_another_version_is_refused(folder, spoil, words):
    spoil(folder)
    with pytest.raises(BundleError) as refused:
        bundle.read(folder, "3.5.1")
    message = str(refused.value)
    assert all(word in message for word in words) and "\n" not in message


def test_a_newer_patch_or_minor_version_of_keras_reads_the_bundle(folder):
    assert bundle.read(folder, "3.5.0") and bundle.read(folder, "3.15.1")


def test_the_bundle_of_the_given_scans_is_chosen(tmp_path, folder):
    one = bundles.write(tmp_path / "models" / "gre", inputs=["gre"])
    for path in (tmp_path, tmp_path / "models"):
        assert bundle.choose(path, ["gre", "mprage"]) == folder
    assert bundle.choose(folder, ["mprage", "gre"]) == folder
    # The target scan is needed to register to, even where the network does not read it.
    assert bundle.read(one).scans == ["gre", "mprage"]
    assert bundle.choose(one, ["gre", "mprage"]) == one
    with pytest.raises(BundleError, match="no model .*\\(flair\\).* mprage \\+ gre"):
        bundle.choose(tmp_path, ["flair"])


def test_a_folder_without_a_model_is_reported(tmp_path):
    with pytest.raises(BundleError, match=r"bundle.json not found\); .*results"):
        bundle.find(tmp_path)
    with pytest.raises(BundleError, match="nowhere: no such folder"):
        bundle.find(tmp_path / "nowhere")


def test_the_card_says_first_whether_the_training_was_simulated():
    text = card.write(bundles.model())
    assert text.index("SIMULATED") < text.index("## ")
    assert "2 healthy, 1 MS" in text and "TR 1.9–2 s" in text and "822–838" in text
    assert card.NOT_A_DEVICE in text and "1 × 1 × 1 mm" in text
    assert MEANING_OF_T1 in text
    text = card.write(bundles.model(simulated=False))
    assert "SIMULATED" not in text and "human" not in text
    assert MEANING_OF_T1 not in text and MEANING_OF_GIVEN_T1 in text
    assert "scans of a given dataset" in text.partition("## ")[0]


def test_the_card_of_a_cohort_without_groups_names_no_group():
    text = card.write(bundles.model(n_subjects={UNGROUPED: 3}))
    assert "3 simulated heads of study" in text and UNGROUPED not in text


def test_the_documentation_says_the_same_of_T1_as_cards_and_pages():
    assert MEANING_OF_T1 in " ".join((ROOT / "docs" / "design.md").read_text().split())
