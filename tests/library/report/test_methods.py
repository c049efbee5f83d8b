"""The methods say what the settings say, and cite only what was used."""

import re
from html import unescape

import pytest

from contrast2map.report import methods, page, references
from contrast2map.report.study_description import describe
from contrast2map.tables.layout import population
from project import ROOT

BIBTEX = (ROOT / "report" / "references.bib").read_text()
# The BibTeX of the references is on the supplement.
TEMPLATE = "".join(
    (ROOT / "report" / f"{name}.html.j2").read_text() for name in ("methods", "bibtex")
)
EMBEDDED = [("brain extraction", "embedded", "1", 6), ("tissue segmentation", "embedded", "1", 6)]


@pytest.fixture
def config(config):
    """The default configuration, with the paper's network."""
    config["training"]["start"] = "scratch"
    return config


def section(config, engines=EMBEDDED, simulated=True):
    """HTML of the section."""
    return page.render(
        TEMPLATE,
        config=config,
        study=describe(config),
        simulated=simulated,
        population=population(6, simulated),
        n_slices=324,
        **methods.content(BIBTEX, engines, {"snakemake": "9.27.1"}),
    )


def text_of(config, **others):
    """Its text, without tags, links and references."""
    html = section(config, **others).partition('<h3 id="references">')[0]
    html = re.sub(r" ?\[<a.*?\]", "", html)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def cited(config, **others):
    return set(re.findall(r'href="#ref-(\w+)"', section(config, **others)))


def test_every_entry_is_cited_by_some_study(config):
    used = cited(config, simulated=False)
    for source in ("icbm152", "brainweb"):
        config["simulation"]["anatomy"]["source"] = source
        used |= cited(config)
    config["unet"]["initialiser_sd"], config["training"]["optimiser"] = "he", "adamw"
    used |= cited(config)
    assert used == set(references.read(BIBTEX))


def test_only_what_was_used_is_cited(config):
    assert "fonov2011" in cited(config) and "collins1998" not in cited(config)
    steps = ("brain extraction", "tissue segmentation")
    provided = [(step, "provided", "", 6) for step in steps]
    used = cited(config, simulated=False, engines=provided)
    assert not {"smith2002", "zhang2001", "fonov2011", "christodoulou2018"} & used
    fsl = [(step, "fsl", "FSL 6.0.7.4", 6) for step in steps]
    assert {"smith2002", "zhang2001"} < cited(config, engines=fsl)
    assert "FSL's BET (FSL 6.0.7.4)" in text_of(config, engines=fsl)
    assert "FSL's FAST (FSL 6.0.7.4)" in text_of(config, engines=fsl)


def test_every_cited_entry_is_listed_once_in_the_order_of_its_number(config):
    html = section(config)
    numbers = dict(re.findall(r'href="#ref-(\w+)">(\d+)</a>', html))
    listed = re.findall(r'<li id="ref-(\w+)">', html)
    assert {key: str(listed.index(key) + 1) for key in listed} == numbers
    bibtex = html.partition('<pre id="bibtex"')[2]
    assert all(f"{{{key}," in bibtex for key in numbers) and bibtex.count("@") == len(numbers)


def test_engines_that_differ_between_subjects_are_both_named():
    words = methods.engines_in_words(
        "brain extraction", [*EMBEDDED, ("brain extraction", "provided", "", 1)]
    )
    for engine in ("embedded", "provided"):
        assert methods.ENGINES["brain extraction", engine] in words


def test_all_versions_of_an_external_program_are_named():
    used = [("brain extraction", "fsl", f"FSL 6.0.{n}", 1) for n in (7, 4)]
    words = methods.engines_in_words("brain extraction", used + EMBEDDED)
    assert "(FSL 6.0.4, FSL 6.0.7)" in words and words.count("FSL 6") == 2


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("training", "learning_rate"), 0.0031, "learning rate of 0.0031"),
        (("training", "n_epochs"), 77, "for 77 epochs"),
        (("training", "patch_size"), [96, 48], "96 × 48 voxels"),
        (("training", "seeds"), [1, 2, 3], "3 seeds"),
        (("training", "validation_subjects"), 2, "2 subjects of these folds were held back"),
        (("training", "ssim_weight"), 0.7, "L1 + 0.7 × (1 − SSIM)"),
        (("unet", "n_filters"), 47, "47 filters"),
        (("unet", "normalisation_momentum"), 0.77, "momentum 0.77"),
        (("folds", "n_folds"), 5, "5-fold"),
        (("evaluation", "n_bootstrap_draws"), 123, "123 draws"),
        (("evaluation", "equivalence_margin_percent"), {"T1": 3.0, "T2": 4.5}, "4.5 % (T2)"),
        (("baselines", "n_training_voxels"), 4321, "4321 voxels"),
        (("preprocessing", "normalisation", "map_scale_s"), 4.5, "maps by 4.5 s"),
        (("preprocessing", "masks", "csf_dilation_voxels"), 2, "dilated by 2 voxels"),
        (("cohort", "ratings"), "ratings.tsv", "by a rater"),
        (("cohort", "provided", "transforms"), {"gre": "a.txt"}, "Transforms of gre"),
        (("simulation", "scan", "voxel_mm"), [1.0, 1.0, 1.2], "1 × 1 × 1.2 mm"),
    ],
)
def test_a_changed_setting_changes_the_words(config, path, value, words):
    assert words not in text_of(config)
    part = config
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    assert words in text_of(config)


def test_a_study_of_people_says_nothing_of_simulation(config):
    text = text_of(config, simulated=False)
    assert "simulat" not in text.lower() and "truth" not in text
    assert "6 subjects" in text


def test_a_simulated_study_begins_with_that(config):
    assert text_of(config).startswith("Cohort No person was scanned.")
    assert "6 simulated subjects" in text_of(config)


@pytest.mark.parametrize("simulated", [True, False])
def test_no_sentence_is_left_unfilled(config, simulated):
    html = section(config, simulated=simulated).partition('<h3 id="references">')[0]
    paragraphs = re.findall(r"<h3>(.*?)</h3>\s*<p>(.*?)</p>", html, re.DOTALL)
    assert len(paragraphs) == html.count("<h3>") == 9
    for heading, text in paragraphs:
        assert text.endswith("."), heading
        assert not set("{}") & set(text) and "None" not in text and "[@" not in text, heading


def test_a_study_of_one_set_of_inputs_has_one_network(config):
    assert "mprage + gre + flair; mprage + gre" in text_of(config)
    config["input_sets"] = config["input_sets"][:1]
    assert "each set of inputs" not in text_of(config)


def test_a_pretrained_network_is_described_as_what_it_is(config):
    config["training"]["start"] = "pretrained"
    text = text_of(config)
    for words in ("U-Net for any protocol", "AdamW for 24 epochs", "mean relative error"):
        assert words in text
    assert "the network had seen their anatomy, but not their relaxation times" in text
    for words in ("batch normalisation", "Adam for", "SSIM) [", "Adam's"):
        assert words not in text
    config["simulation"]["anatomy"]["source"] = "brainweb"
    assert "had seen their anatomy" not in text_of(config)
