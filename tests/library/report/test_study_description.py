"""The settings in words, as methods, checklist, report and other pages quote them."""

from dataclasses import asdict

import pytest

from contrast2map.report import study_description


@pytest.mark.parametrize("start", ["scratch", "pretrained"])
def test_every_phrase_fits_into_a_sentence(config, start):
    config["training"]["start"] = start
    for name, text in asdict(study_description.describe(config)).items():
        assert text == text.strip() and not text.endswith("."), name
        assert "None" not in text and not set("{}[@") & set(text), name


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        ("acquisition", "mprage: TR 1900 ms, TE 2.93 ms, TI 900 ms, flip angle 9°; gre: TR 3 ms"),
        ("input_sets", "mprage + gre + flair; mprage + gre"),
        ("inputs", "mprage + gre + flair"),
        ("groups", "3 MS, 2 suspected MS, 1 healthy"),
        ("scan_grid", "128 × 128 × 96 voxels of 2 × 2 × 2 mm"),
        ("reference_grid", "240 × 240 × 32 voxels of 1 × 1 × 3.5 mm"),
        ("drawn_at", "1.5 mm"),
        ("folds", "3-fold"),
        ("initialisation", "those of the network for any protocol that contrast2map contains"),
        (
            "schedule",
            "AdamW for 24 epochs in batches of 8 random patches of 80 × 64 voxels of new persons",
        ),
        ("slices", "5000 mm² and reference values in at least 98 %"),
        ("seeds", "1 seed"),
    ],
)
def test_a_phrase_has_the_values_of_the_settings(config, phrase, words):
    assert words in getattr(study_description.describe(config), phrase)


def test_a_network_from_scratch_is_compared_with_the_published_one(config):
    config["training"]["start"] = "scratch"
    found = study_description.describe(config)
    assert "4 poolings (published: 4)" in found.difference_from_published
    assert found.schedule.startswith("Adam for 30 epochs in batches of 8")
    assert "not pretrained" in found.initialisation


def test_an_efficient_recipe_is_described_as_it_is(config):
    config["training"] |= {"start": "scratch", "optimiser": "adamw", "weight_decay": 0.002}
    config["training"] |= {"schedule": "cosine", "n_warm_up_epochs": 3, "gradient_norm": 0.5}
    config["unet"]["initialiser_sd"] = "he"
    found = study_description.describe(config)
    assert found.schedule.startswith("AdamW (weight decay 0.002) for 30 epochs")
    assert "rose to 0.001 (β₁ 0.5) in 3 epochs and fell to 0 as a cosine" in found.schedule
    assert found.schedule.endswith("with gradients of norm 0.5 at most")
    config["training"]["n_epochs_frozen"] = 5
    frozen = study_description.describe(config).schedule
    assert frozen == found.schedule + (
        "; in the last 5 epochs, batch normalisation used its moving statistics"
    )
    assert "SD √(2 / inputs of a kernel)" in found.initialisation


def test_parameters_are_values_or_ranges_and_the_unknown_are_absent():
    found = study_description.parameters(
        {"TR_s": [1.9, 2.3], "TE_s": (0.003, 0.003), "flip_angle_deg": 9, "type": "mprage"}
    )
    assert found == "TR 1900–2300 ms, TE 3 ms, flip angle 9°"
    assert study_description.parameters({"type": "mprage"}) == ""


def test_a_sequence_without_parameters_is_described_by_its_type(config):
    config["contrasts"][2]["sequence"] = {"type": "flair"}
    words = study_description.describe(config).acquisition
    assert words.endswith("; flair: type flair, parameters not configured")
