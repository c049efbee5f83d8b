"""The methods say what the settings say, and cite only what they used."""

import pytest

from contrast2map.report import methods, references
from project import ROOT

KNOWN = references.read((ROOT / "report" / "references.bib").read_text())
EMBEDDED = {("brain extraction", "embedded"), ("tissue segmentation", "embedded")}


def facts(**changed):
    known = {"n_subjects": 6, "n_slices": 324, "engines": EMBEDDED, "simulated": True}
    return methods.Facts(**known | {"versions": {"snakemake": "9.27.1"}} | changed)


def text_of(config, **changed):
    return "\n".join(text for _, text in methods.write(config, facts(**changed)))


def cited(text):
    return set(references.cite([text], KNOWN)[1])


def test_every_entry_is_cited_by_some_study(config):
    in_vivo = text_of(config, simulated=False)
    heads = {source: {"source": source} for source in ("icbm152", "brainweb")}
    used = cited(in_vivo)
    for anatomy in heads.values():
        config["simulation"]["anatomy"] |= anatomy
        used |= cited(text_of(config))
    assert used == set(KNOWN)


def test_only_what_was_used_is_cited(config):
    assert "fonov2011" in cited(text_of(config)) and "collins1998" not in cited(text_of(config))
    provided = {("brain extraction", "provided"), ("tissue segmentation", "provided")}
    brought = cited(text_of(config, simulated=False, engines=provided))
    assert not {"smith2002", "zhang2001", "fonov2011", "christodoulou2018"} & brought
    fsl = text_of(config, engines={("brain extraction", "fsl"), ("tissue segmentation", "fsl")})
    assert "FSL's BET [@smith2002]" in fsl and "FSL's FAST [@zhang2001]" in fsl


def test_engines_that_differ_between_subjects_are_both_named(config):
    text = text_of(config, engines=EMBEDDED | {("brain extraction", "provided")})
    assert "after BET [@smith2002] or masks that came with the dataset" in text


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("training", "learning_rate"), 0.0031, "learning rate of 0.0031"),
        (("training", "n_epochs"), 77, "for 77 epochs"),
        (("training", "patch_size"), [96, 48], "96 × 48 voxels"),
        (("training", "seeds"), [1, 2, 3], "with 3 seeds"),
        (("training", "ssim_weight"), 0.7, "L1 + 0.7 × (1 − SSIM)"),
        (("unet", "n_filters"), 48, "48 filters"),
        (("folds", "n_folds"), 5, "5 folds"),
        (("evaluation", "n_bootstrap_draws"), 123, "123 draws"),
        (("baselines", "n_training_voxels"), 4321, "4321 voxels"),
        (("preprocessing", "normalisation", "map_scale_s"), 4.5, "maps by 4.5 s"),
        (("preprocessing", "masks", "csf_dilation_voxels"), 2, "dilated by 2 voxels"),
        (("cohort", "ratings"), "ratings.tsv", "that a person rated so"),
        (("cohort", "provided", "transforms"), {"gre": "a.txt"}, "those of gre came with"),
        (("simulation", "scan", "voxel_mm"), [1.0, 1.0, 1.2], "at 1 × 1 × 1.2 mm"),
    ],
)
def test_a_changed_setting_changes_the_words(config, path, value, words):
    assert words not in text_of(config)
    part = config
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    assert words in text_of(config)


def test_a_study_of_persons_says_nothing_of_simulation(config):
    text = text_of(config, simulated=False)
    assert "simulat" not in text.lower() and "truth" not in text
    assert "of which 6 subjects take part" in text


def test_a_simulated_study_begins_with_that(config):
    assert text_of(config).startswith("No person was scanned. 6 simulated subjects")


@pytest.mark.parametrize("simulated", [True, False])
def test_no_sentence_is_left_unfilled(config, simulated):
    for heading, text in methods.write(config, facts(simulated=simulated)):
        assert text.endswith("."), heading
        assert not set("{}") & set(text) and "None" not in text and "  " not in text, heading


def test_a_study_of_one_set_of_inputs_has_one_network(config):
    config["input_sets"] = config["input_sets"][:1]
    assert "for each set of inputs" not in text_of(config)
