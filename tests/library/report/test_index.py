"""The report's page, filled with small tables and figures."""

import collections
import re

import pytest

from contrast2map.report import methods, page
from contrast2map.report.study_description import describe
from contrast2map.report.subjects import HEADINGS
from contrast2map.report.verdicts import Verdict
from contrast2map.tables.layout import Layout, population
from project import ROOT

REPORT = ROOT / "report"
OPTIONAL_TABLES = ("table_s1", "table_s2", "ablation_tests", "lesions_by_size")
OPTIONAL_FIGURES = ("input_sets", "lesion_cases", "lesions")
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


def report(config, simulated, has_optional_parts=True):
    absent = () if has_optional_parts else OPTIONAL_TABLES + OPTIONAL_FIGURES
    parts = ("methods.html.j2", "provenance.html.j2")
    return page.render(
        (REPORT / "index.html.j2").read_text(),
        parts={name: (REPORT / name).read_text() for name in parts},
        style="",
        behaviour="",
        banner="A banner.",
        simulated=simulated,
        population=population(6, simulated),
        n_slices=324,
        config=config,
        study=describe(config),
        settings=[("seed", "1")],
        citation="A paper.",
        doi="10.1/x",
        verdict=VERDICTS,
        persons=VERDICTS,
        voxels=VERDICTS,
        limits=VERDICTS,
        audit_findings=VERDICTS,
        tables=Named([TABLE, TABLE], absent),
        figures=Named("data:image/png;base64,", absent),
        alternatives=Named("What the figure shows."),
        look_inside="A viewer." if has_optional_parts else "",
        subject_headings=HEADINGS,
        subjects=[{"subject": "01", "thumbnail": None, "cells": [("x", "x")] * 7}],
        **methods.content((REPORT / "references.bib").read_text(), [], {}),
        engines=[("brain extraction", "embedded", "1", 6)],
        versions=[("numpy", "2")],
    )


@pytest.mark.parametrize("has_optional_parts", [True, False])
@pytest.mark.parametrize("simulated", [True, False])
def test_every_link_within_the_page_has_a_target(config, simulated, has_optional_parts):
    html = report(config, simulated, has_optional_parts)
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)


def test_every_figure_has_an_alternative_text(config):
    images = re.findall(r"<img [^>]*>", report(config, True))
    assert len(images) > 5 and all(re.search(r'alt="[^"]+"', image) for image in images)


def test_a_study_of_people_says_nothing_of_simulation_or_truth(config):
    html = report(config, simulated=False)
    assert "imulat" not in html and "truth" not in html.lower()
    assert "No person was scanned" in report(config, simulated=True)


def test_a_study_of_one_set_of_inputs_without_lesions_has_no_parts_on_them(config):
    html = report(config, simulated=True, has_optional_parts=False)
    for part in ("Table S1", "Figure S1", "Figure S2", "Lesions of held-out", "Look inside"):
        assert part not in html


def test_the_architecture_is_compared_with_the_published_one(config):
    config["unet"]["n_convolutions"] = 2
    assert "2 convolutions per level (published: 3)" in report(config, simulated=True)
