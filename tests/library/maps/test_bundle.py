"""A model as a folder: what is written is read, and nothing else is."""

import json

import pytest

import bundles
from contrast2map.maps import bundle
from contrast2map.maps import card as model_card
from contrast2map.maps.bundle import BundleError


@pytest.fixture
def folder(tmp_path):
    return bundles.write(tmp_path / "models" / "mprage+gre")


def rewrite(folder, **changes):
    path = folder / "bundle.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_what_was_written_is_read(folder):
    facts = bundle.read(folder, "3.5.1")
    assert {key: facts[key] for key in bundles.FACTS} == bundles.FACTS
    assert list(facts["folds"]) == ["fold_0", "fold_1"] and len(facts["sha256"]) == 64
    assert (folder / "fold_1.keras").read_bytes() == b"fold_1"
    assert bundle.known_as(facts, "print of 02") == ("fold_1", "02")
    assert bundle.known_as(facts, "another") == (None, None)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda f: (f / "fold_1.keras").unlink(), "the weights of fold_1 are missing"),
        (lambda f: (f / "fold_0.keras").write_bytes(b"x"), "fold_0.keras: is not the file that"),
        (lambda f: rewrite(f, format=99), "has a newer format (99"),
        (lambda f: rewrite(f, format=0), "has an older format (0"),
        (lambda f: rewrite(f, keras="4.0.0"), "was written by Keras 4.0.0, installed is 3.5.1"),
        (lambda f: (f / "bundle.json").write_text("{"), "cannot be read"),
        (lambda f: (f / "bundle.json").write_text("{}"), "says nothing of its"),
        (lambda f: (f / "bundle.json").write_text("[]"), "it is no bundle"),
        (lambda f: (f / "bundle.json").unlink(), "is no model bundle"),
    ],
)
def test_a_bundle_that_is_not_whole_or_of_another_version_is_refused(folder, spoil, words):
    spoil(folder)
    with pytest.raises(BundleError) as refused:
        bundle.read(folder, "3.5.1")
    assert words in str(refused.value) and "\n" not in str(refused.value)


def test_a_newer_patch_or_minor_version_of_keras_reads_the_bundle(folder):
    assert bundle.read(folder, "3.5.0") and bundle.read(folder, "3.15.1")


def test_the_bundle_of_the_given_scans_is_chosen(tmp_path, folder):
    one = bundles.write(tmp_path / "models" / "gre", inputs=["gre"])
    for path in (tmp_path, tmp_path / "models"):
        assert bundle.choose(path, ["gre", "mprage"]) == folder
    assert bundle.choose(folder, ["mprage", "gre"]) == folder
    # The target scan is needed to register to, even where the network does not read it.
    assert bundle.scans_of(bundle.read(one)) == ["gre", "mprage"]
    assert bundle.choose(one, ["gre", "mprage"]) == one
    with pytest.raises(BundleError, match="no model for these scans \\(flair\\); there is one for"):
        bundle.choose(tmp_path, ["flair"])


def test_a_folder_without_a_model_is_told(tmp_path):
    with pytest.raises(BundleError, match="holds no model"):
        bundle.find(tmp_path)
    with pytest.raises(BundleError, match="no such folder"):
        bundle.find(tmp_path / "nowhere")


def test_the_card_says_first_whether_the_training_was_simulated():
    card = model_card.write(bundles.facts())
    assert card.index("SIMULATED") < card.index("## ")
    assert "2 healthy, 1 MS" in card and "TR 1.9–2 s" in card and "822–838" in card
    assert "not a medical device" in card
    assert "SIMULATED" not in model_card.write(bundles.facts(simulated=False))
