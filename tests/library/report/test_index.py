"""The report's page, filled with small tables and figures."""

import collections
import re

import pytest

from contrast2map.report import methods, page
from contrast2map.report.study_description import describe
from contrast2map.report.subjects import subject_headings
from contrast2map.report.verdicts import Verdict
from contrast2map.tables.layout import Layout, population
from project import ROOT

REPORT = ROOT / "report"
OPTIONAL_TABLES = ("table_s1", "table_s2", "ablation_tests", "lesions_by_size")
OPTIONAL_FIGURES = ("input_sets", "lesion_cases", "lesions", "calibration")
PARTS = ("macros", "methods", "provenance", "software", "bibtex")
ABSENT = ("convergence", "comparisons")  # tables
TABLE = Layout("A title", "A caption", [("", "Row"), ("", "Value")], [["one", "1"]])
VERDICTS = [Verdict("better", "A sentence.")]


class Named(collections.defaultdict):
    """A value for each name that the template asks for, but for those that a study lacks."""

    def __init__(self, value, absent=()):
        super().__init__(lambda: value)
        self.absent = absent

    def __contains__(self, name):
        return name not in self.absent


@pytest.fixture
def config(config):
    """The default configuration, with the paper's network."""
    config["training"]["start"] = "scratch"
    return config


def pages(config, simulated, has_optional_parts=True, some_excluded=False):
    """Report and supplement, in this order: the report cites the references."""
    absent = ABSENT + (() if has_optional_parts else OPTIONAL_TABLES + OPTIONAL_FIGURES)
    found = dict(
        parts={f"{name}.html.j2": (REPORT / f"{name}.html.j2").read_text() for name in PARTS},
        style="",
        behaviour="",
        banner="A banner.",
        simulated=simulated,
        against="truth" if simulated else "reference",
        some_excluded=some_excluded,
        population=population(6),
        n_slices=324,
        config=config,
        study=describe(config),
        settings=[("seed", "1")],
        unused_settings="unet",
        citation="A paper.",
        doi="10.1/x",
        verdict=VERDICTS,
        persons=VERDICTS,
        voxels=VERDICTS,
        limits=VERDICTS,
        audit_findings=VERDICTS,
        tables=Named([TABLE, TABLE], absent),
        figures=Named("data:image/png;base64,", absent),
        narrow_figures=Named("data:image/png;base64,narrow", ("network",)),
        alternatives=Named("What the figure shows."),
        look_inside="A viewer." if has_optional_parts else "",
        subject_headings=subject_headings([{"group": "MS"}]),
        subjects=[{"subject": "01", "thumbnail": None, "cells": [("x", "x")] * 7}],
        **methods.content((REPORT / "references.bib").read_text(), [], {}),
        engines=[("brain extraction", "embedded", "1", 6)],
        versions=[("numpy", "2")],
    )
    names = ("index.html.j2", "supplement.html.j2")
    return [page.render((REPORT / name).read_text(), **found) for name in names]


def report(*args, **options):
    return pages(*args, **options)[0]


@pytest.mark.parametrize("has_optional_parts", [True, False])
@pytest.mark.parametrize("simulated", [True, False])
def test_every_link_within_and_between_the_pages_has_a_target(
    config, simulated, has_optional_parts
):
    index, supplement = pages(config, simulated, has_optional_parts)
    ids = [re.findall(r' id="([^"]+)"', html) for html in (index, supplement)]
    for html, own in zip((index, supplement), ids, strict=True):
        assert len(own) == len(set(own))
        assert set(re.findall(r'href="#([^"]+)"', html)) <= set(own)
    assert set(re.findall(r'href="supplement.html#([^"]+)"', index)) <= set(ids[1])


def test_every_figure_has_an_alternative_text_and_is_on_one_page(config):
    index, supplement = (re.findall(r"<img [^>]*>", html) for html in pages(config, True))
    for images in (index, supplement):
        assert len(images) > 5 and all(re.search(r'alt="[^"]+"', image) for image in images)


def test_figures_have_a_narrow_version_where_it_exists(config):
    figures = re.findall(r"<figure>(.*?)</figure>", "".join(pages(config, True)), re.DOTALL)
    with_narrow = [figure for figure in figures if "narrow" in figure]
    assert len(with_narrow) == len(figures) - 1  # all but the network
    assert all(("<picture>" in figure) != ('class="scroll"' in figure) for figure in figures)


def test_a_small_screen_and_print_get_one_banner(config):
    for html in pages(config, True):
        assert html.count('class="banner"') == 1 and "@media print { .banner" in html


def test_the_gate_is_shown_only_where_it_excluded_someone(config):
    assert "Input gate</h3>" not in report(config, True)
    assert "Input gate</h3>" in report(config, True, some_excluded=True)


def test_seeds_are_shown_only_where_there_are_several(config):
    def n_tables():
        return pages(config, True)[1].count("<h3>A title</h3>")

    config["training"]["seeds"] = [1]
    before = n_tables()
    config["training"]["seeds"] = [1, 2]
    assert n_tables() == before + 2  # both layouts of the table


def test_the_bibtex_has_the_references_that_the_report_cites(config):
    index, supplement = pages(config, True)
    assert index.count('<li id="ref-') == supplement.count("@article") + supplement.count("@inp")


def test_a_study_of_people_says_nothing_of_simulation_or_truth(config):
    for html in pages(config, simulated=False):
        assert "imulat" not in html and "truth" not in html.lower()
    assert "No person was scanned" in report(config, simulated=True)


def test_a_study_of_one_set_of_inputs_without_lesions_has_no_parts_on_them(config):
    for html in pages(config, simulated=True, has_optional_parts=False):
        for part in ("Table S1", "Figure S1", "Figure S2", "Lesions of held-out", "Look inside"):
            assert part not in html


def test_the_architecture_is_compared_with_the_published_one(config):
    config["unet"]["n_convolutions"] = 2
    assert "2 convolutions per level (published: 3)" in pages(config, simulated=True)[1]


def test_the_difference_of_a_pretrained_network_is_a_phrase(config):
    config["training"]["start"] = "pretrained"
    supplement = pages(config, simulated=False)[1]
    assert "This study:</strong> the network for any protocol, pretrained" in supplement
